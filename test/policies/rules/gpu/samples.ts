import type { Resource } from "#policies/resource";
import { resource } from "../../harness.ts";

export const POOL = "kubernetes:karpenter.sh/v1:NodePool";

export const GROUP = "aws:eks/nodeGroup:NodeGroup";

export const pool = (resource: "training" | "inference" | "cpu") => ({ layer: "platform", resource, type: POOL }) as const;

/** Pod spec of one container with these resources. */
export const asking = (resources: object, spec: object = {}) => ({ containers: [{ name: "train", resources }], ...spec });

export const queued = { labels: { "kueue.x-k8s.io/queue-name": "default" } };

export const type = (name: string) => (inputs: any) => (inputs.spec.template.spec.requirements[0].values = [name]);

export const job = (spec: object, pod: object = {}) => ({
  metadata: { namespace: "team-risk", ...queued },
  spec: {
    activeDeadlineSeconds: 3600,
    ttlSecondsAfterFinished: 3600,
    backoffLimit: 0,
    ...spec,
    template: { spec: asking({ limits: { "nvidia.com/gpu": "1" } }, pod) },
  },
});

export const without = (field: string) => {
  const inputs: any = job({});
  delete inputs.spec[field];
  return inputs;
};

export const JOB = "kubernetes:batch/v1:Job";

export const kueue = { layer: "platform", resource: "queues-controller" } as const;

/** A job that asks for one GPU. */
export const training = (labels: object, job: object = {}) => ({
  metadata: { name: "train", namespace: "team-risk", labels },
  spec: {
    activeDeadlineSeconds: 3600,
    ...job,
    template: { spec: { containers: [{ name: "train", resources: { limits: { "nvidia.com/gpu": 1 } } }] } },
  },
});

/** A resource of a type, without a name of its own. */
export const one = (type: string, inputs: object): Resource => resource("it", inputs, { type, address: "s/it" });

export const made = (kind: string, name: string, inputs: object): Resource =>
  resource(name, inputs, { type: `kubernetes:${kind}`, address: `s/${name}` });

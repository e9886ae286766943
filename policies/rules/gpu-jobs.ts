import type { Resource } from "../resource.ts";
import { type Fault, levels, rule } from "../rule.ts";
import { gpuContainers, isTraining, JOB_SET, JOBS, jobSpecs } from "./gpu-requests.ts";
import { type Pod, podsOf } from "./workloads.ts";

/** More retries only cost: what failed three times on GPUs is a fault of the program. */
const MOST_RETRIES = 3;

export const trainingEnds = rule({
  id: "GPU-05",
  title:
    "A training job has an end: a deadline, few retries, a time after which it is removed; on spot nodes it keeps checkpoints",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Set \`activeDeadlineSeconds\`, \`ttlSecondsAfterFinished\` and \`backoffLimit\` of at most ${MOST_RETRIES}; on spot nodes mount a volume that outlives the pod, or name a store in an environment variable with CHECKPOINT.`,
  peers: ["kube-linter job-ttl-seconds-after-finished"],
  types: JOBS,
  check: (job) =>
    isTraining(job)
      ? [...jobSpecs(job).flatMap((each) => ends(job, each)), ...removed(job), ...podsOf(job).flatMap(keepsCheckpoints)]
      : [],
  admission: {
    objects: [{ apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs"] }],
    variables: gpuContainers("object.spec.template.spec"),
    validations: [
      {
        expression:
          "variables.gpu.size() == 0 || (has(object.spec.activeDeadlineSeconds) && has(object.spec.ttlSecondsAfterFinished))",
        message: "a Job that asks for GPUs must have activeDeadlineSeconds and ttlSecondsAfterFinished",
      },
      {
        expression: `variables.gpu.size() == 0 || (has(object.spec.backoffLimit) && object.spec.backoffLimit <= ${MOST_RETRIES})`,
        message: `a Job that asks for GPUs must have a backoffLimit of at most ${MOST_RETRIES}`,
      },
    ],
  },
});

function ends({ type }: Resource, { path, spec }: { path: string; spec: any }): Fault[] {
  const retries = spec.backoffLimit;
  return [
    ...("activeDeadlineSeconds" in spec
      ? []
      : [{ property: `${path}.activeDeadlineSeconds`, got: "nothing", want: "set, in seconds" }]),
    ...(type === JOB_SET || "ttlSecondsAfterFinished" in spec
      ? []
      : [{ property: `${path}.ttlSecondsAfterFinished`, got: "nothing", want: "set, in seconds" }]),
    ...(retries <= MOST_RETRIES
      ? []
      : [{ property: `${path}.backoffLimit`, got: String(retries ?? "nothing"), want: `at most ${MOST_RETRIES}` }]),
  ];
}

/** A JobSet is removed as a whole. */
const removed = ({ type, inputs }: Resource): Fault[] =>
  type !== JOB_SET || "ttlSecondsAfterFinished" in inputs.spec
    ? []
    : [{ property: "spec.ttlSecondsAfterFinished", got: "nothing", want: "set, in seconds" }];

const LASTING = ["persistentVolumeClaim", "csi", "nfs"];

function keepsCheckpoints({ path, spec }: Pod): Fault[] {
  const selector = spec.nodeSelector ?? {};
  if (selector["karpenter.sh/capacity-type"] !== "spot" && selector["eks.amazonaws.com/capacityType"] !== "SPOT") {
    return [];
  }
  const volume = (spec.volumes ?? []).some((each: object) => LASTING.some((kind) => kind in each));
  const store = (spec.containers ?? []).some(({ env = [] }: any) => env.some(({ name }: any) => /CHECKPOINT/.test(name)));
  return volume || store
    ? []
    : [{ property: `${path}.volumes`, got: "nothing that lasts", want: "a list with one for checkpoints" }];
}

import { describe, expect, it } from "vitest";
import { faultsOf } from "#policies/evaluate";
import { type Resource, readable } from "#policies/resource";
import type { Environment, Rule } from "#policies/rule";
import { GPUS } from "#policies/rules/gpu";
import { isGpuType } from "#policies/rules/gpu-pools";
import { describeRule } from "../conformance.ts";

const POOL = "kubernetes:karpenter.sh/v1:NodePool";
const GROUP = "aws:eks/nodeGroup:NodeGroup";
const pool = (resource: "training" | "inference") => ({ layer: "platform", resource, type: POOL }) as const;

/** Pod spec of one container with these resources. */
const asking = (resources: object, spec: object = {}) => ({ containers: [{ name: "train", resources }], ...spec });

const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];
const queued = { labels: { "kueue.x-k8s.io/queue-name": "default" } };

const deployment = (resources: object, spec: object = { tolerations }) => ({
  metadata: { namespace: "models-risk" },
  spec: { template: { spec: asking(resources, spec) } },
});

describeRule("GPU-01", [
  {
    ...pool("training"),
    what: "GPU nodes for every pod",
    change: ({ spec }) => (spec.template.spec.taints = []),
    says: "platform-prod/training: 'spec.template.spec.taints' must be a list with nvidia.com/gpu:NoSchedule, got 'nothing'",
    unknown: "spec.template.spec.taints",
  },
  {
    ...pool("inference"),
    what: "a taint that only asks",
    change: ({ spec }) => (spec.template.spec.taints[0].effect = "PreferNoSchedule"),
    says: "platform-prod/inference: 'spec.template.spec.taints' must be a list with nvidia.com/gpu:NoSchedule, got 'nvidia.com/gpu:PreferNoSchedule'",
  },
  {
    layer: "platform",
    what: "a node group without taint",
    add: { type: GROUP, name: "gpus", inputs: { instanceTypes: ["g6.xlarge"], scalingConfig: { maxSize: 2 } } },
    says: "platform-prod/gpus: 'taints' must be a list with nvidia.com/gpu:NoSchedule, got 'nothing'",
    unknown: "instanceTypes",
  },
  {
    layer: "workloads",
    what: "a pod that no GPU node lets in",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "server",
      inputs: deployment({ limits: { "nvidia.com/gpu": "1" } }, {}),
    },
    says: "workloads-prod/server: 'spec.template.spec.tolerations' must be a list with one of nvidia.com/gpu, got 'nothing'",
    unknown: "spec.template.spec.tolerations",
  },
  {
    layer: "workloads",
    what: "a request without a limit",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "server",
      inputs: deployment({ requests: { "nvidia.com/gpu": "1" } }),
    },
    says: "workloads-prod/server: 'spec.template.spec.containers[0].resources.limits.nvidia.com/gpu' must be 1, the same as the request, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "a request that is not the limit",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "server",
      inputs: deployment({ requests: { "nvidia.com/gpu": "1" }, limits: { "nvidia.com/gpu": 2 } }),
    },
    says: "workloads-prod/server: 'spec.template.spec.containers[0].resources.requests.nvidia.com/gpu' must be 2, the same as the limit, got '1'",
  },
  {
    layer: "workloads",
    what: "half a GPU",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "server",
      inputs: deployment({ limits: { "nvidia.com/gpu": "500m" } }),
    },
    says: "workloads-prod/server: 'spec.template.spec.containers[0].resources.limits.nvidia.com/gpu' must be a whole number, got '500m'",
  },
]);

const type = (name: string) => (inputs: any) => (inputs.spec.template.spec.requirements[0].values = [name]);
const SINGLE = "g4dn.xlarge, g5.xlarge, g6.xlarge, g6e.xlarge, g7e.2xlarge";

describeRule("GPU-02", [
  {
    ...pool("training"),
    environment: "dev",
    what: "eight GPUs in dev",
    change: type("p5.48xlarge"),
    says: `platform-dev/training: 'spec.template.spec.requirements' must be one of ${SINGLE}, got 'p5.48xlarge'`,
    unknown: "spec.template.spec.requirements",
  },
  {
    ...pool("inference"),
    what: "a large type that nobody approved",
    change: type("p4d.24xlarge"),
    says: "platform-prod/inference: 'spec.template.spec.requirements' must be approved, by an exception with ticket and last day, got 'p4d.24xlarge'",
  },
  {
    ...pool("inference"),
    what: "a choice that is left to Karpenter",
    change: ({ spec }) =>
      (spec.template.spec.requirements[0] = { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["g", "p"] }),
    says: "platform-prod/inference: 'spec.template.spec.requirements' must be a list of instance types by name, got 'nothing'",
  },
  {
    layer: "platform",
    environment: "staging",
    what: "a node group of a large type",
    add: { type: GROUP, name: "gpus", inputs: { instanceTypes: ["m7i.large", "p5.4xlarge"] } },
    says: `platform-staging/gpus: 'instanceTypes' must be one of ${SINGLE}, g5.12xlarge, g6.12xlarge, g6e.12xlarge, got 'p5.4xlarge'`,
    unknown: "instanceTypes",
  },
]);

describeRule("GPU-03", [
  {
    ...pool("training"),
    what: "a pool without a highest number",
    change: ({ spec }) => (spec.limits = { cpu: "1000" }),
    says: "platform-prod/training: 'spec.limits.nvidia.com/gpu' must be at most 64, got 'nothing'",
    unknown: "spec.limits",
  },
  {
    ...pool("inference"),
    environment: "dev",
    what: "more GPUs than dev may have",
    change: ({ spec }) => (spec.limits["nvidia.com/gpu"] = "8"),
    says: "platform-dev/inference: 'spec.limits.nvidia.com/gpu' must be at most 4, got '8'",
  },
  {
    ...pool("inference"),
    what: "empty nodes that stay",
    change: ({ spec }) => (spec.disruption.consolidateAfter = "Never"),
    says: "platform-prod/inference: 'spec.disruption.consolidateAfter' must be a time, for example 300s, got 'Never'",
    unknown: "spec.disruption.consolidateAfter",
  },
  {
    ...pool("inference"),
    what: "nodes that are never replaced",
    change: ({ spec }) => (spec.template.spec.expireAfter = "Never"),
    says: "platform-prod/inference: 'spec.template.spec.expireAfter' must be a time, for example 720h, got 'Never'",
  },
  {
    layer: "platform",
    environment: "dev",
    what: "a node group that is never without nodes in dev",
    add: { type: GROUP, name: "gpus", inputs: { instanceTypes: ["g6.xlarge"], scalingConfig: { minSize: 1, maxSize: 2 } } },
    says: "platform-dev/gpus: 'scalingConfig.minSize' must be 0, got '1'",
    unknown: "scalingConfig.minSize",
  },
  {
    layer: "platform",
    what: "a node group of a hundred nodes",
    add: { type: GROUP, name: "gpus", inputs: { amiType: "AL2023_x86_64_NVIDIA", scalingConfig: { minSize: 1, maxSize: 100 } } },
    says: "platform-prod/gpus: 'scalingConfig.maxSize' must be at most 16, got '100'",
  },
]);

describeRule("GPU-04", [
  {
    layer: "workloads",
    what: "a team that may have every GPU that others leave",
    resource: "risk-jobs-quota",
    change: ({ spec }) => delete spec.hard["requests.nvidia.com/gpu"],
    says: "workloads-prod/risk-jobs: 'quota of nvidia.com/gpu' must be a ResourceQuota with requests.nvidia.com/gpu, or a ClusterQueue with a finite borrowingLimit, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "model servers that nobody counts",
    add: {
      type: "kubernetes:core/v1:Namespace",
      name: "more",
      inputs: { metadata: { name: "more", labels: { "millrace.dev/serves": "risk" } } },
    },
    says: "workloads-prod/more: 'quota of nvidia.com/gpu' must be a ResourceQuota with requests.nvidia.com/gpu, or a ClusterQueue with a finite borrowingLimit, got 'nothing'",
    unknown: "metadata.labels",
  },
]);

const job = (spec: object, pod: object = {}) => ({
  metadata: { namespace: "team-risk", ...queued },
  spec: {
    activeDeadlineSeconds: 3600,
    ttlSecondsAfterFinished: 3600,
    backoffLimit: 0,
    ...spec,
    template: { spec: asking({ limits: { "nvidia.com/gpu": "1" } }, pod) },
  },
});
const without = (field: string) => {
  const inputs: any = job({});
  delete inputs.spec[field];
  return inputs;
};
const JOB = "kubernetes:batch/v1:Job";
const spot = { "karpenter.sh/capacity-type": "spot" };

describeRule("GPU-05", [
  {
    layer: "workloads",
    what: "a job without a deadline",
    add: { type: JOB, name: "train", inputs: without("activeDeadlineSeconds") },
    says: "workloads-prod/train: 'spec.activeDeadlineSeconds' must be set, in seconds, got 'nothing'",
    unknown: "spec.activeDeadlineSeconds",
  },
  {
    layer: "workloads",
    what: "a job that stays when it has ended",
    add: { type: JOB, name: "train", inputs: without("ttlSecondsAfterFinished") },
    says: "workloads-prod/train: 'spec.ttlSecondsAfterFinished' must be set, in seconds, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "Kubernetes' own number of retries",
    add: { type: JOB, name: "train", inputs: without("backoffLimit") },
    says: "workloads-prod/train: 'spec.backoffLimit' must be at most 3, got 'nothing'",
    unknown: "spec.backoffLimit",
  },
  {
    layer: "workloads",
    what: "spot nodes without checkpoints",
    add: { type: JOB, name: "train", inputs: job({}, { nodeSelector: spot, volumes: [{ name: "scratch", emptyDir: {} }] }) },
    says: "workloads-prod/train: 'spec.template.spec.volumes' must be a list with one for checkpoints, got 'nothing that lasts'",
    unknown: "spec.template.spec.nodeSelector",
  },
]);

const made = (kind: string, inputs: object): Resource => ({
  type: kind,
  name: "it",
  address: "s/it",
  inputs: readable(inputs),
  protect: false,
  parent: "",
  dependencies: [],
  ignoreChanges: [],
  provider: {},
});

const faults = (id: string, resource: Resource, environment: Environment = "prod"): string[] => {
  const rule = GPUS.find((each) => each.id === id) as Rule;
  const found = faultsOf(rule, "check" in rule ? resource : [resource], rule.parameters?.[environment] ?? {});
  return Array.isArray(found) ? found.map(({ property, got }) => `${property}: ${got}`) : [found.message];
};

describe("GPUs of other shapes", () => {
  it("knows instance types with NVIDIA's GPUs", () => {
    const types = [
      "g4dn.xlarge",
      "g4ad.xlarge",
      "gr6.4xlarge",
      "p6-b200.48xlarge",
      "m7g.large",
      "c7gn.large",
      "trn1.2xlarge",
      "t4g.small",
    ];
    expect(types.filter(isGpuType)).toEqual(["g4dn.xlarge", "gr6.4xlarge", "p6-b200.48xlarge"]);
  });

  it.each([
    ["family", { key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["g6"] }],
    ["category", { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["p"] }],
    ["number of GPUs", { key: "karpenter.k8s.aws/instance-gpu-count", operator: "Gt", values: ["0"] }],
  ])("knows a GPU pool by its %s", (_, requirement) => {
    const spec = { template: { spec: { requirements: [requirement] } } };
    expect(faults("GPU-01", made(POOL, { spec }))).toEqual(["spec.template.spec.taints: nothing"]);
  });

  it("leaves pools of processors alone", () => {
    const requirements = [{ key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["c", "m"] }];
    const cpu = made(POOL, { spec: { limits: { cpu: "100" }, template: { spec: { requirements } } } });
    expect(["GPU-01", "GPU-02", "GPU-03"].flatMap((id) => faults(id, cpu))).toEqual([]);
  });

  it("lets a pod of a queue do without a toleration, which the queue brings", () => {
    expect(faults("GPU-01", made(JOB, job({})))).toEqual([]);
  });

  it("takes slices of a GPU for GPUs, and none for none", () => {
    const slices = { requests: { "nvidia.com/mig-1g.10gb": 1 } };
    expect(
      faults("GPU-01", made("kubernetes:core/v1:Pod", { spec: asking(slices, { tolerations: [{ operator: "Exists" }] }) })),
    ).toEqual(["spec.containers[0].resources.limits.nvidia.com/mig-1g.10gb: nothing"]);
    expect(faults("GPU-01", made("kubernetes:core/v1:Pod", { spec: asking({ limits: { "nvidia.com/gpu": "0" } }) }))).toEqual([]);
  });

  it("lets empty nodes of a reservation stay, which are paid for anyway", () => {
    const reserved = (values: string[]) =>
      made(POOL, {
        spec: {
          limits: { "nvidia.com/gpu": "8" },
          disruption: { consolidateAfter: "Never" },
          template: {
            spec: { expireAfter: "720h", requirements: [{ key: "karpenter.sh/capacity-type", operator: "In", values }] },
          },
        },
      });
    expect(faults("GPU-03", reserved(["reserved"]))).toEqual([]);
    expect(faults("GPU-03", reserved(["reserved", "on-demand"]))).toEqual(["spec.disruption.consolidateAfter: Never"]);
  });

  it.each([
    [
      "lends a finite number",
      { cohortName: "all", resources: [{ name: "nvidia.com/gpu", nominalQuota: 1, borrowingLimit: 1 }] },
      [],
    ],
    ["borrows from nobody", { resources: [{ name: "nvidia.com/gpu", nominalQuota: 1 }] }, []],
    [
      "borrows all",
      { cohortName: "all", resources: [{ name: "nvidia.com/gpu", nominalQuota: 1 }] },
      ["quota of nvidia.com/gpu: nothing"],
    ],
    ["counts no GPUs", { resources: [{ name: "cpu", nominalQuota: 1 }] }, ["quota of nvidia.com/gpu: nothing"]],
  ])("judges a queue that %s", (_, { resources, ...queue }: { resources: object[]; cohortName?: string }, expected) => {
    const namespace = made("kubernetes:core/v1:Namespace", { metadata: { name: "a", labels: { "millrace.dev/team": "a" } } });
    const share = made("kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", {
      spec: {
        ...queue,
        namespaceSelector: { matchLabels: { "millrace.dev/team": "a" } },
        resourceGroups: [{ flavors: [{ resources }] }],
      },
    });
    const rule = GPUS.find(({ id }) => id === "GPU-04") as Rule;
    const found = faultsOf(rule, [namespace, share], rule.parameters?.prod) as { property: string; got: string }[];
    expect(found.map(({ property, got }) => `${property}: ${got}`)).toEqual(expected);
  });

  it("leaves jobs that do not train alone", () => {
    expect(faults("GPU-05", made(JOB, { spec: { template: { spec: asking({}) } } }))).toEqual([]);
  });

  it("reads jobs of a schedule and of a set where they stand", () => {
    const { spec } = job({});
    const cron = { spec: { jobTemplate: { metadata: queued, spec: { ...spec, backoffLimit: 9 } } } };
    expect(faults("GPU-05", made("kubernetes:batch/v1:CronJob", cron))).toEqual(["spec.jobTemplate.spec.backoffLimit: 9"]);
    const set = { metadata: queued, spec: { replicatedJobs: [{ template: { spec: { ...spec, backoffLimit: 9 } } }] } };
    expect(faults("GPU-05", made("kubernetes:jobset.x-k8s.io/v1alpha2:JobSet", set))).toEqual([
      "spec.replicatedJobs[0].template.spec.backoffLimit: 9",
      "spec.ttlSecondsAfterFinished: nothing",
    ]);
  });

  it.each([
    ["a volume", { volumes: [{ name: "checkpoints", persistentVolumeClaim: { claimName: "checkpoints" } }] }],
    ["a store", { containers: [{ name: "train", env: [{ name: "CHECKPOINT_URI", value: "s3://runs/1" }] }] }],
  ])("takes %s for checkpoints", (_, pod) => {
    expect(faults("GPU-05", made(JOB, job({}, { nodeSelector: spot, ...pod })))).toEqual([]);
  });
});

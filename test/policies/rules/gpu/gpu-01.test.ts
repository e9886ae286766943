import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { asking, GROUP, JOB, job, one, POOL, pool } from "./samples.ts";

const tolerations = [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }];

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
    says: "workloads-prod/server: 'spec.template.spec.tolerations' must be a list with a toleration of nvidia.com/gpu, got 'nothing'",
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

describe("GPU-01", () => {
  it.each([
    ["family", { key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["g6"] }],
    ["category", { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["p"] }],
    ["number of GPUs", { key: "karpenter.k8s.aws/instance-gpu-count", operator: "Gt", values: ["0"] }],
  ])("knows a GPU pool by its %s", (_, requirement) => {
    const spec = { template: { spec: { requirements: [requirement] } } };
    expect(found("GPU-01", one(POOL, { spec }))).toEqual(["spec.template.spec.taints: nothing"]);
  });

  it("lets a pod of a queue do without a toleration, which the queue brings", () => {
    expect(found("GPU-01", one(JOB, job({})))).toEqual([]);
  });

  it("takes slices of a GPU for GPUs, and none for none", () => {
    const slices = { requests: { "nvidia.com/mig-1g.10gb": 1 } };
    expect(
      found("GPU-01", one("kubernetes:core/v1:Pod", { spec: asking(slices, { tolerations: [{ operator: "Exists" }] }) })),
    ).toEqual(["spec.containers[0].resources.limits.nvidia.com/mig-1g.10gb: nothing"]);
    expect(found("GPU-01", one("kubernetes:core/v1:Pod", { spec: asking({ limits: { "nvidia.com/gpu": "0" } }) }))).toEqual([]);
  });
});

describe("GPU-01, pods that ask for none", () => {
  const pod = (type: string, toleration: object) =>
    found(
      "GPU-01",
      of(`kubernetes:${type}`, "w", { spec: { template: { spec: { tolerations: [toleration], containers: [{}] } } } }),
    );

  it("refuses a toleration of GPU nodes, by its key or of every taint", () => {
    expect(pod("apps/v1:Deployment", { key: "nvidia.com/gpu", operator: "Exists" })).toHaveLength(1);
    expect(pod("apps/v1:Deployment", { operator: "Exists" })).toHaveLength(1);
    expect(pod("apps/v1:Deployment", { key: "CriticalAddonsOnly", operator: "Exists" })).toEqual([]);
    expect(pod("apps/v1:DaemonSet", { operator: "Exists" })).toEqual([]);
  });
});

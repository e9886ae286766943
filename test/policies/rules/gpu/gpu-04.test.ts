import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { one } from "./samples.ts";

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

describe("GPU-04", () => {
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
    const namespace = one("kubernetes:core/v1:Namespace", { metadata: { name: "a", labels: { "millrace.dev/team": "a" } } });
    const share = one("kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue", {
      spec: {
        ...queue,
        namespaceSelector: { matchLabels: { "millrace.dev/team": "a" } },
        resourceGroups: [{ flavors: [{ resources }] }],
      },
    });
    expect(found("GPU-04", [namespace, share])).toEqual(expected);
  });
});

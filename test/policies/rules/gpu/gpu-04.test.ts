import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
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
  it("refuses a quota above the largest pool", () => {
    const labels = { "millrace.dev/team": "a" };
    const namespace = of("kubernetes:core/v1:Namespace", "n", { metadata: { name: "team-a", labels } });
    const quota = (hard: object, place = "team-a") =>
      found("GPU-04", [
        namespace,
        of("kubernetes:core/v1:ResourceQuota", "first", {
          metadata: { namespace: "team-a" },
          spec: { hard: { "requests.nvidia.com/gpu": 1 } },
        }),
        of("kubernetes:core/v1:ResourceQuota", "q", { metadata: { namespace: place }, spec: { hard } }),
      ]);
    expect(quota({ "requests.nvidia.com/gpu": "640" })).toEqual(["spec.hard.requests.nvidia.com/gpu: 640"]);
    expect(quota({ "requests.nvidia.com/gpu": "64k" })).toHaveLength(1);
    expect(quota({ "requests.nvidia.com/gpu": 64 })).toEqual([]);
    expect(quota({ "requests.nvidia.com/gpu": "640" }, "elsewhere")).toEqual([]);
    expect(quota({ pods: "640" })).toEqual([]);
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

import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { made, training } from "./samples.ts";

describeRule("GPU-10", [
  {
    layer: "platform",
    what: "a node that does not wait for its jobs",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.template.spec.terminationGracePeriod = "1h30m"),
    says: "platform-prod/training: 'spec.template.spec.terminationGracePeriod' must be at least 72h, the longest training job, got '1h30m'",
    unknown: "spec.template.spec.terminationGracePeriod",
  },
  {
    layer: "workloads",
    environment: "dev",
    what: "a job that outlives its node",
    add: {
      type: "kubernetes:batch/v1:Job",
      name: "train",
      inputs: training({ "kueue.x-k8s.io/queue-name": "default" }, { activeDeadlineSeconds: 90_000 }),
    },
    says: "workloads-dev/train: 'spec.activeDeadlineSeconds' must be at most 43200, the time for which nodes of the environment wait for a job, got '90000'",
    unknown: "spec.activeDeadlineSeconds",
  },
]);

describe("GPU-10", () => {
  it("lets a pool wait for its jobs without an end", () => {
    const flavor = made("kueue.x-k8s.io/v1beta2:ResourceFlavor", "l4", { spec: { nodeLabels: { gpu: "l4" } } });
    const pool = made("karpenter.sh/v1:NodePool", "l4", {
      spec: { template: { metadata: { labels: { gpu: "l4" } }, spec: {} } },
    });
    expect(found("GPU-10", [flavor, pool])).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { GROUP, one, POOL, pool } from "./samples.ts";

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
    says: "platform-prod/inference: 'spec.disruption.consolidateAfter' must be a time of at most 60m, for example 300s, got 'Never'",
    unknown: "spec.disruption.consolidateAfter",
  },
  {
    ...pool("inference"),
    what: "nodes that are never replaced",
    change: ({ spec }) => (spec.template.spec.expireAfter = "Never"),
    says: "platform-prod/inference: 'spec.template.spec.expireAfter' must be a time of at most 1440h, for example 720h, got 'Never'",
  },
  {
    ...pool("training"),
    what: "empty nodes that stay for a day",
    change: ({ spec }) => (spec.disruption.consolidateAfter = "24h"),
    says: "platform-prod/training: 'spec.disruption.consolidateAfter' must be a time of at most 60m, for example 300s, got '24h'",
  },
  {
    ...pool("cpu"),
    what: "nodes without GPUs that stay for years",
    change: ({ spec }) => (spec.template.spec.expireAfter = "17520h"),
    says: "platform-prod/cpu: 'spec.template.spec.expireAfter' must be a time of at most 1440h, for example 720h, got '17520h'",
    unknown: "spec.template.spec.expireAfter",
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

describe("GPU-03", () => {
  it("lets empty nodes of a reservation stay, which are paid for anyway", () => {
    const reserved = (values: string[]) =>
      one(POOL, {
        spec: {
          limits: { "nvidia.com/gpu": "8" },
          disruption: { consolidateAfter: "Never" },
          template: {
            spec: { expireAfter: "720h", requirements: [{ key: "karpenter.sh/capacity-type", operator: "In", values }] },
          },
        },
      });
    expect(found("GPU-03", reserved(["reserved"]))).toEqual([]);
    expect(found("GPU-03", reserved(["reserved", "on-demand"]))).toEqual(["spec.disruption.consolidateAfter: Never"]);
  });
});

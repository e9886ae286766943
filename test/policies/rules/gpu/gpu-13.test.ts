import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("GPU-13", [
  {
    layer: "platform",
    resource: "queues-priority-low",
    what: "a low priority above all others",
    change: (inputs) => (inputs.value = "1001"),
    says: "platform-prod/queues-priority-low: 'value' must be less than 1000, which 'high' has, got '1001'",
    unknown: "value",
  },
  {
    layer: "platform",
    resource: "queues-priority-high",
    what: "a high priority below all others",
    change: (inputs) => (inputs.value = -5000),
    says: "platform-prod/queues-priority-high: 'value' must be more than -1000, which 'low' has, got '-5000'",
  },
]);

describe("GPU-13", () => {
  const classOf = (name: string, value: unknown, type = "kueue.x-k8s.io/v1beta1:WorkloadPriorityClass") =>
    of(`kubernetes:${type}`, name, { metadata: { name }, value });
  const ofPods = "scheduling.k8s.io/v1:PriorityClass";

  it("accepts names in their order, whatever the values", () => {
    expect(found("GPU-13", [classOf("gpu-low", 10), classOf("gpu-medium", 20), classOf("gpu-high", 30)])).toEqual([]);
    expect(found("GPU-13", [classOf("team-risk", 5000), classOf("high", 30)])).toEqual([]);
    expect(found("GPU-13", [classOf("low", 5000), classOf("high", 30, ofPods)])).toEqual([]);
  });

  it("refuses two of one value, and priorities of pods in another order", () => {
    expect(found("GPU-13", [classOf("low", undefined), classOf("high", 0)])).toEqual(["value: 0"]);
    expect(found("GPU-13", [classOf("batch", 100, ofPods), classOf("critical", 10, ofPods)])).toEqual(["value: 100"]);
  });
});

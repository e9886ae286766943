import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { gate, rollout, template } from "./samples.ts";

describeRule("CAN-03", [
  {
    layer: "workloads",
    what: "a gate that waits for a measurement nearly for ever",
    resource: "fraud-gate",
    change: (inputs) => (inputs.spec.metrics[0].inconclusiveLimit = 1000),
    says: "workloads-prod/fraud-gate: 'spec.metrics[0].inconclusiveLimit' must be at most 60, got '1000'",
    unknown: "spec.metrics.0.inconclusiveLimit",
  },
  {
    layer: "workloads",
    what: "a gate that passes on a row of empty answers",
    resource: "fraud-share",
    change: (inputs) => delete inputs.spec.metrics[0].consecutiveSuccessLimit,
    says: "workloads-prod/fraud-share: 'spec.metrics[0].inconclusiveLimit' must be less than 'count', or used with consecutiveSuccessLimit: 1, got '60'",
  },
  {
    layer: "workloads",
    what: "a watch that never gives up a failing version",
    resource: "fraud-watch",
    change: (inputs) => (inputs.spec.metrics[1].failureLimit = -1),
    says: "workloads-prod/fraud-watch: 'spec.metrics[1].failureLimit' must be from 0 to 3, got '-1'",
    unknown: "spec.metrics.1.failureLimit",
  },
  {
    layer: "workloads",
    what: "a gate that is over before it could have failed",
    resource: "fraud-gate",
    change: (inputs) =>
      Object.assign(inputs.spec.metrics[0], {
        count: 3,
        failureLimit: 3,
        inconclusiveLimit: 0,
        consecutiveSuccessLimit: undefined,
      }),
    says: "workloads-prod/fraud-gate: 'spec.metrics[0].failureLimit' must be less than 'count', or used with consecutiveSuccessLimit: 1, got '3'",
  },
  {
    layer: "workloads",
    what: "a watch that does without its Prometheus",
    resource: "fraud-watch",
    change: (inputs) => (inputs.spec.metrics[0].consecutiveErrorLimit = 500),
    says: "workloads-prod/fraud-watch: 'spec.metrics[0].consecutiveErrorLimit' must be from 0 to 12, got '500'",
  },
]);

describe("CAN-03", () => {
  it("bounds a watch without gates by the shortest pause between raises", () => {
    const steps = [{ setWeight: 10 }, { pause: { duration: "5m" } }, { setWeight: 50 }, { pause: { duration: 120 } }];
    const release = rollout({ steps, analysis: { templates: [{ templateName: "watch" }] } });
    const watch = (inconclusiveLimit: number) => template("watch", { metrics: [{ interval: "30s", inconclusiveLimit }] });
    expect(found("CAN-03", [release, watch(4)])).toEqual([]);
    expect(found("CAN-03", [release, watch(5)])).toEqual(["spec.metrics[0].inconclusiveLimit: 5"]);
  });

  it("sees a watch that was unbounded for its gates' sake once a gate is gone", () => {
    const watch = template("watch", { metrics: [{ interval: "30s", inconclusiveLimit: 1_000_000 }] });
    const steps = [{ setWeight: 10 }, { pause: { duration: "1m" } }, gate("gate"), { setWeight: 100 }];
    const analysis = { templates: [{ templateName: "watch" }] };
    expect(found("CAN-03", [rollout({ steps, analysis }), watch])).toEqual([]);
    expect(found("CAN-03", [rollout({ steps: steps.toSpliced(2, 1), analysis }), watch])).toEqual([
      "spec.metrics[0].inconclusiveLimit: 1000000",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { release, rollout, STEPS, stepsOf } from "./samples.ts";

describeRule("CAN-02", [
  {
    ...release,
    what: "a raise right after another",
    change: (inputs) => stepsOf(inputs).splice(4, 2),
    says: `${STEPS}[5].setWeight' must be preceded by an analysis at the previous weight, got '5 to 20 unmeasured'`,
    unknown: "spec.strategy.canary.steps",
  },
  {
    ...release,
    what: "a raise that only a watch that begins later would see",
    change: (inputs) => {
      stepsOf(inputs).splice(5, 1);
      inputs.spec.strategy.canary.analysis.startingStep = 6;
    },
    says: `${STEPS}[6].setWeight' must be preceded by an analysis at the previous weight, got '5 to 20 unmeasured'`,
    unknown: "spec.strategy.canary.analysis.startingStep",
  },
  {
    ...release,
    what: "a raise behind a dry run",
    change: (inputs) => {
      delete inputs.spec.strategy.canary.analysis;
      stepsOf(inputs)[9].analysis.dryRun = [{ metricName: ".*" }];
    },
    says: `${STEPS}[10].setWeight' must be preceded by an analysis at the previous weight, got '20 to 50 unmeasured'`,
  },
  {
    ...release,
    what: "a promotion without any step",
    change: (inputs) => (inputs.spec.strategy.canary.steps = []),
    says: `${STEPS}' must be preceded by an analysis at the previous weight, got '0 to 100 unmeasured'`,
  },
]);

describe("CAN-02", () => {
  it("lets a watch that has begun count, and the pause that it is given", () => {
    const steps = [{ setWeight: 10 }, { pause: { duration: "5m" } }];
    const analysis = { templates: [{ templateName: "watch" }] };
    expect(found("CAN-02", rollout({ steps, analysis }))).toEqual([]);
    expect(found("CAN-02", rollout({ steps }))).toEqual(["spec.strategy.canary.steps: 10 to 100 unmeasured"]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { gate, release, rollout, STEPS, stepsOf, template } from "./samples.ts";

describeRule("CAN-04", [
  {
    ...release,
    what: "a last raise that does not look at the gateway",
    change: (inputs) => stepsOf(inputs).splice(14, 1),
    says: `${STEPS}[14].setWeight' must be preceded by an analysis of the share that is served, got '100 without an analysis'`,
    unknown: "spec.strategy.canary.steps",
  },
  {
    ...release,
    what: "an end that does not look at the gateway",
    change: (inputs) => stepsOf(inputs).pop(),
    says: `${STEPS}' must be a list that ends with an analysis of the share that is served, got '100, then no analysis'`,
  },
]);

describe("CAN-04", () => {
  it("knows a share by both Services in one query, through arguments too", () => {
    const share = (query: string) => template("share", { metrics: [{ provider: { prometheus: { query } } }] });
    const args = [
      { name: "new", value: "m-canary" },
      { name: "old", value: "m-stable" },
    ];
    const steps = [{ setWeight: 10 }, gate("share", args), { setWeight: 100 }, gate("share", args)];
    expect(found("CAN-04", [rollout({ steps }), share("a{{args.new}}/b{{ args.old }}")])).toEqual([]);
    expect(found("CAN-04", [rollout({ steps }), share("a{{args.new}}")])).toEqual([
      "spec.strategy.canary.steps[2].setWeight: 100 without an analysis",
      "spec.strategy.canary.steps: 100, then no analysis",
    ]);
  });
});

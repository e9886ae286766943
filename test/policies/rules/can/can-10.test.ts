import { describe, expect, it } from "vitest";
import { describeRule, found, ruleOf } from "../../harness.ts";
import { gate, release, rollout, stepsOf, template } from "./samples.ts";

const CANARY = "workloads-prod/fraud-rollout: 'spec.strategy.canary";

describeRule("CAN-10", [
  {
    ...release,
    what: "a release that nobody watches",
    change: (inputs) => {
      delete inputs.spec.strategy.canary.analysis;
    },
    says: `${CANARY}.analysis' must be an analysis that goes on while users wait, got 'nothing'`,
    unknown: "spec.strategy.canary.analysis",
  },
  {
    ...release,
    what: "a watch that begins at the last share",
    change: (inputs) => {
      inputs.spec.strategy.canary.analysis.startingStep = 14;
    },
    says: `${CANARY}.analysis.startingStep' must be at most 4, the first pause with users, got '14'`,
  },
  {
    ...release,
    what: "a share that ends before its measurement can see it",
    change: (inputs) => {
      stepsOf(inputs)[4].pause.duration = "10s";
    },
    says: `${CANARY}.steps[3].setWeight' must be a share that lasts 120s or longer, as far as its measurement looks back, got '5 for 10s'`,
    unknown: "spec.strategy.canary.steps.4.pause.duration",
  },
]);

const metric = (rest: object = {}) => ({ provider: { prometheus: { query: "sum(increase(rq[2m]))" } }, ...rest });
const steps = (pause: object | undefined, ...more: object[]) => [
  { setWeight: 5 },
  ...(pause === undefined ? [] : [{ pause }]),
  ...more,
  gate("gate"),
  { setWeight: 100 },
];
const analysis = { templates: [{ templateName: "gate" }] };

describe("CAN-10", () => {
  const told = (canary: object, own: object = {}) =>
    found("CAN-10", [rollout({ analysis, ...canary }), template("gate", { metrics: [metric(own)] })]);

  it.each([{ duration: "2m" }, { duration: 120 }, { duration: "3600" }, {}])("accepts a pause of %j", (pause) =>
    expect(told({ steps: steps(pause) })).toEqual([]),
  );

  it("adds pauses and the time of the measurement itself", () => {
    expect(told({ steps: steps({ duration: "1m" }, { pause: { duration: "60" } }) })).toEqual([]);
    expect(told({ steps: steps(undefined) }, { count: 5, interval: "30s" })).toEqual([]);
    expect(told({ steps: steps(undefined) }, { initialDelay: "2m" })).toEqual([]);
  });

  it("refuses what ends too early", () => {
    const tooEarly = "spec.strategy.canary.steps[0].setWeight: 5 for";
    expect(told({ steps: steps({ duration: "5s" }) })).toEqual([`${tooEarly} 5s`]);
    expect(told({ steps: steps(undefined) })).toEqual([`${tooEarly} 0s`]);
    expect(told({ steps: steps(undefined) }, { count: 5, interval: "30s", consecutiveSuccessLimit: 1 })).toEqual([
      `${tooEarly} 0s`,
    ]);
  });

  it("counts no watch that is a dry run or has no template", () => {
    expect(told({ steps: steps({}), analysis: { templates: [] } })).toHaveLength(1);
    expect(told({ steps: steps({}), analysis: { ...analysis, dryRun: [{ metricName: ".*" }] } })).toHaveLength(1);
  });

  it("asks neither of others", () => {
    const own = [rollout({ steps: steps({ duration: "1s" }) }), template("gate", { metrics: [metric()] })];
    expect(found("CAN-10", own, ruleOf("CAN-10").elsewhere)).toEqual([]);
  });
});

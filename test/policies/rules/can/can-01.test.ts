import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { release, STEPS, stepsOf } from "./samples.ts";

describeRule("CAN-01", [
  {
    ...release,
    what: "pods that follow a weight of 0",
    change: (inputs) => (stepsOf(inputs)[1] = { setCanaryScale: { matchTrafficWeight: true } }),
    says: `${STEPS}[1].setCanaryScale.matchTrafficWeight' must be set only after the first setWeight, got 'true at weight 0'`,
    unknown: "spec.strategy.canary.steps",
  },
  {
    ...release,
    what: "a new version without pods",
    change: (inputs) => (stepsOf(inputs)[1] = { setCanaryScale: { weight: 0 } }),
    says: `${STEPS}[1].setCanaryScale.weight' must be at least one pod for the requests of a route, got '0'`,
    unknown: "spec.strategy.canary.steps",
  },
]);

it.each([
  ["rounds the pods up", { pods: 2, all: 10, weight: 25 }, 1],
  ["takes an exact number", { pods: 57, all: 100, weight: 57 }, 0],
  ["reads what the weights add up to", { pods: 5, all: 10, weight: 30, whole: 50 }, 1],
  ["takes enough of what the weights add up to", { pods: 3, all: 10, weight: 250, whole: 1000 }, 0],
])("CAN-01 %s", (_, { pods, all, weight, whole }: { pods: number; all: number; weight: number; whole?: number }, faults) => {
  const steps = [{ setCanaryScale: { replicas: pods } }, { setWeight: weight }];
  const spec = { replicas: all, strategy: { canary: { steps, trafficRouting: { maxTrafficWeight: whole } } } };
  expect(found("CAN-01", [of("kubernetes:argoproj.io/v1alpha1:Rollout", "r", { spec })])).toHaveLength(faults);
});

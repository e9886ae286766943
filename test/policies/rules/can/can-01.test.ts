import { describeRule } from "../../harness.ts";
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

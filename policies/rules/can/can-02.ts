import { type Fault, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { at, type Bag, flag, isSet, number } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { canaryOf, gatesOf, isGated, needsMeasurement, type Raise, raisesOf, STEPS, stepsOf } from "./rollouts.ts";

export const CAN_02 = rule({
  id: "CAN-02",
  title: "Each increase of the new version's weight follows a measurement at the previous weight",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 4.1"],
  remediation:
    "Put an `analysis` step before each `setWeight` except the first. Or put a `pause` there, with a background `analysis` whose `startingStep` is not later than the previous `setWeight`.",
  types: [ROLLOUT],
  check: (rollout) => {
    const canary = canaryOf(rollout);
    if (canary === undefined) {
      return swapFaults(rollout);
    }
    const steps = stepsOf(rollout);
    return raisesOf(steps)
      .filter(needsMeasurement)
      .filter((raise) => !isGated(steps, raise) && !isWatched(canary, steps, raise))
      .map(({ at: index, from, to }): Fault => {
        const property = index === steps.length ? STEPS : `${STEPS}[${index}].setWeight`;
        return { property, got: `${from} to ${to} unmeasured`, want: "preceded by an analysis at the previous weight" };
      });
  },
});

/** The other strategy gives all users to the new version at once: it must have been measured before. */
function swapFaults({ inputs }: Resource): Fault[] {
  const swap = at(inputs, "spec", "strategy", "blueGreen");
  const measured = gatesOf(at(swap, "prePromotionAnalysis")).length > 0;
  const waits = flag(swap, "autoPromotionEnabled") === false;
  return unless(swap === undefined || measured || waits, {
    property: "spec.strategy.blueGreen.prePromotionAnalysis",
    got: "0 to 100 unmeasured",
    want: "an analysis of the new version, or replaced by a canary",
  });
}

/** A background measurement counts if it has begun and a pause gives it time. */
const isWatched = (canary: Bag, steps: readonly Bag[], { at: index, before }: Raise): boolean =>
  before >= 0 &&
  gatesOf(at(canary, "analysis")).length > 0 &&
  (number(canary, "analysis", "startingStep") ?? 0) <= before &&
  steps.slice(before + 1, index).some(isPause);

/** `pause: {}` waits for a person. */
const isPause = (step: Bag): boolean => isSet(step, "pause");

import type { Fault } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { flag, number } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { STEPS, stepsOf } from "./rollouts.ts";

/**
 * Measured with Argo Rollouts 1.9.1: `matchTrafficWeight` at weight 0 means no pods. The pod that had just loaded its model was stopped,
 * and the route that forces the new version was removed. After that, 0 of 300 forced requests reached the new version; in the right
 * order 300 of 300 did.
 */
export const CAN_01 = rule({
  id: "CAN-01",
  title: "The number of canary pods follows the weight only after the first weight is set",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Begin with `setCanaryScale: {weight: …}`. Write `setCanaryScale: {matchTrafficWeight: true}` after the first `setWeight`.",
  types: [ROLLOUT],
  check: (rollout) => {
    const steps = stepsOf(rollout);
    const first = steps.findIndex((step) => (number(step, "setWeight") ?? 0) > 0);
    return steps.flatMap((step, index): Fault[] =>
      flag(step, "setCanaryScale", "matchTrafficWeight") === true && (first < 0 || index < first)
        ? [
            {
              property: `${STEPS}[${index}].setCanaryScale.matchTrafficWeight`,
              got: "true at weight 0",
              want: "set only after the first setWeight",
            },
          ]
        : [],
    );
  },
});

import { type Fault, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { flag, isSet, numberOr, shown } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { canaryOf } from "./rollouts.ts";

/** Seconds: how long the old version's pods stay after a release, and a new version's after an abort. */
const DELAYS = { least: 600, most: 3600, abortLeast: 10, abortMost: 60 };

/** Argo Rollouts' default in both cases, seconds. */
const DEFAULT_DELAY = 30;

/**
 * Measured with Argo Rollouts 1.9.1: a gateway that missed the last change sends users to the old pods until somebody notices, and a
 * rollback after they are gone waits for new ones. After an abort the controller writes 16 to 20 times a second until the delay ends.
 * An abort delay of 0 means that the pods stay (Argo Rollouts documentation, "Scaledown aborted").
 */
export const CAN_05 = rule<typeof DELAYS>({
  id: "CAN-05",
  title: "The old version stays long enough for a rollback, and pods that are no longer used are removed in time",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 2.4"],
  remediation: `Set \`scaleDownDelaySeconds\` from ${DELAYS.least} to ${DELAYS.most} and \`abortScaleDownDelaySeconds\` from ${DELAYS.abortLeast} to ${DELAYS.abortMost}.`,
  parameters: { dev: DELAYS, staging: DELAYS, prod: DELAYS },
  types: [ROLLOUT],
  check: (rollout, { least, most, abortLeast, abortMost }) => {
    const canary = canaryOf(rollout);
    // Without a traffic router pods are replaced one by one, and both fields mean nothing.
    if (canary === undefined || !isSet(canary, "trafficRouting")) {
      return [];
    }
    const within = (field: string, from: number, to: number): Fault[] => {
      const seconds = numberOr(DEFAULT_DELAY, canary, field);
      return unless(seconds >= from && seconds <= to, {
        property: `spec.strategy.canary.${field}`,
        got: shown(canary[field] ?? seconds),
        want: `from ${from} to ${to}`,
      });
    };
    const shrinks = flag(canary, "dynamicStableScale") === true;
    const kept = numberOr(1, canary, "scaleDownDelayRevisionLimit");
    return [
      ...unless(!shrinks, {
        property: "spec.strategy.canary.dynamicStableScale",
        got: "true",
        want: "false: a rollback needs all old pods",
      }),
      ...unless(kept >= 1, {
        property: "spec.strategy.canary.scaleDownDelayRevisionLimit",
        got: shown(canary["scaleDownDelayRevisionLimit"]),
        want: "at least 1",
      }),
      ...within("scaleDownDelaySeconds", least, most),
      ...within("abortScaleDownDelaySeconds", abortLeast, abortMost),
    ];
  },
});

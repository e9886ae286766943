import { type Fault, unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { type Bag, flag, isSet, numberOr, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { asksForGpus } from "../gpu/requests.ts";
import { canaryOf, copies, raisesOf, stepsOf } from "./rollouts.ts";

/**
 * Seconds: how long the old version's pods stay after a release, and a new version's after an abort. `raise`: largest increase of a release
 * whose old version shrinks, percent.
 */
const DELAYS = { least: 600, most: 3600, abortLeast: 10, abortMost: 60, raise: 60 };

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
  remediation: `Set \`scaleDownDelaySeconds\` from ${DELAYS.least} to ${DELAYS.most} and \`abortScaleDownDelaySeconds\` from ${DELAYS.abortLeast} to ${DELAYS.abortMost}. Servers on GPUs may have \`dynamicStableScale: true\` in place of both, with increases of at most ${DELAYS.raise}.`,
  parameters: { dev: DELAYS, staging: DELAYS, prod: DELAYS },
  types: [ROLLOUT],
  check: (rollout, { least, most, abortLeast, abortMost, raise }) => {
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
    if (flag(canary, "dynamicStableScale") === true) {
      return shrinkingFaults(rollout, canary, raise);
    }
    const kept = numberOr(1, canary, "scaleDownDelayRevisionLimit");
    return [
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

/**
 * An old version that shrinks while the new one grows: where servers have GPUs, and those of two versions cannot be had. Argo Rollouts 1.9.1
 * refuses `scaleDownDelaySeconds` then; with `abortScaleDownDelaySeconds` a version that was thrown out would keep the GPUs that the old pods
 * wait for.
 */
function shrinkingFaults(rollout: Resource, canary: Bag, raise: number): Fault[] {
  const property = "spec.strategy.canary.dynamicStableScale";
  const largest = raisesOf(stepsOf(rollout)).find(({ from, to }) => to - from > raise);
  return [
    ...unless(asksForGpus(rollout), {
      property,
      got: "true",
      want: "false where the servers ask for no GPUs: a rollback needs all old pods",
    }),
    ...unless(!stepsOf(rollout).some(copies), {
      property,
      got: "true",
      want: "false where requests are copied: both versions need all their pods",
    }),
    ...unless(largest === undefined, {
      property,
      got: `true with an increase from ${largest?.from} to ${largest?.to}`,
      want: `false where an increase is larger than ${raise}: it needs the pods of two versions`,
    }),
    ...["scaleDownDelaySeconds", "abortScaleDownDelaySeconds"].flatMap((field) =>
      unless(!isSet(canary, field), {
        property: `spec.strategy.canary.${field}`,
        got: shown(canary[field]),
        want: "left out beside dynamicStableScale",
      }),
    ),
  ];
}

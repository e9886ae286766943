import { type Fault, together } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { type Bag, bags, flag, isSet, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { hasUsers, STEPS, stepsOf } from "./rollouts.ts";

/**
 * Measured with Argo Rollouts 1.9.1: `matchTrafficWeight` at weight 0 means no pods. The pod that had just loaded its model was stopped,
 * and the route that forces the new version was removed. After that, 0 of 300 forced requests reached the new version; in the right
 * order 300 of 300 did.
 */
export const CAN_01 = rule({
  id: "CAN-01",
  title: "The new version has pods for its share of users, and their number follows the weight only after the first weight",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4"],
  remediation:
    "Begin with `setCanaryScale: {weight: …}`. Write `setCanaryScale: {matchTrafficWeight: true}` after the first `setWeight`, before the weight exceeds that of the pods.",
  types: [ROLLOUT],
  check: (rollout) =>
    together(
      () => early(stepsOf(rollout)),
      () => overloaded(rollout),
    ),
});

function early(steps: readonly Bag[]): Fault[] {
  const first = steps.findIndex(hasUsers);
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
}

/** A number of pods that a step sets. It stays until another step sets one. */
interface Scale {
  property: string;
  got: number;
  /** Highest weight for which it is enough. */
  share: number;
}

/** Pods that get more users than they are made for. A number of pods is judged where the Rollout says how many there are in all. */
function overloaded(rollout: Resource): Fault[] {
  const faults = new Map<string, Fault>();
  const routes = new Set<string>();
  let [weight, scale]: [number, Scale | undefined] = [0, undefined];
  for (const [index, step] of stepsOf(rollout).entries()) {
    weight = number(step, "setWeight") ?? weight;
    scale = isSet(step, "setCanaryScale") ? scaleOf(step, index, rollout) : scale;
    routed(step, routes);
    // Requests that a route sends by their header need a pod whatever the weight is.
    const least = Math.max(weight, routes.size > 0 ? Number.MIN_VALUE : 0);
    if (scale !== undefined && scale.share < least && !faults.has(scale.property)) {
      const want =
        weight > 0
          ? `enough pods for ${shareOf(weight, wholeOf(rollout.inputs))} of the users`
          : "at least one pod for the requests of a route";
      faults.set(scale.property, { property: scale.property, got: shown(scale.got), want });
    }
  }
  return [...faults.values()];
}

function scaleOf(step: Bag, index: number, { inputs }: Resource): Scale | undefined {
  const at = `${STEPS}[${index}].setCanaryScale`;
  const [pods, share] = (["replicas", "weight"] as const).map((key) => number(step, "setCanaryScale", key));
  if (share !== undefined) {
    return { property: `${at}.weight`, got: share, share };
  }
  const all = number(inputs, "spec", "replicas") ?? 0;
  const whole = wholeOf(inputs);
  // Multiplied first, so that it is exact: Argo Rollouts wants the weight's share of all pods, rounded up.
  return pods === undefined
    ? undefined
    : { property: `${at}.replicas`, got: pods, share: pods <= 0 ? 0 : all > 0 ? (pods * whole) / all : whole };
}

/** Weight of all users together. */
const wholeOf = (inputs: Bag): number =>
  number(inputs, "spec", "strategy", "canary", "trafficRouting", "maxTrafficWeight") ?? 100;

const shareOf = (weight: number, whole: number): string => (whole === 100 ? `${weight} per cent` : `${weight} of ${whole}`);

/** Routes that send some requests to the new version: one without a match is removed. */
function routed(step: Bag, routes: Set<string>): void {
  for (const kind of ["setHeaderRoute", "setMirrorRoute"]) {
    if (isSet(step, kind)) {
      const name = `${kind} ${text(step, kind, "name") ?? ""}`;
      if (bags(step, kind, "match").length > 0) {
        routes.add(name);
      } else {
        routes.delete(name);
      }
    }
  }
}

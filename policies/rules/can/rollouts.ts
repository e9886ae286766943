import { secondsOf } from "../../kubernetes/duration.ts";
import { at, type Bag, bag, bags, isSet, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** The canary strategy of a Rollout; `undefined` when it has another. */
export const canaryOf = ({ inputs }: Resource): Bag | undefined =>
  isSet(inputs, "spec", "strategy", "canary") ? bag(inputs, "spec", "strategy", "canary") : undefined;

export const STEPS = "spec.strategy.canary.steps";

export const stepsOf = (rollout: Resource): Bag[] => bags(canaryOf(rollout), "steps");

/** VirtualServices into whose routes Argo Rollouts writes weights, one or several. */
export function managedRoutes(canary: Bag): Bag[] {
  const istio = bag(canary, "trafficRouting", "istio");
  return isSet(istio, "virtualService") ? [bag(istio, "virtualService")] : bags(istio, "virtualServices");
}

/** A step at which more users are given to the new version. */
export interface Raise {
  /** Its index; the number of steps if the end of the steps raises the weight to 100. */
  at: number;
  from: number;
  to: number;
  /** Index of the raise before; -1 for the first. */
  before: number;
}

export function raisesOf(steps: readonly Bag[]): Raise[] {
  const raises: Raise[] = [];
  let [weight, before] = [0, -1];
  const reach = (index: number, to: number): void => {
    if (to > weight) {
      raises.push({ at: index, from: weight, to, before });
      before = index;
    }
    weight = to;
  };
  for (const [index, step] of steps.entries()) {
    if (isSet(step, "setWeight")) {
      reach(index, number(step, "setWeight") ?? weight);
    }
  }
  // After the last step a Rollout is promoted, whatever the weight was.
  reach(steps.length, 100);
  return raises;
}

/** Whether an increase needs a measurement before it. The first small share does not: nothing can be measured before it has traffic. */
export const needsMeasurement = ({ from, to }: Raise): boolean => from > 0 || to === 100;

/** Templates of an analysis that can stop the release: measurements of a dry run never do. */
export const gatesOf = (analysis: unknown): Bag[] =>
  bags(analysis, "dryRun").some((each) => ["*", ".*"].includes(text(each, "metricName") ?? ""))
    ? []
    : bags(analysis, "templates");

/** Whether a step copies requests of users to the new version. Argo Rollouts removes a mirror without a match. */
export const copies = (step: Bag): boolean =>
  bags(step, "setMirrorRoute", "match").length > 0 && number(step, "setMirrorRoute", "percentage") !== 0;

/** Whether a step gives the new version users. */
export const hasUsers = (step: Bag): boolean => (number(step, "setWeight") ?? 0) > 0;

/** Index of the first step by which requests reach the new version: of users, or copies of them; -1 where none does. */
export const firstRequests = (steps: readonly Bag[]): number => steps.findIndex((step) => copies(step) || hasUsers(step));

/** Whether a step between two raises measures and can stop, while the new version has requests. */
export const isGated = (steps: readonly Bag[], { at: index, before }: Raise): boolean =>
  steps.slice(Math.max(before, firstRequests(steps)) + 1, index).some((step) => gatesOf(at(step, "analysis")).length > 0);

/** Seconds of a pause, none for another step. A pause without a duration waits for a person. */
export const pauseSeconds = (step: Bag): number => (isSet(step, "pause") ? secondsIn(text(step, "pause", "duration")) : 0);

/** Argo Rollouts also takes a number of seconds. */
export const secondsIn = (duration: string | undefined): number =>
  /^\d+$/.test(duration ?? "") ? Number(duration) : secondsOf(duration);

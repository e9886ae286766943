import type { ServingNames } from "../names.ts";
import { alike, forceRoute, healthy, measurable, podsFor, type Step, served, wait } from "./steps.ts";

/** Shares and times of a release; see `Canary`. */
export interface Shares {
  weights: readonly number[];
  stepSeconds: number;
  soakSeconds: number;
  /** Whether predictions are compared too. @default false */
  drift?: boolean;
}

/** The steps of a canary release. */
export const canarySteps = ({ weights, stepSeconds, soakSeconds, drift = false }: Shares, names: ServingNames): Step[] =>
  risingSteps({ stages: stagesOf({ weights, stepSeconds, soakSeconds }), drift }, names);

/** The shares of a canary, and how long it stays at each. */
export const stagesOf = ({ weights, stepSeconds, soakSeconds }: Omit<Shares, "drift">): Stage[] =>
  weights.map((weight) => ({ weight, seconds: weight === 100 ? soakSeconds : stepSeconds }));

/** What a release whose shares grow is made of. */
export interface Rise {
  stages: readonly Stage[];
  /** Whether predictions are compared too. */
  drift: boolean;
  /** Share of the requests of which the new version answers copies meanwhile, percent: it has pods for them too. @default 0 */
  copied?: number;
  /** What must hold before any user is touched, besides that the gateway counts. @default - nothing */
  ready?: readonly Step[];
}

/** A share of the traffic, percent, and how long the release stays at it. */
export interface Stage {
  weight: number;
  seconds: number;
  /** What is decided at its end, before the new version is measured for the next share. @default - nothing */
  decided?: readonly Step[];
}

/**
 * The steps of a release whose new version gets growing shares.
 *
 * Before each raise, and before the old version may go, the new one must have been measured and found good; before the last raise and the
 * end, the gateway must be seen to serve the share that it was told.
 *
 * `matchTrafficWeight` comes after the first weight: at weight 0 it means no pods, Argo Rollouts 1.9.1 then stops the pod that has just
 * loaded its model and removes the header route for good.
 */
export const risingSteps = ({ stages, drift, ready = [] }: Rise, names: ServingNames): Step[] => [
  measurable(names),
  ...ready,
  podsFor(stages[0]?.weight ?? 100),
  forceRoute(),
  ...raises({ stages, drift }, names),
];

/** From the first share of the users on. The new version has pods for it already. */
export function raises({ stages, drift, copied = 0 }: Omit<Rise, "ready">, names: ServingNames): Step[] {
  const weights = stages.map(({ weight }) => weight);
  const follow = (weight: number, at: number): Step[] =>
    copied > 0 ? [podsFor(Math.min(100, copied + weight))] : at === 1 ? [{ setCanaryScale: { matchTrafficWeight: true } }] : [];
  return [
    ...stages.flatMap(({ weight, seconds, decided = [] }, at): Step[] => [
      ...raiseGates(weights, at, names, drift),
      ...follow(weight, at),
      { setWeight: weight },
      wait(seconds),
      ...decided,
    ]),
    healthy(names),
    servedAt(weights, weights.length - 1, names),
  ];
}

/** Predictions are compared before the last raise alone: earlier a version may have too few of them. */
function raiseGates(weights: readonly number[], at: number, names: ServingNames, drift: boolean): Step[] {
  if (at === 0) {
    return [];
  }
  return weights[at] === 100
    ? [healthy(names), ...(drift ? [alike(names)] : []), servedAt(weights, at - 1, names)]
    : [healthy(names)];
}

const servedAt = (weights: readonly number[], at: number, names: ServingNames): Step =>
  served(weights[at] ?? 100, weights[at - 1] ?? 0, names);

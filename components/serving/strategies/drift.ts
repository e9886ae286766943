import { type Fault, fields, number, optional, wholeNumber } from "../../shape.ts";
import { given } from "../../validation.ts";
import type { ServingNames } from "../names.ts";
import { predictionDrift } from "../queries.ts";
import { type Asked, FAILURES_FORGIVEN, limited, untilOneIsGood } from "./verdict.ts";

/** How far the predictions of a new version may lie from those of the old one. */
export interface Drift {
  /** Population stability index above which a version is bad. Below 0.1 is usually called stable, above 0.25 another distribution. @default 0.25 */
  maxPsi?: number;

  /** Predictions of each version, in the time of a step, without which there is no measurement. Chance decides where they are few. @default 600 */
  minPredictions?: number;
}

export const drift = fields<Drift>({
  maxPsi: optional(number({ min: 0.01, max: 10 })),
  minPredictions: optional(wholeNumber({ min: 1, max: 1_000_000 })),
});

export const DRIFT_DEFAULTS = { maxPsi: 0.25, minPredictions: 600 } as const satisfies Required<Drift>;

/**
 * Predictions times index below which chance alone makes a version bad: without any drift, the index times the number of predictions of the
 * smaller side is at most twice a chi-squared variable of 24 degrees, of which 99.9 % lie below 51.2. The server counts in 25 bins.
 */
const CHANCE = 103;

/** Fewest predictions of each version with which chance alone does not reach an index. */
export const leastPredictions = (maxPsi: number): number => Math.ceil(CHANCE / maxPsi);

/** Whether a drift that is found is more than chance. */
export function faultInDrift(drift: Drift): Fault | undefined {
  const { maxPsi, minPredictions } = { ...DRIFT_DEFAULTS, ...given(drift) };
  const least = leastPredictions(maxPsi);
  return minPredictions < least
    ? {
        argument: "drift.minPredictions",
        must: `at least ${least}, so that chance alone does not reach a maxPsi of ${maxPsi}`,
        value: minPredictions,
      }
    : undefined;
}

/** How predictions are compared: `windowSeconds` is the time that a comparison looks back. */
export interface Comparison extends Asked, Required<Drift> {
  windowSeconds: number;
}

/** Which pods are the new ones: the controller fills it in. */
export const NEW_PODS = { name: "new-pods", valueFrom: { podTemplateHashValue: "Latest" } } as const;

/** Passes once the new version was seen to predict as the old one does; a bad measurement is chance, and the second one aborts. */
export function driftTemplate(comparison: Comparison, names: ServingNames): object {
  const metric = driftMetric(comparison, names);
  return {
    args: [{ name: NEW_PODS.name }],
    metrics: [{ ...metric, ...untilOneIsGood(comparison), failureLimit: FAILURES_FORGIVEN }],
  };
}

export function driftMetric(comparison: Comparison, { name, namespace }: ServingNames) {
  const query = predictionDrift({ namespace, model: name, newPods: `{{args.${NEW_PODS.name}}}` }, comparison);
  return limited("prediction-drift", comparison.maxPsi, query, comparison);
}

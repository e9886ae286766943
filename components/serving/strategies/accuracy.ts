import { type Fault, fields, number, optional, wholeNumber } from "../../shape.ts";
import { given } from "../../validation.ts";

/**
 * How much less often than the old version a new one may be right. A job joins predictions with the labels that came later, and pushes
 * `mlops_online_quality` and `mlops_online_quality_samples` of each version, with `metric="accuracy"`.
 *
 * Labels come late: no share is held back for them. A version is thrown out once enough of them have come while the release lasts; what is
 * labelled after it is for the alert ConceptDrift.
 */
export interface Accuracy {
  /** Loss of accuracy above which a version is bad: 0.05 is five answers of 100. @default 0.05 */
  maxLoss?: number;

  /** Labelled predictions of each version without which there is no measurement. @default - as many as `maxLoss` needs: 1,920 for 0.05 */
  minLabels?: number;
}

export const accuracy = fields<Accuracy>({
  maxLoss: optional(number({ min: 0.005, max: 0.5 })),
  minLabels: optional(wholeNumber({ min: 1, max: 1_000_000 })),
});

/**
 * Labels times the square of a loss below which chance alone makes a version bad: the difference of two shares of n labels each has a
 * standard error of at most √(0.5 / n), and 99.9 % of all such differences lie below 3.09 of them.
 */
const CHANCE = 4.8;

/** Fewest labels of each version with which chance alone does not reach a loss. */
const leastLabels = (maxLoss: number): number => Math.ceil(Number((CHANCE / maxLoss ** 2).toFixed(6)));

/** The limits that hold where some are left out. */
export function accuracyLimits(accuracy: Accuracy): Required<Accuracy> {
  const { maxLoss = 0.05, ...said } = given(accuracy);
  return { maxLoss, minLabels: leastLabels(maxLoss), ...said };
}

/** Whether a loss that is found is more than chance. */
export function faultInAccuracy(accuracy: Accuracy): Fault | undefined {
  const { maxLoss, minLabels } = accuracyLimits(accuracy);
  const least = leastLabels(maxLoss);
  return minLabels < least
    ? {
        argument: "accuracy.minLabels",
        must: `at least ${least}, so that chance alone does not reach a maxLoss of ${maxLoss}`,
        value: minLabels,
      }
    : undefined;
}

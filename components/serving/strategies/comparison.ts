import { number, optional, type Shape, wholeNumber } from "../../shape.ts";
import type { ServingNames } from "../names.ts";
import { type Answered, differentShare, failedShare, slowdown } from "../queries.ts";
import { type Asked, FAILURES_FORGIVEN, limited, untilOneIsGood } from "./verdict.ts";

/** How far the answers of two versions to the same requests may lie apart. */
export interface Comparison {
  /** Numbers of two answers differ when they lie further apart. @default 0.01 */
  tolerance?: number;

  /** Share of answers that differ above which a version is not alike, 0 to 1. @default 0.05 */
  maxDifferentShare?: number;

  /** Share of requests above which a version is bad that it failed, and the old version did not, 0 to 1. @default 0.01 */
  maxFailedShare?: number;

  /** How many times as long as the old version's the answers of the new one may take, at the 99th percentile. @default 1.5 */
  maxSlowdown?: number;

  /** Compared answers without which there is no verdict. @default 500 */
  minAnswers?: number;
}

export const comparisonShape: Shape<Comparison> = {
  tolerance: optional(number({ min: 0, max: 1_000_000 })),
  maxDifferentShare: optional(number({ min: 0, max: 1 })),
  maxFailedShare: optional(number({ min: 0, max: 1 })),
  maxSlowdown: optional(number({ min: 1, max: 100 })),
  minAnswers: optional(wholeNumber({ min: 100, max: 1_000_000 })),
};

export const COMPARISON_DEFAULTS = {
  tolerance: 0.01,
  maxDifferentShare: 0.05,
  maxFailedShare: 0.01,
  maxSlowdown: 1.5,
  minAnswers: 500,
} as const satisfies Required<Comparison>;

/** A difference is no fault by itself. */
const unalike = (...of: Parameters<typeof limited>) => ({ ...limited(...of), failureCondition: "false" });

/** What a comparison asks: `windowSeconds` is the time that it looks back. */
export interface Compares extends Required<Comparison>, Asked, Pick<Answered, "windowSeconds" | "version"> {}

/**
 * Passes once the new version was seen to answer as the old one does. A difference does not abort a release that no user meets: the release
 * pauses, and a person reads what differs. Failed answers abort it.
 */
export function comparisonTemplate(compares: Compares, { namespace, comparer }: ServingNames): object {
  const { maxDifferentShare, maxFailedShare, maxSlowdown, minAnswers, windowSeconds, version } = compares;
  const answered: Answered = { namespace, comparer, version, windowSeconds, minAnswers };
  const metrics = [
    limited("failed-share", maxFailedShare, failedShare(answered), compares),
    unalike("different-share", maxDifferentShare, differentShare(answered), compares),
    unalike("slowdown", maxSlowdown, slowdown(answered), compares),
  ];
  return {
    metrics: metrics.map((metric) => ({
      ...metric,
      ...untilOneIsGood(compares),
      failureLimit: FAILURES_FORGIVEN,
    })),
  };
}

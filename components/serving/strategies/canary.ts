import { optional, type Rule, type Shape } from "../../shape.ts";
import { given } from "../../validation.ts";
import { progressDeadline } from "../rollout.ts";
import { type Analysis, analysis, checkAnalysis } from "./analysis.ts";
import { canarySteps } from "./canary-steps.ts";
import { soakSeconds, stageSeconds } from "./durations.ts";
import type { StrategyKind } from "./plan.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import { analysisTemplates } from "./templates.ts";

/**
 * The new version gets growing shares of the traffic, and is taken out again when its measurements are bad.
 * Every time is an argument, so that a rehearsal can shorten it in the open.
 */
export interface Canary {
  kind: "canary";

  /** Shares of the traffic that the new version gets one after the other, percent, ending at 100. @default [5, 20, 50, 100] */
  weights?: readonly number[];

  /** How long the release stays at each share, seconds. Not shorter than the window of its measurements. @default 300 */
  stepSeconds?: number;

  /** How long the old version stays at full size while the new one has all traffic: an abort is instant until then, seconds. @default 1800 */
  soakSeconds?: number;

  /**
   * How long the old version's pods stay after the release is complete, seconds. Long enough for an outage of istiod to be noticed:
   * a gateway that missed the last change still sends users to them.
   * @default 600
   */
  scaleDownDelaySeconds?: number;

  /** How the new version is measured. @default - the limits and times of `Analysis` */
  analysis?: Analysis;
}

/** The first share is small because nothing has been measured before it; the last one is everything. */
const risingShares: Rule<readonly number[], false> = {
  must: "at least two whole numbers that rise to 100",
  optional: false,
  fits: (value) =>
    Array.isArray(value) &&
    value.length >= 2 &&
    value.at(-1) === 100 &&
    Array.from(value, (weight, at) => Number.isInteger(weight) && weight > (value[at - 1] ?? 0)).every(Boolean),
  inside: () => [],
};

export const canaryShape: Shape<Omit<Canary, "kind">> = {
  weights: optional(risingShares),
  stepSeconds: stageSeconds,
  soakSeconds,
  scaleDownDelaySeconds: stageSeconds,
  analysis: optional(analysis),
};

export const CANARY_DEFAULTS = {
  weights: [5, 20, 50, 100],
  stepSeconds: 300,
  soakSeconds: 1_800,
  scaleDownDelaySeconds: 600,
} as const satisfies Omit<Required<Canary>, "analysis" | "kind">;

export const canary: StrategyKind<Canary> = {
  check: ({ stepSeconds, analysis }, on) =>
    checkAnalysis(analysis, { argument: "stepSeconds", said: stepSeconds, usual: CANARY_DEFAULTS.stepSeconds }, on),

  plan(strategy, { names, prometheusUrl, version, loadSeconds }) {
    const values = { ...CANARY_DEFAULTS, ...given(strategy) };
    const { weights, stepSeconds, soakSeconds, scaleDownDelaySeconds, analysis = {} } = values;
    const drift = analysis.drift !== undefined;
    return {
      analysisTemplates: analysisTemplates({ ...analysis, prometheusUrl, version }, names, stepSeconds),
      rollout: rolloutStrategy({ steps: canarySteps({ ...values, drift }, names), scaleDownDelaySeconds }, names),
      // Each gate may take as long as a step.
      longestSeconds: weights.length * (2 * stepSeconds + progressDeadline(loadSeconds)) + soakSeconds + stepSeconds,
    };
  },
};

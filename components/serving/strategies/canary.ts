import { optional, type Rule, type Shape } from "../../shape.ts";
import { given, refusal } from "../../validation.ts";
import { progressDeadline } from "../rollout.ts";
import { type Analysis, analysis, checkAnalysis } from "./analysis.ts";
import { canarySteps } from "./canary-steps.ts";
import { soakSeconds, stageSeconds } from "./durations.ts";
import type { StrategyKind } from "./plan.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import { faultInScarceGpus, type KeptOld, type OldPods, oldPodsShape } from "./scarce-gpus.ts";
import { analysisTemplates } from "./templates.ts";

/**
 * The new version gets growing shares of the traffic, and is taken out again when its measurements are bad.
 * Every time is an argument, so that a rehearsal can shorten it in the open.
 */
export type Canary = CanaryTerms & OldPods;

/** All but what becomes of the old pods. */
export interface CanaryTerms {
  kind: "canary";

  /** Shares of the traffic that the new version gets one after the other, percent, ending at 100. @default [5, 20, 50, 100] */
  weights?: readonly number[];

  /** How long the release stays at each share, seconds. Not shorter than the window of its measurements. @default 300 */
  stepSeconds?: number;

  /**
   * How long the new version has all traffic before the release is complete, seconds. The old version stays at full size: an abort is instant
   * until then, but with `scarceGpus`. @default 1800
   */
  soakSeconds?: number;

  /** How the new version is measured. @default - the limits and times of `Analysis` */
  analysis?: Analysis;
}

/** The canary after a shadow, whose copies need the pods of two versions anyway. */
export type AfterShadow = Omit<CanaryTerms, "kind"> & Pick<KeptOld, "scaleDownDelaySeconds">;

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

const termsShape: Shape<Omit<CanaryTerms, "kind">> = {
  weights: optional(risingShares),
  stepSeconds: stageSeconds,
  soakSeconds,
  analysis: optional(analysis),
};

export const canaryShape: Shape<Omit<Canary, "kind">> = { ...termsShape, ...oldPodsShape };
export const afterShadowShape: Shape<AfterShadow> = { ...termsShape, scaleDownDelaySeconds: stageSeconds };

export const CANARY_DEFAULTS = {
  weights: [5, 20, 50, 100],
  stepSeconds: 300,
  soakSeconds: 1_800,
  scaleDownDelaySeconds: 600,
} as const satisfies Omit<Required<Canary>, "analysis" | "kind" | "scarceGpus">;

export const canary: StrategyKind<Canary> = {
  check(strategy, on) {
    const { stepSeconds, analysis, weights = CANARY_DEFAULTS.weights } = strategy;
    checkAnalysis(analysis, { argument: "stepSeconds", said: stepSeconds, usual: CANARY_DEFAULTS.stepSeconds }, on);
    const fault = faultInScarceGpus(strategy, weights);
    if (fault) {
      throw refusal({ ...fault, argument: `strategy.${fault.argument}` }, on);
    }
  },

  plan(strategy, { names, prometheusUrl, version, loadSeconds }) {
    const values = { ...CANARY_DEFAULTS, ...given(strategy) };
    const { weights, stepSeconds, soakSeconds, scaleDownDelaySeconds, analysis = {} } = values;
    const oldPods: OldPods = strategy.scarceGpus === true ? { scarceGpus: true } : { scaleDownDelaySeconds };
    const drift = analysis.drift !== undefined;
    return {
      analysisTemplates: analysisTemplates({ ...analysis, prometheusUrl, version }, names, stepSeconds),
      rollout: rolloutStrategy({ steps: canarySteps({ ...values, drift }, names), oldPods }, names),
      // Each gate may take as long as a step.
      longestSeconds: weights.length * (2 * stepSeconds + progressDeadline(loadSeconds)) + soakSeconds + stepSeconds,
    };
  },
};

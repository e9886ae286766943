import { fields, optional, type Shape, wholeNumber } from "../../shape.ts";
import { given } from "../../validation.ts";
import { ANALYSIS_DEFAULTS, checkAnalysis } from "./analysis.ts";
import { type AfterShadow, afterShadowShape, CANARY_DEFAULTS, canary } from "./canary.ts";
import { raises, stagesOf } from "./canary-steps.ts";
import { COMPARISON_DEFAULTS, type Comparison, comparisonShape, comparisonTemplate } from "./comparison.ts";
import type { StrategyKind } from "./plan.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import { compared, forceRoute, measurable, podsFor, type Step, wait, waitForPerson } from "./steps.ts";
import { analysisTemplates } from "./templates.ts";

/**
 * No user meets the new version until a person says so. Copies of the users' requests are answered by both versions, and the answers are
 * compared. Where they are alike, the release waits: `millrace serve promote` goes on with a canary, `millrace serve abort` ends it.
 *
 * A model whose requests change something must not be copied: use a canary there.
 */
export interface Shadow extends Comparison {
  kind: "shadow";

  /** Share of the requests that are copied, percent; each copy is answered by both versions. @default 100 */
  percent?: number;

  /** How long answers are compared before they are judged, seconds: half a day at most. @default 3600 */
  compareSeconds?: number;

  /** The canary that follows once a person lets the version have users. @default - the shares, times and limits of `Canary` */
  canary?: AfterShadow;
}

export const shadowShape: Shape<Omit<Shadow, "kind">> = {
  ...comparisonShape,
  percent: optional(wholeNumber({ min: 1, max: 100 })),
  compareSeconds: optional(wholeNumber({ min: 1, max: 43_200 })),
  canary: optional(fields<AfterShadow>(afterShadowShape)),
};

export const SHADOW_DEFAULTS = { percent: 100, compareSeconds: 3_600 } as const satisfies Partial<Shadow>;

export const shadow: StrategyKind<Shadow> = {
  check: ({ canary: { stepSeconds, analysis } = {} }, on) =>
    checkAnalysis(
      analysis,
      { argument: "stepSeconds", said: stepSeconds, usual: CANARY_DEFAULTS.stepSeconds },
      on,
      "strategy.canary",
    ),

  plan(strategy, model) {
    const { names, prometheusUrl, version } = model;
    const {
      percent,
      compareSeconds,
      canary: after = {},
      ...comparison
    } = {
      ...SHADOW_DEFAULTS,
      ...COMPARISON_DEFAULTS,
      ...given(strategy),
    };
    const values = { ...CANARY_DEFAULTS, ...given(after) };
    const { stepSeconds, scaleDownDelaySeconds, analysis = {} } = values;
    const { intervalSeconds, giveUpSeconds } = { ...ANALYSIS_DEFAULTS, ...given(analysis) };
    const drift = analysis.drift !== undefined;
    const steps: Step[] = [
      measurable(names),
      podsFor(percent),
      forceRoute(),
      wait(compareSeconds),
      compared(names),
      waitForPerson(),
      // The gateway goes on copying while the canary has users.
      ...raises({ stages: stagesOf(values), drift, copied: percent }, names),
    ];
    const templates = analysisTemplates({ ...analysis, prometheusUrl, version }, names, stepSeconds);
    return {
      analysisTemplates: {
        ...templates,
        [names.comparison]: comparisonTemplate(
          { ...comparison, prometheusUrl, intervalSeconds, giveUpSeconds, windowSeconds: compareSeconds, version },
          names,
        ),
      },
      rollout: rolloutStrategy({ steps, oldPods: { scaleDownDelaySeconds } }, names),
      comparer: { percent, tolerance: comparison.tolerance },
      longestSeconds: compareSeconds + canary.plan({ kind: "canary", ...after }, model).longestSeconds,
    };
  },
};

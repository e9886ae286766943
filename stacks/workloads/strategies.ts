import { ANALYSIS_DEFAULTS, type Analysis, leastAnswers } from "#components/serving/strategies/analysis";
import { leastPredictions } from "#components/serving/strategies/drift";
import type { AbTestPace, BlueGreenPace } from "#components/serving/strategies/release-pace";
import type { Strategy } from "#components/serving/strategies/strategy";
import { ATTEMPTS } from "#components/serving/strategies/verdict";
import type { Pace, readPace } from "../inputs/pace.ts";
import type { ReleasedModel } from "./fitting.ts";
import { limitsOf, stated } from "./limits.ts";

/** How the new versions of a model take over. */
export interface HowReleased {
  strategy: Strategy;
  pace: Pace;
  /** Seconds in which the new version has some users or copies of requests, and then those in which it has all. */
  takesSeconds: number;
  /** Seconds of an A/B test, which ends when it was said to. @default - no test */
  testSeconds?: number;
}

type PaceOf = ReturnType<typeof readPace>;

/** What a model says of its releases, with the times of the environment for what it leaves out. */
export function howReleased(model: ReleasedModel, paceOf: PaceOf): HowReleased {
  const { abTest, blueGreen } = model;
  if (abTest !== undefined) {
    return byTest(model, abTest, paceOf);
  }
  return blueGreen !== undefined ? atOnce(model, blueGreen, paceOf) : byShares(model, paceOf);
}

function byShares(model: ReleasedModel, paceOf: PaceOf): HowReleased {
  const { compareSeconds: stated, ...terms } = model.shadow ?? {};
  const { scarceGpus, ...said } = model.canary ?? {};
  const { weights, ...pace } = paceOf({ ...said, ...(stated !== undefined && { compareSeconds: stated }) });
  const { stepSeconds, soakSeconds, compareSeconds, scaleDownDelaySeconds } = pace;
  const canary = { weights, stepSeconds, soakSeconds, analysis: analysisOf(model, pace) };
  const takesSeconds = (weights.length - 1) * stepSeconds + soakSeconds;
  if (scarceGpus === true) {
    return { strategy: { kind: "canary", ...canary, scarceGpus }, pace, takesSeconds };
  }
  const kept = { ...canary, scaleDownDelaySeconds };
  return model.shadow === undefined
    ? { strategy: { kind: "canary", ...kept }, pace, takesSeconds }
    : { strategy: { kind: "shadow", ...terms, compareSeconds, canary: kept }, pace, takesSeconds: compareSeconds + takesSeconds };
}

function atOnce(model: ReleasedModel, { previewSeconds, switchedBy, ...times }: BlueGreenPace, paceOf: PaceOf): HowReleased {
  const pace = paceOf({ ...times, ...(previewSeconds !== undefined && { stepSeconds: previewSeconds }) });
  const { stepSeconds, soakSeconds, scaleDownDelaySeconds } = pace;
  return {
    strategy: {
      kind: "blueGreen",
      previewSeconds: stepSeconds,
      soakSeconds,
      scaleDownDelaySeconds,
      ...(switchedBy !== undefined && { switchedBy }),
      analysis: analysisOf(model, pace),
    },
    pace,
    takesSeconds: stepSeconds + soakSeconds,
  };
}

function byTest(
  model: ReleasedModel,
  { outcomes, audience, percent, minAttempts, significance, switchedBy, ...times }: AbTestPace,
  paceOf: PaceOf,
): HowReleased {
  const { weights: _, ...pace } = paceOf(times);
  const { stepSeconds, testSeconds, soakSeconds, scaleDownDelaySeconds } = pace;
  return {
    strategy: {
      kind: "abTest",
      outcomes,
      ...stated({ audience, percent, minAttempts, significance, switchedBy }),
      stepSeconds,
      testSeconds,
      soakSeconds,
      scaleDownDelaySeconds,
      analysis: analysisOf(model, pace),
    },
    pace,
    // A small share is raised in two steps, and everybody but an audience comes in three.
    takesSeconds: (audience === undefined ? 2 : 3) * stepSeconds + soakSeconds,
    testSeconds,
  };
}

function analysisOf(
  model: ReleasedModel,
  { intervalSeconds, windowSeconds, giveUpSeconds, minRequests, minPredictions }: Pace,
): Analysis {
  const { maxPsi, maxAccuracyLoss, maxInFlight } = model;
  const limits = limitsOf(model);
  return {
    intervalSeconds,
    windowSeconds,
    // An interval of a few seconds leaves less time than the usual one does.
    giveUpSeconds: Math.min(giveUpSeconds, ATTEMPTS.most * intervalSeconds),
    minRequests: Math.max(minRequests, leastAnswers({ ...ANALYSIS_DEFAULTS, ...limits })),
    ...limits,
    ...stated({ maxInFlight }),
    ...(maxAccuracyLoss !== undefined && { accuracy: { maxLoss: maxAccuracyLoss } }),
    ...(maxPsi !== undefined && {
      drift: { maxPsi, minPredictions: maxPsi > 0 ? Math.max(minPredictions, leastPredictions(maxPsi)) : minPredictions },
    }),
  };
}

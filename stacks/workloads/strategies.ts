import type { Analysis } from "#components/serving/strategies/analysis";
import type { Strategy } from "#components/serving/strategies/strategy";
import type { Pace, readPace } from "../inputs/pace.ts";
import type { ReleasedModel } from "./fitting.ts";
import { limitsOf } from "./limits.ts";

/** How the new versions of a model take over. */
export interface HowReleased {
  strategy: Strategy;
  pace: Pace;
  /** Seconds in which the new version has some users or copies of requests, and then those in which it has all. */
  takesSeconds: number;
}

/** What a model says of its releases, with the times of the environment for what it leaves out. */
export function howReleased(model: ReleasedModel, paceOf: ReturnType<typeof readPace>): HowReleased {
  if (model.blueGreen !== undefined) {
    const { previewSeconds, switchedBy, ...times } = model.blueGreen;
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
  const { compareSeconds: stated, ...terms } = model.shadow ?? {};
  const { weights, ...pace } = paceOf({ ...model.canary, ...(stated !== undefined && { compareSeconds: stated }) });
  const { stepSeconds, soakSeconds, compareSeconds, scaleDownDelaySeconds } = pace;
  const canary = { weights, stepSeconds, soakSeconds, scaleDownDelaySeconds, analysis: analysisOf(model, pace) };
  const takesSeconds = (weights.length - 1) * stepSeconds + soakSeconds;
  return model.shadow === undefined
    ? { strategy: { kind: "canary", ...canary }, pace, takesSeconds }
    : { strategy: { kind: "shadow", ...terms, compareSeconds, canary }, pace, takesSeconds: compareSeconds + takesSeconds };
}

const analysisOf = (model: ReleasedModel, { intervalSeconds, windowSeconds, minRequests }: Pace): Analysis => ({
  intervalSeconds,
  windowSeconds,
  minRequests,
  ...limitsOf(model),
  ...(model.maxPsi !== undefined && { drift: { maxPsi: model.maxPsi } }),
});

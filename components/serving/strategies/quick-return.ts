import { given } from "../../validation.ts";
import { ANALYSIS_DEFAULTS, type Analysis } from "./analysis.ts";
import type { Canary } from "./canary.ts";
import type { Strategy } from "./strategy.ts";

/**
 * The same release for a version that has been stable before, with times as long as a measurement looks back; every gate still measures. A
 * canary has two shares, and an A/B test is repeated as one: with the usual times all users have left the present version 2 minutes after the
 * old one has loaded, and the release is complete after 4 (docs/decisions/quick-return.md). Nobody is waited for, and what a shadow would
 * show is known. Predictions and accuracy are not compared: the present version, from which people return, is no measure for them, and at the
 * first share there would rarely be enough. Where GPUs are scarce a canary keeps its shares: from 5 to 100 % needs the GPUs of two versions.
 */
export function quickReturn(strategy: Canary): Canary;
export function quickReturn(strategy: Strategy): Strategy;
export function quickReturn(strategy: Strategy): Strategy {
  if (strategy.kind === "shadow") {
    return quickReturn({ kind: "canary", ...strategy.canary });
  }
  const { drift: _drift, accuracy: _accuracy, ...analysis } = given(strategy.analysis ?? ({} as Analysis));
  const { windowSeconds } = { ...ANALYSIS_DEFAULTS, ...analysis };
  const times = { stepSeconds: windowSeconds, soakSeconds: windowSeconds };
  switch (strategy.kind) {
    case "canary":
      return { ...strategy, analysis, ...(strategy.scarceGpus !== true && { weights: [5, 100] }), ...times };
    case "abTest":
      return {
        kind: "canary",
        analysis,
        weights: [5, 100],
        ...times,
        ...(strategy.scaleDownDelaySeconds !== undefined && { scaleDownDelaySeconds: strategy.scaleDownDelaySeconds }),
      };
    case "blueGreen":
      return { ...strategy, analysis, previewSeconds: windowSeconds, switchedBy: "measurements", soakSeconds: windowSeconds };
  }
}

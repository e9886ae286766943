import { given } from "../../validation.ts";
import type { Canary } from "./canary.ts";
import { ANALYSIS_DEFAULTS } from "./canary-analysis.ts";

/**
 * The same release for a version that has been stable before: two shares, each as long as a measurement looks back, and every gate
 * still measures. With the usual times all users have left the present version 2 minutes after the old one has loaded, and the release is
 * complete after 4 (docs/decisions/quick-return.md). Its predictions are not compared: the present version, from which people return, is no
 * measure for it, and at the first share it would rarely have enough of them.
 */
export function quickReturn(canary: Canary): Canary {
  const { drift: _, ...analysis } = given(canary.analysis ?? {});
  const { windowSeconds } = { ...ANALYSIS_DEFAULTS, ...analysis };
  return { ...canary, analysis, weights: [5, 100], stepSeconds: windowSeconds, soakSeconds: windowSeconds };
}

import { given } from "../../validation.ts";
import type { Canary } from "./canary.ts";
import { ANALYSIS_DEFAULTS } from "./canary-analysis.ts";

/**
 * The same release for a version that has been stable before: two shares, each as long as a measurement looks back. Half of the users
 * leave the present version as soon as the old one has loaded, the others two minutes later, and every gate still measures.
 * With the usual times it takes 4 minutes after the model has loaded (docs/decisions/quick-return.md).
 */
export function quickReturn(canary: Canary): Canary {
  const { windowSeconds } = { ...ANALYSIS_DEFAULTS, ...given(canary.analysis) };
  return { ...canary, weights: [50, 100], stepSeconds: windowSeconds, soakSeconds: windowSeconds };
}

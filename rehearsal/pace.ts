import { MODEL, weightsOf } from "./models.ts";

/** Fewest answers that a window is sure to bring of a new version with this share of the load, percent. */
export const sureAnswers = (share: number): number => Math.min(40, 8 * share);

/**
 * Times shortened for a rehearsal, seconds: enough for some thousand requests at each share. Everything else is the product's own.
 * `stacks/inputs/pace.ts` reads them and says so in the engine's log.
 */
export const PACE: Record<string, number> = {
  stepSeconds: 8,
  testSeconds: 36,
  soakSeconds: 6,
  compareSeconds: 12,
  intervalSeconds: 2,
  windowSeconds: 8,
  giveUpSeconds: 20,
  scaleDownDelaySeconds: 8,
  nodeIdleSeconds: 5,
  scrapeSeconds: 2,
  // Counts.
  minRequests: sureAnswers(weightsOf(MODEL)[0] ?? 5),
  minPredictions: 300,
};

/**
 * Times shortened for a rehearsal, seconds: enough for some thousand requests at each share. Everything else is the product's own.
 * `stacks/inputs/pace.ts` reads them and says so in the engine's log.
 */
export const PACE: Record<string, number> = {
  stepSeconds: 14,
  soakSeconds: 14,
  intervalSeconds: 4,
  windowSeconds: 10,
  scaleDownDelaySeconds: 15,
  // A count: what 5 % of the load is sure to bring in a window.
  minRequests: 40,
};

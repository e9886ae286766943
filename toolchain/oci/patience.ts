import { setTimeout as sleep } from "node:timers/promises";
import { RemoteError } from "./http.ts";

/** Longest time that a host may ask to be left alone, seconds. */
const LONGEST = 60;

/** Milliseconds between attempts. */
export const PAUSES: readonly number[] = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/** Does something again, more and more slowly, as long as it fails in a way that may be gone the next time. */
export async function withPatience<T>(signal: AbortSignal, task: () => Promise<T>, pauses = PAUSES): Promise<T> {
  for (const pause of pauses) {
    try {
      return await task();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RemoteError) || !error.isTransient) {
        throw error;
      }
      const asked = Math.min(error.retryAfter ?? 0, LONGEST) * 1_000;
      // Not all at the same moment.
      await sleep(Math.max(asked, pause * (0.5 + Math.random() / 2)), undefined, { signal });
    }
  }
  return task();
}

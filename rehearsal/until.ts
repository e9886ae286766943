import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until something holds.
 *
 * @param what is waited for, for the error.
 * @param check @returns `undefined` while it does not hold.
 * @returns what `check` found, and the seconds that it took.
 * @throws {Error} when it does not hold in time.
 */
export async function until<Found>(
  what: string,
  seconds: number,
  check: () => Promise<Found | undefined>,
): Promise<{ found: Found; seconds: number }> {
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1_000;
  for (;;) {
    const found = await check();
    if (found !== undefined) {
      return { found, seconds: passed() };
    }
    if (passed() > seconds) {
      throw new Error(`${what} must come within ${seconds} s, it did not`);
    }
    await sleep(100);
  }
}

/** By how many milliseconds the clocks of two machines may differ: 5 minutes. */
export const SKEW = 5 * 60_000;

// Parts of expressions that several rules are made of.

/**
 * A quotient without the noise of binary fractions, so that a limit is a limit: 1 - 0.81 / 0.9 is exactly 0.1. A verdict is cut off at
 * the eighth decimal, and the quotient of two whole hundred-millionths is the very number that the limit's text means.
 */
export const exactly = (quotient: string): string => `round(${quotient}, 1e-8)`;

/**
 * The latest value of a gauge. A scrape that fails once or twice, or a process that is replaced, must not begin an alert's time anew:
 * Prometheus forgets every series of a target at its first failed scrape.
 */
export const latest = (series: string): string => `last_over_time(${series}[2m])`;

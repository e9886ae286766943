import type * as pulumi from "@pulumi/pulumi";

// How an answer of Prometheus becomes a verdict of Argo Rollouts.

/** One bad measurement is chance; the second aborts. */
export const FAILURES_FORGIVEN = 1;

/** Argo Rollouts asks a Prometheus that does not answer again every 10 s: two minutes of its absence abort a release. */
export const ERRORS_FORGIVEN = 12;

/** An empty vector is neither good nor bad; without the first test `result[0]` would be an evaluation error. */
export const HAS_VALUE = "len(result) > 0 && !isNaN(result[0])";

/** Whom a metric asks, and how often. */
export interface Asked {
  /** Address of the Prometheus that scrapes the gateway, as seen from the delivery controller. */
  prometheusUrl: pulumi.Input<string>;
  /** Time between two measurements, seconds. */
  intervalSeconds: number;
  /** How long a gate waits for a good measurement, seconds. */
  giveUpSeconds: number;
}

export const prometheus = (address: pulumi.Input<string>, query: string) => ({ prometheus: { address, timeout: 5, query } });

/** A metric whose value is good up to a limit, and bad above it. Without a value it is neither. */
export const limited = (name: string, max: string | number, query: string, { prometheusUrl, intervalSeconds }: Asked) => ({
  name,
  interval: `${intervalSeconds}s`,
  successCondition: `${HAS_VALUE} && result[0] <= ${max}`,
  failureCondition: `${HAS_VALUE} && result[0] > ${max}`,
  provider: prometheus(prometheusUrl, query),
});

/** Fewest and most measurements of a gate before a person is asked. A rule allows no more (CAN-03). */
export const ATTEMPTS = { fewest: 4, most: 60 } as const;

/**
 * Limits of a gate, which passes on the first good measurement. When none was good for `giveUpSeconds`, it is inconclusive, and the release
 * pauses for a person. A `count` alone would pass on a row of empty answers: Argo Rollouts counts every measurement that is not an error,
 * and reads "count reached" as success.
 *
 * Only a gate that is still measuring leaves the watch in force: Argo Rollouts 1.9.1 aborts no release that is paused by an inconclusive
 * analysis, whatever the watch finds meanwhile.
 */
export function untilOneIsGood({ intervalSeconds, giveUpSeconds }: Pick<Asked, "intervalSeconds" | "giveUpSeconds">) {
  const attempts = Math.min(ATTEMPTS.most, Math.ceil(giveUpSeconds / intervalSeconds));
  return { count: attempts, consecutiveSuccessLimit: 1, inconclusiveLimit: attempts, consecutiveErrorLimit: ERRORS_FORGIVEN };
}

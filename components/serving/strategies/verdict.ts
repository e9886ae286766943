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

/** After so many a person is asked, however long a step is. A rule allows no more (CAN-03). */
const MOST_ATTEMPTS = 60;

/**
 * Limits of a gate, which passes on the first good measurement. When none was good after as many attempts as a step is long, it is
 * inconclusive, and the release pauses for a person. A `count` alone would pass on a row of empty answers: Argo Rollouts counts every
 * measurement that is not an error, and reads "count reached" as success.
 */
export function untilOneIsGood(intervalSeconds: number, stepSeconds: number) {
  const attempts = Math.min(MOST_ATTEMPTS, Math.max(4, Math.ceil(stepSeconds / intervalSeconds)));
  return { count: attempts, consecutiveSuccessLimit: 1, inconclusiveLimit: attempts, consecutiveErrorLimit: ERRORS_FORGIVEN };
}

import type { RuleGroup } from "../monitoring/rules/rule.ts";
import { exactly } from "../promql.ts";
import { AUDIENCE_HEADER, AUDIENCE_LABEL } from "./audience.ts";

/** Events of a model that applications count in `mlops_business_events_total`. */
export interface CountedOutcomes {
  namespace: string;
  model: string;
  /** Value of `event` where a user was shown a prediction, and where it did what it was for. */
  attempts: string;
  successes: string;
  /** Whether those of an audience alone count. @default - everybody's */
  audienceOnly?: boolean;
}

/** The same, of two versions. */
export interface ComparedOutcomes extends CountedOutcomes {
  /** The new version; all others are the old one. */
  version: string;
}

/** Events of a part of a test, by version, which Prometheus records: to count those of many pods over days takes it longer than a release waits. */
const RECORDED = "mlops:test_events:increase";

/**
 * The rules that record them.
 *
 * `increase`, not `delta` as of the gateway's counters: applications are deployed while a test of days goes on, and `delta` drops all that a
 * counter counted before it began anew. That `increase` stretches counters unequally, by a scrape at most, is little in an hour. What a series
 * has at its first scrape is in neither.
 */
export const recordedOutcomes = (
  { namespace, model, attempts, successes, ...of }: CountedOutcomes,
  slotSeconds: number,
): RuleGroup => ({
  name: "millrace-outcomes",
  // A value is found for five minutes.
  interval: `${Math.min(60, slotSeconds)}s`,
  rules: [
    {
      record: RECORDED,
      expr: `sum by (namespace, model, model_version, event${of.audienceOnly ? `, ${AUDIENCE_LABEL}` : ""}) (increase(mlops_business_events_total{namespace="${namespace}",model="${model}",event=~"${attempts}|${successes}"${ofAudience(of)}}[${slotSeconds}s]))`,
    },
  ],
});

/** The times that are compared, and how much must have happened in them. */
export interface OutcomeTimes {
  /** How far back events count, seconds. */
  testSeconds: number;
  /** Parts into which that time is divided, seconds. */
  slotSeconds: number;
  /** Attempts of each version without which there is no value. */
  minAttempts: number;
}

/**
 * By how many standard errors the new version succeeds more often than the old one: z of the test of two proportions,
 * (pNew − pOld) / √(p (1 − p) (1 / nNew + 1 / nOld)), where p is the share of successes of both together.
 *
 * A slot counts where both versions had attempts in it. So what the old version did before the release, or at other hours, is not held
 * against the new one: more people buy in the evening, whichever version they have.
 */
export function outcomeDifference(outcomes: ComparedOutcomes, { testSeconds, slotSeconds, minAttempts }: OutcomeTimes): string {
  const { version, attempts, successes } = outcomes;
  const of = (side: Side, event: string): string => `sum(${RECORDED}{${selected(outcomes, VERSIONS[side](version), event)}})`;
  const counted = (side: Side, event: string): string =>
    `sum_over_time((${of(side, event)} and on () ${of(OTHER[side], attempts)} > 0)[${testSeconds}s:${slotSeconds}s])`;

  const [newAttempts, oldAttempts] = [counted("new", attempts), counted("old", attempts)];
  // The series of an event does not exist before its first one.
  const [newSuccesses, oldSuccesses] = [
    `(${counted("new", successes)} or on () vector(0))`,
    `(${counted("old", successes)} or on () vector(0))`,
  ];
  const difference = `${newSuccesses} / (${newAttempts} >= ${minAttempts}) - ${oldSuccesses} / (${oldAttempts} >= ${minAttempts})`;
  const share = `(${newSuccesses} + ${oldSuccesses}) / (${newAttempts} + ${oldAttempts})`;
  return exactly(`(${difference}) / sqrt(${share} * (1 - ${share}) * (1 / ${newAttempts} + 1 / ${oldAttempts}))`);
}

/** Share of a day's attempts of a model, of all its versions, that succeeded; nothing where they are not recorded. */
export function outcomeShare(outcomes: CountedOutcomes): string {
  const of = (event: string): string =>
    `sum(increase(mlops_business_events_total{${selected(outcomes, ANY_VERSION, event)}}[1d]))`;
  const { attempts, successes } = outcomes;
  return `${exactly(`${of(successes)} / ${of(attempts)}`)} and on () ${RECORDED}{${selected(outcomes, ANY_VERSION, attempts)}}`;
}

const selected = ({ namespace, model, ...of }: CountedOutcomes, versions: string, event: string): string =>
  `namespace="${namespace}",model="${model}",${versions},event="${event}"${ofAudience(of)}`;

const ofAudience = ({ audienceOnly }: Pick<CountedOutcomes, "audienceOnly">): string =>
  audienceOnly === true ? `,${AUDIENCE_LABEL}="${AUDIENCE_HEADER.value}"` : "";

type Side = "new" | "old";
const OTHER: Record<Side, Side> = { new: "old", old: "new" };

/** An event without a version is of none. */
const ANY_VERSION = 'model_version!=""';
const VERSIONS: Record<Side, (version: string) => string> = {
  new: (version) => `model_version="${version}"`,
  old: (version) => `${ANY_VERSION},model_version!="${version}"`,
};

import type { RuleGroup } from "../../monitoring/rules/rule.ts";
import { type Fault, fields, matching } from "../../shape.ts";
import type { Audience } from "../audience.ts";
import type { ServingNames } from "../names.ts";
import { outcomeDifference, outcomeShare, recordedOutcomes } from "../outcome-query.ts";
import { normalQuantile } from "./normal.ts";
import { type Asked, ERRORS_FORGIVEN, HAS_VALUE, prometheus, untilOneIsGood } from "./verdict.ts";

/**
 * What users make of a prediction, counted by the application that shows it to them:
 * `mlops_business_events_total{namespace, model, model_version, event}`, with the namespace and the name of the model, and the version from
 * the answer's header `x-model-version`. Of a test with an audience both have the label `audience="true"` besides, where the answer has the
 * header `x-model-audience: true`: events without it, such as those of everybody else, are not compared.
 *
 * The application makes both counters of a version at its first attempt, the one of successes with 0: what a series has at its first scrape
 * is not counted. A user makes one attempt or few: many of one user are alike, and the test takes them for those of many.
 */
export interface Outcomes {
  /** `event` of each time that a user was shown a prediction, such as `impression`. */
  attempts: string;
  /** `event` of each attempt that did what it was for, such as `click`. */
  successes: string;
}

const event = matching(/^[a-z][a-z0-9_]*$/, "the name of an event: lower-case letters, digits and '_', beginning with a letter");

export const outcomes = fields<Outcomes>({ attempts: event, successes: event });

/** A version whose every attempt succeeds is not told from another. */
export const faultInOutcomes = ({ attempts, successes }: Outcomes): Fault | undefined =>
  attempts === successes
    ? { argument: "outcomes.successes", must: "another event than outcomes.attempts", value: successes }
    : undefined;

/** How the outcomes of two versions are compared. */
export interface OutcomeTest extends Asked {
  outcomes: Outcomes;
  /** Whose outcomes are compared. @default - everybody's */
  audience?: Audience | undefined;
  version: string;
  testSeconds: number;
  minAttempts: number;
  significance: number;
  /** Time that a measurement of the gateway looks back, seconds. */
  windowSeconds: number;
}

/** More parts of a test tell the hours of a day no better. */
const SLOTS = 336;
/** An hour: users do not change much within it, and a rule lets a measurement wait no longer for the next one (CAN-08). */
const LONGEST_SLOT = 3_600;

/** Parts into which a test is divided, seconds: an hour of 14 days. Each holds two scrapes, as the window of a measurement does. */
const slotSeconds = ({ testSeconds, windowSeconds }: OutcomeTest): number =>
  Math.max(windowSeconds, Math.min(LONGEST_SLOT, Math.round(testSeconds / SLOTS)));

/** What Prometheus records for the test, from the release on. */
export const recordedFor = (test: OutcomeTest, { namespace, name }: ServingNames): RuleGroup =>
  recordedOutcomes({ namespace, model: name, ...countedIn(test) }, slotSeconds(test));

const countedIn = ({ outcomes, audience }: OutcomeTest) => ({ ...outcomes, audienceOnly: audience !== undefined });

/** Passes once some attempts of a day succeed and some do not: where nothing is counted, or another event, a person is asked at once. */
export const countedTemplate = (test: OutcomeTest, { namespace, name }: ServingNames): object => ({
  metrics: [
    {
      name: "outcomes-counted",
      interval: `${test.intervalSeconds}s`,
      successCondition: `${HAS_VALUE} && result[0] > 0 && result[0] < 1`,
      failureCondition: "false",
      provider: prometheus(test.prometheusUrl, outcomeShare({ namespace, model: name, ...countedIn(test) })),
      ...untilOneIsGood(test),
    },
  ],
});

/**
 * Decides the test. It is asked once, at the end of the time that was set before: each further look would be one more chance to find a
 * difference that is none. A difference that chance explains, and too few attempts, are for a person.
 */
export function verdictTemplate(test: OutcomeTest, names: ServingNames): object {
  const bound = criticalValue(test.significance);
  return {
    metrics: [
      {
        name: "outcomes",
        successCondition: `${HAS_VALUE} && result[0] >= ${bound}`,
        failureCondition: `${HAS_VALUE} && result[0] <= -${bound}`,
        provider: differenceOf(test, names),
        count: 1,
        consecutiveErrorLimit: ERRORS_FORGIVEN,
      },
    ],
  };
}

/** Standard errors that chance alone exceeds, in one direction, as often as `significance` says. */
export const criticalValue = (significance: number): number => Number(normalQuantile(1 - significance).toFixed(4));

/** Standard errors below the old version at which a test ends before its time. */
const HARM = 3;

/**
 * Ends the test early where the new version is much worse: by three standard errors, the bound of Haybittle and Peto, in two measurements.
 * The level of the verdict is no bound here. Whoever looks every hour for 14 days and stops at the first z below −1.645 stops 29 % of all
 * tests of two equal versions; this bound stops 1.4 % of them. A test never ends early because the new version is better.
 */
export const harmMetric = (test: OutcomeTest, names: ServingNames): object => ({
  name: "outcomes-harm",
  interval: `${slotSeconds(test)}s`,
  successCondition: `${HAS_VALUE} && result[0] > -${HARM}`,
  failureCondition: `${HAS_VALUE} && result[0] <= -${HARM}`,
  provider: differenceOf(test, names),
});

const differenceOf = (test: OutcomeTest, { namespace, name }: ServingNames) => {
  const { prometheusUrl, version, testSeconds, minAttempts } = test;
  const times = { testSeconds, slotSeconds: slotSeconds(test), minAttempts };
  return prometheus(prometheusUrl, outcomeDifference({ namespace, model: name, version, ...countedIn(test) }, times));
};

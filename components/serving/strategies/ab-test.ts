import { type Fault, number, oneOf, optional, type Shape, wholeNumber } from "../../shape.ts";
import { given, refusal } from "../../validation.ts";
import { type Audience, audience, JOINING, MOST_TESTED } from "../audience.ts";
import type { ServingNames } from "../names.ts";
import { progressDeadline } from "../rollout.ts";
import { ANALYSIS_DEFAULTS, type Analysis, analysis, checkAnalysis } from "./analysis.ts";
import { risingSteps, type Stage } from "./canary-steps.ts";
import { soakSeconds, stageSeconds } from "./durations.ts";
import {
  countedTemplate,
  faultInOutcomes,
  harmMetric,
  type Outcomes,
  outcomes,
  recordedFor,
  verdictTemplate,
} from "./outcomes.ts";
import type { StrategyKind } from "./plan.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import { counted, verdict, waitForPerson } from "./steps.ts";
import { analysisTemplates } from "./templates.ts";

/**
 * A share of the users gets the new version for the whole of a test, and what they make of its predictions decides: it gets all users where it
 * is better than the old one, loses them where it is worse, and waits for a person where chance explains the difference. It asks for
 * `exposure.sticky`, so that a user has one version all the time.
 *
 * A version that fails or is slow is thrown out meanwhile, as in a canary.
 */
export interface AbTest {
  kind: "abTest";

  /**
   * Whose requests take part: `{ header: "x-region", values: ["de", "at"] }`, or `{ device: "mobile" }`. Everybody else has the old version
   * until the verdict. A better version then comes to them in three steps, drawn for each request, as it comes to the rest of the audience.
   * Predictions and accuracy are not compared beside it: those of an audience are not those of everybody. @default - everybody takes part
   */
  audience?: Audience;

  /**
   * Share of the users who get the new version, percent, 1 to 60; beside an `audience` at most 50, of its users. They are the same ones in each
   * test with the same header or cookie. @default 50
   */
  percent?: number;

  /**
   * How long both versions are compared, seconds. Whole weeks, so that each day counts alike. Not shorter than the window of the measurements,
   * at most 28 days. @default 1_209_600
   */
  testSeconds?: number;

  /** What is compared. */
  outcomes: Outcomes;

  /**
   * Attempts of each version without which there is no verdict, at least 100. The test takes counts for normal: that holds from some ten
   * successes and ten failures of each version on, so that a share of 1 % needs 1000 attempts and one of 0.1 % needs 10_000. @default 1000
   */
  minAttempts?: number;

  /**
   * How often a version that is no better may pass, 0.001 to 0.2: the level of a test in one direction. As often an equal version is taken for
   * a worse one. @default 0.05
   */
  significance?: number;

  /** Who gives a better version the users: the verdict itself, or a person after it (`millrace serve promote`). @default "measurements" */
  switchedBy?: "measurements" | "person";

  /** How long the release stays at the first 5 % of the users, seconds. Not shorter than the window of the measurements. @default 300 */
  stepSeconds?: number;

  /** How long the old version stays at full size while the new one has all traffic: an abort is instant until then, seconds. @default 1800 */
  soakSeconds?: number;

  /** How long the old version's pods stay after the release is complete, seconds; see `Canary`. @default 600 */
  scaleDownDelaySeconds?: number;

  /** How the new version is measured besides. @default - the limits and times of `Analysis` */
  analysis?: Analysis;
}

const DAY = 86_400;

export const abTestShape: Shape<Omit<AbTest, "kind">> = {
  audience: optional(audience),
  // From 60 % on the old version has too few users to be compared with.
  percent: optional(wholeNumber({ min: 1, max: 60 })),
  testSeconds: optional(wholeNumber({ min: 1, max: 28 * DAY })),
  outcomes,
  // No application counts a thousand million attempts within 28 days: a test would wait for ever.
  minAttempts: optional(wholeNumber({ min: 100, max: 1_000_000_000 })),
  significance: optional(number({ min: 0.001, max: 0.2 })),
  switchedBy: optional(oneOf("measurements", "person")),
  stepSeconds: stageSeconds,
  soakSeconds,
  scaleDownDelaySeconds: stageSeconds,
  analysis: optional(analysis),
};

export const AB_TEST_DEFAULTS = {
  percent: 50,
  testSeconds: 14 * DAY,
  minAttempts: 1_000,
  significance: 0.05,
  switchedBy: "measurements",
  stepSeconds: 300,
  soakSeconds: 1_800,
  scaleDownDelaySeconds: 600,
} as const satisfies Omit<Required<AbTest>, "analysis" | "audience" | "kind" | "outcomes">;

type Values = Omit<Required<AbTest>, "kind" | "analysis" | "audience"> & Pick<AbTest, "audience">;

export const abTest: StrategyKind<AbTest> = {
  check(strategy, on) {
    const { stepSeconds, analysis } = strategy;
    checkAnalysis(analysis, { argument: "stepSeconds", said: stepSeconds, usual: AB_TEST_DEFAULTS.stepSeconds }, on);
    const fault = faultInTest(strategy, { ...ANALYSIS_DEFAULTS, ...given(analysis ?? {}) }.windowSeconds);
    if (fault) {
      throw refusal({ ...fault, argument: `strategy.${fault.argument}` }, on);
    }
  },

  plan(strategy, { names, version, prometheusUrl, loadSeconds }) {
    const values = { ...AB_TEST_DEFAULTS, ...given(strategy) };
    const { stepSeconds, scaleDownDelaySeconds, analysis = {} } = values;
    const drift = analysis.drift !== undefined;
    const stages = stagesOf(values, names);
    const test = { ...values, ...ANALYSIS_DEFAULTS, ...given(analysis), version, prometheusUrl };
    return {
      analysisTemplates: {
        ...analysisTemplates({ ...analysis, prometheusUrl, version }, names, stepSeconds, [harmMetric(test, names)]),
        [names.outcomes]: countedTemplate(test, names),
        [names.verdict]: verdictTemplate(test, names),
      },
      rules: [recordedFor(test, names)],
      ...(values.audience && { audience: values.audience }),
      rollout: rolloutStrategy(
        { steps: risingSteps({ stages, drift, ready: [counted(names)] }, names), oldPods: { scaleDownDelaySeconds } },
        names,
      ),
      // Each gate may take as long as a step. Nobody waits for a person by machine.
      longestSeconds: stages.reduce((sum, { seconds }) => sum + seconds + stepSeconds + progressDeadline(loadSeconds), 0),
    };
  },
};

/** What is wrong with a test. */
export function faultInTest(
  { testSeconds, outcomes, audience, percent = AB_TEST_DEFAULTS.percent, analysis = {} }: Omit<AbTest, "kind">,
  windowSeconds: number,
): Fault | undefined {
  const compared = (["drift", "accuracy"] as const).find((field) => analysis[field] !== undefined);
  if (audience !== undefined && compared !== undefined) {
    const must = "left out beside audience: what is predicted for an audience, and how well, is not what is for everybody";
    return { argument: `analysis.${compared}`, must, value: JSON.stringify(analysis[compared]) };
  }
  if (audience !== undefined && percent > MOST_TESTED) {
    const must = `at most ${MOST_TESTED} beside audience: with a larger share everybody else would meet the new version`;
    return { argument: "percent", must, value: percent };
  }
  const lasts = testSeconds ?? AB_TEST_DEFAULTS.testSeconds;
  return lasts < windowSeconds
    ? {
        argument: "testSeconds",
        must: `at least windowSeconds (${windowSeconds}), as far as a measurement looks back`,
        value: lasts,
      }
    : faultInOutcomes(outcomes);
}

/** First share of the users, percent: nothing has been measured before it. */
const FIRST = 5;
/** From a smaller share than `from` the version goes to all users by `through`: it has not been seen under load. */
const RAISE = { from: 40, through: 50 };

/**
 * The verdict comes before the gates of the raise, which measure errors and latency anew: a person may have taken hours, and nothing is
 * measured while a release waits for one.
 */
function stagesOf(values: Values, names: ServingNames): Stage[] {
  const { percent, testSeconds, switchedBy, stepSeconds, soakSeconds, audience } = values;
  const decided = [verdict(names), ...(switchedBy === "person" ? [waitForPerson()] : [])];
  const between = audience !== undefined ? JOINING : percent < RAISE.from ? [RAISE.through] : [];
  return [
    ...(percent > FIRST ? [{ weight: FIRST, seconds: stepSeconds }] : []),
    { weight: percent, seconds: testSeconds, decided },
    ...between.map((weight) => ({ weight, seconds: stepSeconds })),
    { weight: 100, seconds: soakSeconds },
  ];
}

import type * as pulumi from "@pulumi/pulumi";
import { LATENCY_TARGET_MS, latencyBound } from "../../mesh/gateway-telemetry.ts";
import { type Fault, fields, number, optional, type Shape, wholeNumber } from "../../shape.ts";
import { given, refusal } from "../../validation.ts";
import { byChance } from "../queries.ts";
import { type Accuracy, accuracy, faultInAccuracy } from "./accuracy.ts";
import { type Drift, drift, faultInDrift } from "./drift.ts";
import { ATTEMPTS, FAILURES_FORGIVEN } from "./verdict.ts";

/** What a new version is measured by, from the counters of the gateway that its users come through. */
export interface Analysis {
  /** Share of 5xx answers above which a version is bad, beyond what chance explains, 0 to 0.25. @default 0.01 */
  maxErrorShare?: number;

  /** Answers that take longer are slow, milliseconds. One of the bounds of the gateway's histogram. @default 200 */
  latencyTargetMs?: number;

  /** Share of slow answers above which a version is bad, beyond what chance explains, 0 to 0.25. @default 0.05 */
  maxSlowShare?: number;

  /**
   * How many times the old version's share in the same window an error or slow share above its limit must be, too, before it counts against
   * the new version, 0 to 5; 0: whatever the old version does. Below it there is no verdict, as of a share above its limit by chance, and
   * the release waits. @default 2
   */
  timesOld?: number;

  /** Time between two measurements, seconds. @default 30 */
  intervalSeconds?: number;

  /** Time that one measurement looks back, seconds; it holds at least two scrapes of the gateway. @default 120 */
  windowSeconds?: number;

  /**
   * How long a gate waits for a good measurement before the release pauses for a person, seconds: from 4 to 60 times `intervalSeconds`.
   * Until then a version that turns out to be bad is still thrown out. @default 1800, or 60 times `intervalSeconds`
   */
  giveUpSeconds?: number;

  /** Answers in the window without which there is no measurement, at least {@link leastAnswers}. @default 100 */
  minRequests?: number;

  /**
   * Compares what the new version predicts with what the old one does. It needs a server that counts its predictions in bins
   * (docs/model-server.md). @default - predictions are not compared
   */
  drift?: Drift;

  /** Compares how often both versions were right, as far as labels come while the release lasts. @default - accuracy is not watched */
  accuracy?: Accuracy;

  /**
   * Requests that a server of the new version may have at a time, running and waiting, on average: above it the version is saturated, and
   * bad. It needs a server that says so (`model_requests_in_flight`, docs/model-server.md). @default - saturation is not watched
   */
  maxInFlight?: number;
}

/** Share of bad answers that no analysis may take for chance (CAN-08), and the largest limit that a thousand answers tell from it. */
const TOO_MANY = 0.3;
const LARGEST_LIMIT = 0.25;

export const analysisShape: Shape<Analysis> = {
  maxErrorShare: optional(number({ min: 0, max: LARGEST_LIMIT })),
  latencyTargetMs: optional(latencyBound),
  maxSlowShare: optional(number({ min: 0, max: LARGEST_LIMIT })),
  timesOld: optional(number({ min: 0, max: 5 })),
  intervalSeconds: optional(wholeNumber({ min: 1 })),
  windowSeconds: optional(wholeNumber({ min: 1 })),
  giveUpSeconds: optional(wholeNumber({ min: 1 })),
  // Few models answer more within a window: a release would wait for ever.
  minRequests: optional(wholeNumber({ min: 10, max: 100_000 })),
  drift: optional(drift),
  accuracy: optional(accuracy),
  maxInFlight: optional(number({ min: 1, max: 100_000 })),
};

export const analysis = fields<Analysis>(analysisShape);

export const ANALYSIS_DEFAULTS = {
  maxErrorShare: 0.01,
  latencyTargetMs: LATENCY_TARGET_MS,
  maxSlowShare: 0.05,
  timesOld: 2,
  intervalSeconds: 30,
  windowSeconds: 120,
  giveUpSeconds: 1_800,
  minRequests: 100,
} as const satisfies Omit<Required<Analysis>, Watched>;

/** What is watched only where it is asked for. */
export type Watched = "drift" | "accuracy" | "maxInFlight";

/** Seconds from the fault until a bad version has no users: the scrape, the window, the measurements, the push to the gateways. */
const ROLLBACK_BUDGET_SECONDS = 240;
const SCRAPE_SECONDS = 15;
const PUSH_SECONDS = 5;

type Limits = Record<"maxErrorShare" | "maxSlowShare", number>;

/** Fewest answers, at least 10, of which chance does not explain 30 % of bad ones, at these limits. */
export function leastAnswers({ maxErrorShare, maxSlowShare }: Limits): number {
  let answers = 10;
  while (byChance(Math.max(maxErrorShare, maxSlowShare), answers) >= TOO_MANY) {
    answers += 1;
  }
  return answers;
}

function faultInAnswers(values: Limits & { minRequests: number }): Fault | undefined {
  const least = leastAnswers(values);
  const { minRequests, maxErrorShare, maxSlowShare } = values;
  const why = `of fewer answers chance explains ${TOO_MANY * 100} % of bad ones, with limits of ${maxErrorShare} and ${maxSlowShare}`;
  return minRequests < least ? { argument: "minRequests", must: `at least ${least}: ${why}`, value: minRequests } : undefined;
}

/** Times that depend on each other, seconds. */
export type GateTimes = Record<"stepSeconds" | "windowSeconds" | "intervalSeconds" | "giveUpSeconds", number>;

/**
 * Whether a gate measures its own step and often enough, and whether a bad version loses its users within 240 s of the fault.
 *
 * @param said the times that somebody wrote: a fault names one of them, if there is one.
 * @param all these and the defaults of the others.
 * @returns the first fault, with the name of the time alone.
 */
export function faultInTimes(
  said: Partial<GateTimes>,
  { stepSeconds, windowSeconds, intervalSeconds }: Omit<GateTimes, "giveUpSeconds">,
): Fault | undefined {
  if (stepSeconds < windowSeconds) {
    const why = "so that a gate measures its own step";
    return said.stepSeconds !== undefined || said.windowSeconds === undefined
      ? { argument: "stepSeconds", must: `at least windowSeconds (${windowSeconds}), ${why}`, value: stepSeconds }
      : { argument: "windowSeconds", must: `at most stepSeconds (${stepSeconds}), ${why}`, value: windowSeconds };
  }
  const left = ROLLBACK_BUDGET_SECONDS - SCRAPE_SECONDS - PUSH_SECONDS;
  const measurements = FAILURES_FORGIVEN + 1;
  if (windowSeconds + measurements * intervalSeconds > left) {
    const why = `so that a bad version loses its users within ${ROLLBACK_BUDGET_SECONDS} s (windowSeconds + ${measurements} × intervalSeconds + ${SCRAPE_SECONDS + PUSH_SECONDS})`;
    return said.windowSeconds !== undefined
      ? { argument: "windowSeconds", must: `at most ${left - measurements * intervalSeconds}, ${why}`, value: windowSeconds }
      : {
          argument: "intervalSeconds",
          must: `at most ${Math.floor((left - windowSeconds) / measurements)}, ${why}`,
          value: intervalSeconds,
        };
  }
  const { giveUpSeconds } = said;
  const [least, most] = [ATTEMPTS.fewest * intervalSeconds, ATTEMPTS.most * intervalSeconds];
  return giveUpSeconds !== undefined && (giveUpSeconds < least || giveUpSeconds > most)
    ? {
        argument: "giveUpSeconds",
        must: `from ${least} to ${most}, so that a gate measures ${ATTEMPTS.fewest} to ${ATTEMPTS.most} times`,
        value: giveUpSeconds,
      }
    : undefined;
}

/** The time of a strategy that a gate judges, by its argument: what was said, and what holds where nothing was. */
export interface JudgedTime {
  argument: string;
  said: number | undefined;
  usual: number;
}

/**
 * @param strategy path of the strategy whose analysis it is.
 * @throws {pulumi.ResourceError} when the limits and times of an analysis do not fit each other, or the time that they judge.
 */
export function checkAnalysis(
  analysis: Analysis | undefined,
  { argument, said, usual }: JudgedTime,
  on: pulumi.Resource,
  strategy = "strategy",
): void {
  const stated = given(analysis ?? {});
  const chance =
    faultInAnswers({ ...ANALYSIS_DEFAULTS, ...stated }) ??
    (stated.drift && faultInDrift(stated.drift)) ??
    (stated.accuracy && faultInAccuracy(stated.accuracy));
  if (chance) {
    throw refusal({ ...chance, argument: `${strategy}.analysis.${chance.argument}` }, on);
  }
  const times = { ...stated, ...(said !== undefined && { stepSeconds: said }) };
  const fault = faultInTimes(times, { ...ANALYSIS_DEFAULTS, stepSeconds: usual, ...times });
  if (fault?.argument === "stepSeconds") {
    throw refusal({ ...fault, argument: `${strategy}.${argument}` }, on);
  }
  if (fault) {
    throw refusal(
      { ...fault, argument: `${strategy}.analysis.${fault.argument}`, must: fault.must.replace("stepSeconds", argument) },
      on,
    );
  }
}

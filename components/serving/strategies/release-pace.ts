import { SCRAPE_SECONDS } from "../../mesh/gateway-telemetry.ts";
import { closed, type Fault, faultIn, fields, optional, type Rule } from "../../shape.ts";
import { given } from "../../validation.ts";
import { type AbTest, abTestShape, faultInTest } from "./ab-test.ts";
import { type Analysis, analysisShape, faultInTimes, type GateTimes } from "./analysis.ts";
import { type BlueGreen, blueGreenShape } from "./blue-green.ts";
import { CANARY_DEFAULTS, type CanaryTerms, canaryShape } from "./canary.ts";
import { faultInScarceGpus, type OldPods } from "./scarce-gpus.ts";
import { type Shadow, shadowShape } from "./shadow.ts";

type Measured = Pick<Analysis, "intervalSeconds" | "windowSeconds" | "giveUpSeconds" | "minRequests">;

/** Shares and times of a release: what may differ between models, apart from the limits that a version is measured by. */
export type ReleasePace = Omit<CanaryTerms, "kind" | "analysis"> & OldPods & Measured;

/** The same of a blue/green release. */
export type BlueGreenPace = Omit<BlueGreen, "kind" | "analysis"> & Measured;

/** The same of an A/B test, and what it compares. */
export type AbTestPace = Omit<AbTest, "kind" | "analysis"> & Measured;

const { intervalSeconds, windowSeconds, giveUpSeconds, minRequests } = analysisShape;
const MEASURED = { intervalSeconds, windowSeconds, giveUpSeconds, minRequests };
const { analysis: _ofCanary, ...shares } = canaryShape;
const { analysis: _ofBlueGreen, ...stages } = blueGreenShape;
const { analysis: _ofAbTest, ...test } = abTestShape;

/** The rule of each field by itself. It is optional as a whole, as each field is. */
export const releasePace: Rule<ReleasePace, true> = optional(closed(fields<ReleasePace>({ ...shares, ...MEASURED })));
export const blueGreenPace: Rule<BlueGreenPace, true> = optional(closed(fields<BlueGreenPace>({ ...stages, ...MEASURED })));
export const abTestPace: Rule<AbTestPace, true> = optional(closed(fields<AbTestPace>({ ...test, ...MEASURED })));

/** What comes before a canary: how long, and how far answers may differ. */
export type ShadowTerms = Omit<Shadow, "kind" | "canary">;

const { canary: _after, ...terms } = shadowShape;

export const shadowTerms: Rule<ShadowTerms, true> = optional(closed(fields<ShadowTerms>(terms)));

/** What somebody wrote of a comparison. A rehearsal scrapes more often, and shortens it. */
export function faultInShadow(argument: string, said: unknown): Fault | undefined {
  const { compareSeconds = SHORTEST_WINDOW } = (said ?? {}) as ShadowTerms;
  return (
    faultIn(argument, said, shadowTerms) ??
    (compareSeconds < SHORTEST_WINDOW
      ? {
          argument: `${argument}.compareSeconds`,
          must: `at least ${SHORTEST_WINDOW}, so that it holds two scrapes of the comparer`,
          value: compareSeconds,
        }
      : undefined)
  );
}

/** Two scrapes of the gateway, seconds: over less, Prometheus finds no increase. A rehearsal scrapes more often and shortens it. */
const SHORTEST_WINDOW = 2 * SCRAPE_SECONDS;

/**
 * Looks for a fault in what somebody wrote as the pace of a canary: another type, an unknown field, a value out of its range, times that do
 * not fit each other.
 *
 * @param argument path of the value, for example `fraud.canary`
 * @param times that hold where the pace names none.
 */
export const faultInPace = (argument: string, pace: unknown, times: GateTimes): Fault | undefined => {
  const said = pace as ReleasePace | undefined;
  return (
    faultIn(argument, pace, releasePace) ??
    faultInMeasures(argument, "stepSeconds", said, times) ??
    (said && within(argument, faultInScarceGpus(said, said.weights ?? CANARY_DEFAULTS.weights)))
  );
};

/** The same of a blue/green release, whose preview is what a gate judges. */
export const faultInBlueGreen = (argument: string, pace: unknown, times: GateTimes): Fault | undefined => {
  const said = pace as BlueGreenPace | undefined;
  return (
    faultIn(argument, pace, blueGreenPace) ??
    faultInMeasures(argument, "previewSeconds", said && { ...said, stepSeconds: said.previewSeconds }, times)
  );
};

/** The same of an A/B test. */
export const faultInAbTest = (argument: string, pace: unknown, times: GateTimes): Fault | undefined => {
  const said = pace as AbTestPace | undefined;
  return (
    faultIn(argument, pace, abTestPace) ??
    faultInMeasures(argument, "stepSeconds", said, times) ??
    (said && within(argument, faultInTest(said, said.windowSeconds ?? times.windowSeconds)))
  );
};

const within = (argument: string, fault: Fault | undefined): Fault | undefined =>
  fault && { ...fault, argument: `${argument}.${fault.argument}` };

function faultInMeasures(
  argument: string,
  judged: string,
  pace: (Measured & { stepSeconds?: number | undefined }) | undefined,
  times: GateTimes,
): Fault | undefined {
  if (pace === undefined) {
    return undefined;
  }
  const said = given(pace) as Partial<GateTimes>;
  if (said.windowSeconds !== undefined && said.windowSeconds < SHORTEST_WINDOW) {
    const must = `at least ${SHORTEST_WINDOW}, so that it holds two scrapes of the gateway`;
    return { argument: `${argument}.windowSeconds`, must, value: said.windowSeconds };
  }
  const misfit = faultInTimes(said, { ...times, ...said });
  return misfit && withStage(misfit, argument, judged);
}

/** A fault of times, in the words of the strategy: each calls the time that a gate judges by another name. */
function withStage({ argument: time, must, value }: Fault, argument: string, judged: string): Fault {
  return {
    argument: `${argument}.${time === "stepSeconds" ? judged : time}`,
    must: must.replace("stepSeconds", judged),
    value,
  };
}

import type * as pulumi from "@pulumi/pulumi";
import { LATENCY_TARGET_MS, latencyBound } from "../../mesh/gateway-telemetry.ts";
import { type Fault, fields, number, optional, type Shape, wholeNumber } from "../../shape.ts";
import { given } from "../../validation.ts";
import { type ServingNames, serviceHost } from "../names.ts";
import { errorShare, predictionDrift, servedShare, slowShare } from "../queries.ts";

/** What a new version is measured by, from the counters of the gateway that its users come through. */
export interface Analysis {
  /** Share of 5xx answers above which a version is bad, 0 to 1. @default 0.01 */
  maxErrorShare?: number;

  /** Answers that take longer are slow, milliseconds. One of the bounds of the gateway's histogram. @default 200 */
  latencyTargetMs?: number;

  /** Share of slow answers above which a version is bad, 0 to 1. @default 0.05 */
  maxSlowShare?: number;

  /** Time between two measurements, seconds. @default 30 */
  intervalSeconds?: number;

  /** Time that one measurement looks back, seconds; it holds at least two scrapes of the gateway. @default 120 */
  windowSeconds?: number;

  /** Answers in the window without which there is no measurement. @default 100 */
  minRequests?: number;

  /**
   * Compares what the new version predicts with what the old one does. It needs a server that counts its predictions in bins
   * (docs/model-server.md). @default - predictions are not compared
   */
  drift?: Drift;
}

/** How far the predictions of a new version may lie from those of the old one. */
export interface Drift {
  /** Population stability index above which a version is bad. Below 0.1 is usually called stable, above 0.25 another distribution. @default 0.25 */
  maxPsi?: number;

  /** Predictions of each version, in the time of a step, without which there is no measurement. Chance decides where they are few. @default 600 */
  minPredictions?: number;
}

export const analysisShape: Shape<Analysis> = {
  maxErrorShare: optional(number({ min: 0, max: 1 })),
  latencyTargetMs: optional(latencyBound),
  maxSlowShare: optional(number({ min: 0, max: 1 })),
  intervalSeconds: optional(wholeNumber({ min: 1 })),
  windowSeconds: optional(wholeNumber({ min: 1 })),
  // No model answers a million requests within a window: a release would wait for ever.
  minRequests: optional(wholeNumber({ min: 1, max: 1_000_000 })),
  drift: optional(
    fields<Drift>({
      maxPsi: optional(number({ min: 0.01, max: 10 })),
      minPredictions: optional(wholeNumber({ min: 1, max: 1_000_000 })),
    }),
  ),
};

export const analysis = fields<Analysis>(analysisShape);

export const ANALYSIS_DEFAULTS = {
  maxErrorShare: 0.01,
  latencyTargetMs: LATENCY_TARGET_MS,
  maxSlowShare: 0.05,
  intervalSeconds: 30,
  windowSeconds: 120,
  minRequests: 100,
} as const satisfies Omit<Required<Analysis>, "drift">;

export const DRIFT_DEFAULTS = { maxPsi: 0.25, minPredictions: 600 } as const satisfies Required<Drift>;

/**
 * Predictions times index below which chance alone makes a version bad: without any drift, the index times the number of predictions of the
 * smaller side is at most twice a chi-squared variable of 35 degrees, of which 99.9 % lie below 66.6. The server counts in 36 bins.
 */
const CHANCE = 134;

/** Whether a drift that is found is more than chance. */
export function faultInDrift(drift: Drift): Fault | undefined {
  const { maxPsi, minPredictions } = { ...DRIFT_DEFAULTS, ...given(drift) };
  const least = Math.ceil(CHANCE / maxPsi);
  return minPredictions < least
    ? {
        argument: "drift.minPredictions",
        must: `at least ${least}, so that chance alone does not reach a maxPsi of ${maxPsi}`,
        value: minPredictions,
      }
    : undefined;
}

/** One bad measurement is chance; the second aborts. */
const FAILURES_FORGIVEN = 1;

/** Seconds from the fault until a bad version has no users: the scrape, the window, the measurements, the push to the gateways. */
const ROLLBACK_BUDGET_SECONDS = 240;
const SCRAPE_SECONDS = 15;
const PUSH_SECONDS = 5;

/** Argo Rollouts asks a Prometheus that does not answer again every 10 s: two minutes of its absence abort a release. */
const ERRORS_FORGIVEN = 12;

/** Times that depend on each other, seconds. */
export type GateTimes = Record<"stepSeconds" | "windowSeconds" | "intervalSeconds", number>;

/**
 * Whether a gate measures its own step, and whether a bad version loses its users within 240 s of the fault.
 *
 * @param said the times that somebody wrote: a fault names one of them, if there is one.
 * @param all these and the defaults of the others.
 * @returns the first fault, with the name of the time alone.
 */
export function faultInTimes(
  said: Partial<GateTimes>,
  { stepSeconds, windowSeconds, intervalSeconds }: GateTimes,
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
  return undefined;
}

/** The templates of a model, by name. */
export function analysisTemplates(
  analysis: Analysis & Pick<Values, "prometheusUrl">,
  names: ServingNames,
  stepSeconds: number,
): Record<string, object> {
  const { drift, ...rest } = given(analysis);
  const values = { ...ANALYSIS_DEFAULTS, ...rest };
  const drifts = drift && { ...values, ...DRIFT_DEFAULTS, ...given(drift), windowSeconds: stepSeconds };
  return {
    [names.watch]: watchTemplate(values, names, drifts),
    [names.gate]: gateTemplate(values, names, stepSeconds),
    [names.share]: shareTemplate(values, names, stepSeconds),
    ...(drifts && { [names.drift]: driftTemplate(drifts, names, stepSeconds) }),
  };
}

interface Values extends Omit<Required<Analysis>, "drift"> {
  /** Address of the Prometheus that scrapes the gateway, as seen from the delivery controller. */
  prometheusUrl: pulumi.Input<string>;
}

/**
 * Watches the new version from its first user to the end of the soak, and aborts the release.
 * It may find nothing for as long as it likes: raising is what the gates decide, and they do not pass on nothing.
 */
function watchTemplate(values: Values, names: ServingNames, drifts: Drifts | undefined): object {
  const limits = { maxErrorShare: String(values.maxErrorShare), maxSlowShare: String(values.maxSlowShare) };
  const health = healthMetrics(values, serviceHost(names.canaryService, names.namespace), limits);
  return {
    ...(drifts && { args: [{ name: NEW_PODS.name }] }),
    metrics: [...health, ...(drifts ? [driftMetric(drifts, names)] : [])].map((metric) => ({
      ...metric,
      failureLimit: FAILURES_FORGIVEN,
      inconclusiveLimit: UNLIMITED,
      consecutiveErrorLimit: ERRORS_FORGIVEN,
    })),
  };
}

/** More measurements than any release takes. */
const UNLIMITED = 1_000_000;

/**
 * Passes on the first good measurement of each metric. Bad ones abort the release; when none was good after as many attempts as a
 * step is long, the gate is inconclusive and the release pauses for a human. A `count` alone would pass on a row of empty answers:
 * Argo Rollouts counts every measurement that is not an error, and reads "count reached" as success.
 */
function gateTemplate(values: Values, { namespace, canaryService }: ServingNames, stepSeconds: number): object {
  const limits = { maxErrorShare: "{{args.maxErrorShare}}", maxSlowShare: "{{args.maxSlowShare}}" };
  return {
    args: [
      { name: "service", value: canaryService },
      { name: "maxErrorShare", value: String(values.maxErrorShare) },
      { name: "maxSlowShare", value: String(values.maxSlowShare) },
    ],
    metrics: healthMetrics(values, serviceHost("{{args.service}}", namespace), limits).map((metric) => ({
      ...metric,
      ...untilOneIsGood(values.intervalSeconds, stepSeconds),
      failureLimit: FAILURES_FORGIVEN,
    })),
  };
}

/**
 * Passes when the gateway serves the share that it was told. Argo Rollouts writes weights and does not look whether they arrived:
 * with istiod down it would go on to the end and stop the old pods while the gateway still sends them users.
 * Never fails: an abort would stop the new pods, to which the same gateway still sends users. The release pauses instead.
 */
function shareTemplate(values: Values, { namespace, canaryService, stableService }: ServingNames, stepSeconds: number): object {
  const query = servedShare(serviceHost(canaryService, namespace), serviceHost(stableService, namespace), values);
  return {
    args: [
      { name: "atLeast", value: "0" },
      { name: "atMost", value: "1" },
    ],
    metrics: [
      {
        name: "served-share",
        interval: `${values.intervalSeconds}s`,
        successCondition: `${HAS_VALUE} && result[0] >= {{args.atLeast}} && result[0] <= {{args.atMost}}`,
        failureCondition: "false",
        provider: prometheus(values.prometheusUrl, query),
        ...untilOneIsGood(values.intervalSeconds, stepSeconds),
      },
    ],
  };
}

interface Drifts extends Values, Required<Drift> {}

/** Which pods are the new ones: the controller fills it in. */
export const NEW_PODS = { name: "new-pods", valueFrom: { podTemplateHashValue: "Latest" } } as const;

/** Passes once the new version was seen to predict as the old one does; a bad measurement is chance, and the second one aborts. */
function driftTemplate(drifts: Drifts, names: ServingNames, stepSeconds: number): object {
  const metric = driftMetric(drifts, names);
  return {
    args: [{ name: NEW_PODS.name }],
    metrics: [{ ...metric, ...untilOneIsGood(drifts.intervalSeconds, stepSeconds), failureLimit: FAILURES_FORGIVEN }],
  };
}

function driftMetric({ prometheusUrl, intervalSeconds, maxPsi, ...window }: Drifts, { name, namespace }: ServingNames) {
  const query = predictionDrift({ namespace, model: name, newPods: `{{args.${NEW_PODS.name}}}` }, window);
  return {
    name: "prediction-drift",
    interval: `${intervalSeconds}s`,
    successCondition: `${HAS_VALUE} && result[0] <= ${maxPsi}`,
    failureCondition: `${HAS_VALUE} && result[0] > ${maxPsi}`,
    provider: prometheus(prometheusUrl, query),
  };
}

/** `consecutiveSuccessLimit` ends the measurements with the first good one; without any, Argo Rollouts calls the end inconclusive. */
function untilOneIsGood(intervalSeconds: number, stepSeconds: number) {
  const attempts = Math.max(4, Math.ceil(stepSeconds / intervalSeconds));
  return { count: attempts, consecutiveSuccessLimit: 1, inconclusiveLimit: attempts, consecutiveErrorLimit: ERRORS_FORGIVEN };
}

function healthMetrics(
  values: Values,
  host: string,
  { maxErrorShare, maxSlowShare }: Record<"maxErrorShare" | "maxSlowShare", string>,
) {
  const metric = (name: string, max: string, query: string) => ({
    name,
    interval: `${values.intervalSeconds}s`,
    successCondition: `${HAS_VALUE} && result[0] <= ${max}`,
    failureCondition: `${HAS_VALUE} && result[0] > ${max}`,
    provider: prometheus(values.prometheusUrl, query),
  });
  return [
    metric("error-share", maxErrorShare, errorShare(host, values)),
    metric("slow-share", maxSlowShare, slowShare(host, values.latencyTargetMs, values)),
  ];
}

/** An empty vector is neither good nor bad; without the first test `result[0]` would be an evaluation error. */
const HAS_VALUE = "len(result) > 0 && !isNaN(result[0])";

const prometheus = (address: pulumi.Input<string>, query: string) => ({ prometheus: { address, timeout: 5, query } });

import { given } from "../../validation.ts";
import { type ServingNames, serviceHost } from "../names.ts";
import { judgedErrors, judgedSlow, servedShare } from "../queries.ts";
import { ANALYSIS_DEFAULTS, type Analysis, type Watched } from "./analysis.ts";
import { DRIFT_DEFAULTS, driftMetric, driftTemplate, NEW_PODS } from "./drift.ts";
import type { ReleasedModel } from "./plan.ts";
import { accuracyMetric, saturationMetric } from "./pods.ts";
import { type Asked, ERRORS_FORGIVEN, FAILURES_FORGIVEN, HAS_VALUE, limited, prometheus, untilOneIsGood } from "./verdict.ts";

/**
 * The templates of a model, by name.
 *
 * @param watched what aborts the release besides what the analysis says.
 */
export function analysisTemplates(
  analysis: Analysis & Pick<ReleasedModel, "prometheusUrl" | "version">,
  names: ServingNames,
  stepSeconds: number,
  watched: readonly object[] = [],
): Record<string, object> {
  const { drift, accuracy, maxInFlight, ...rest } = given(analysis);
  const values = { ...ANALYSIS_DEFAULTS, ...rest };
  const drifts = drift && { ...values, ...DRIFT_DEFAULTS, ...given(drift), windowSeconds: Math.min(stepSeconds, LONGEST_WINDOW) };
  return {
    [names.watch]: watchTemplate(values, names, [
      ...(drifts ? [driftMetric(drifts, names)] : []),
      ...(accuracy ? [accuracyMetric(accuracy, values, names)] : []),
      ...(maxInFlight === undefined ? [] : [saturationMetric(maxInFlight, values, names)]),
      ...watched,
    ]),
    [names.gate]: gateTemplate(values, names),
    [names.share]: shareTemplate(values, names),
    ...(drifts && { [names.drift]: driftTemplate(drifts, names) }),
  };
}

/** A measurement looks back an hour at most (CAN-08). */
const LONGEST_WINDOW = 3_600;

interface Values extends Omit<Required<Analysis>, Watched>, Asked, Pick<ReleasedModel, "version"> {}

/**
 * Watches the new version from its first user to the end of the soak, and aborts the release.
 * It may find nothing for as long as it likes: raising is what the gates decide, and they do not pass on nothing.
 */
function watchTemplate(values: Values, names: ServingNames, watched: readonly object[]): object {
  const limits = { maxErrorShare: String(values.maxErrorShare), maxSlowShare: String(values.maxSlowShare) };
  const health = healthMetrics(values, names, { service: names.canaryService, ...limits });
  return {
    args: [{ name: NEW_PODS.name }],
    metrics: [...health, ...watched].map((metric) => ({
      ...metric,
      failureLimit: FAILURES_FORGIVEN,
      inconclusiveLimit: UNLIMITED,
      consecutiveErrorLimit: ERRORS_FORGIVEN,
    })),
  };
}

/** More measurements than any release takes. */
const UNLIMITED = 1_000_000;

/** Passes once errors and latency were seen to be good. Bad measurements abort the release. */
function gateTemplate(values: Values, names: ServingNames): object {
  const judged = {
    service: "{{args.service}}",
    maxErrorShare: "{{args.maxErrorShare}}",
    maxSlowShare: "{{args.maxSlowShare}}",
  };
  return {
    args: [
      { name: "service", value: names.canaryService },
      { name: "maxErrorShare", value: String(values.maxErrorShare) },
      { name: "maxSlowShare", value: String(values.maxSlowShare) },
    ],
    metrics: healthMetrics(values, names, judged).map((metric) => ({
      ...metric,
      ...untilOneIsGood(values),
      failureLimit: FAILURES_FORGIVEN,
    })),
  };
}

/**
 * Passes when the gateway serves the share that it was told. Argo Rollouts writes weights and does not look whether they arrived:
 * with istiod down it would go on to the end and stop the old pods while the gateway still sends them users.
 * Never fails: an abort would stop the new pods, to which the same gateway still sends users. The release pauses instead.
 */
function shareTemplate(values: Values, { namespace, canaryService, stableService }: ServingNames): object {
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
        ...untilOneIsGood(values),
      },
    ],
  };
}

/** The version that is measured, and its limits. */
type Judged = Record<"service" | "maxErrorShare" | "maxSlowShare", string>;

function healthMetrics(values: Values, { namespace, stableService }: ServingNames, { service, ...limits }: Judged) {
  const { latencyTargetMs, timesOld } = values;
  const [host, oldHost] = [serviceHost(service, namespace), serviceHost(stableService, namespace)];
  const judged = (max: string) => ({ host, oldHost, max, timesOld });
  return [
    limited("error-share", limits.maxErrorShare, judgedErrors(judged(limits.maxErrorShare), values), values),
    limited("slow-share", limits.maxSlowShare, judgedSlow(judged(limits.maxSlowShare), latencyTargetMs, values), values),
  ];
}

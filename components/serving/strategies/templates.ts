import { given } from "../../validation.ts";
import { type ServingNames, serviceHost } from "../names.ts";
import { errorShare, servedShare, slowShare } from "../queries.ts";
import { ANALYSIS_DEFAULTS, type Analysis } from "./analysis.ts";
import { type Comparison, DRIFT_DEFAULTS, driftMetric, driftTemplate, NEW_PODS } from "./drift.ts";
import { type Asked, ERRORS_FORGIVEN, FAILURES_FORGIVEN, HAS_VALUE, limited, prometheus, untilOneIsGood } from "./verdict.ts";

/**
 * The templates of a model, by name.
 *
 * @param watched what aborts the release besides errors, latency and drift.
 */
export function analysisTemplates(
  analysis: Analysis & Pick<Asked, "prometheusUrl">,
  names: ServingNames,
  stepSeconds: number,
  watched: readonly object[] = [],
): Record<string, object> {
  const { drift, ...rest } = given(analysis);
  const values = { ...ANALYSIS_DEFAULTS, ...rest };
  const drifts = drift && { ...values, ...DRIFT_DEFAULTS, ...given(drift), windowSeconds: stepSeconds };
  return {
    [names.watch]: watchTemplate(values, names, drifts, watched),
    [names.gate]: gateTemplate(values, names, stepSeconds),
    [names.share]: shareTemplate(values, names, stepSeconds),
    ...(drifts && { [names.drift]: driftTemplate(drifts, names, stepSeconds) }),
  };
}

interface Values extends Omit<Required<Analysis>, "drift">, Asked {}

/**
 * Watches the new version from its first user to the end of the soak, and aborts the release.
 * It may find nothing for as long as it likes: raising is what the gates decide, and they do not pass on nothing.
 */
function watchTemplate(values: Values, names: ServingNames, drifts: Comparison | undefined, watched: readonly object[]): object {
  const limits = { maxErrorShare: String(values.maxErrorShare), maxSlowShare: String(values.maxSlowShare) };
  const health = healthMetrics(values, serviceHost(names.canaryService, names.namespace), limits);
  return {
    ...(drifts && { args: [{ name: NEW_PODS.name }] }),
    metrics: [...health, ...(drifts ? [driftMetric(drifts, names)] : []), ...watched].map((metric) => ({
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

function healthMetrics(
  values: Values,
  host: string,
  { maxErrorShare, maxSlowShare }: Record<"maxErrorShare" | "maxSlowShare", string>,
) {
  return [
    limited("error-share", maxErrorShare, errorShare(host, values), values),
    limited("slow-share", maxSlowShare, slowShare(host, values.latencyTargetMs, values), values),
  ];
}

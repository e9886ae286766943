import { MODEL, type MonitoredModel, selectorOf, VERSION } from "./model.ts";
import type { RuleGroup } from "./rule.ts";

/** Bounds of the population stability index: a shift of about a third, and of half, a standard deviation. */
export const PSI = { warning: 0.1, critical: 0.25 } as const;

/** Fewer rows than this, and noise alone passes the lower bound (measured: p95 is 0.09 at 200 rows, 0.03 at 500). */
export const ENOUGH_ROWS = 500;

/** The check runs every day; a verdict holds for two. */
const FRESH_SECONDS = "2 * 86400";

/**
 * Drift of a model's inputs, from what the daily drift job pushes. A value stays at the push gateway for ever, so that every verdict
 * asks first whether it is fresh and has enough rows. It is recorded without the labels of the scrape before anything looks back over
 * days: a push gateway that is replaced shows the same values under another pod, and the old series would go on beside the new one.
 */
export function dataDrift(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  const success = `mlops:drift_last_success:max{${of}}`;
  const rows = `last_over_time(mlops:drift_samples:max{${of}}[2d])`;
  return {
    name: "millrace-data-drift",
    interval: "1m",
    rules: [
      {
        record: "mlops:drift_score:max",
        expr: `max by (${VERSION}, feature) (mlops_drift_score{${of}, method="psi"})`,
      },
      {
        record: "mlops:drift_samples:max",
        expr: `max by (${VERSION}, window) (mlops_drift_samples{${of}, window="current"})`,
      },
      {
        record: "mlops:drift_last_success:max",
        expr: `max by (${VERSION}) (mlops_drift_last_success_timestamp_seconds{${of}})`,
      },
      {
        record: "mlops:drift_psi:fresh",
        expr: [
          `last_over_time(mlops:drift_score:max{${of}}[2d])`,
          `and on (${VERSION}) ${rows} >= ${ENOUGH_ROWS}`,
          `and on (${VERSION}) time() - last_over_time(${success}[3d]) < ${FRESH_SECONDS}`,
        ].join(" "),
      },
      ...(["warning", "critical"] as const).map((severity) => ({
        alert: "DataDrift",
        expr: `mlops:drift_psi:fresh{${of}} > ${PSI[severity]}`,
        labels: { severity, category: "drift" as const },
        annotations: {
          summary: `{{ $labels.feature }} of {{ $labels.model }} has drifted`,
          description: `The population stability index of {{ $labels.feature }} is {{ $value | humanize }} for version {{ $labels.model_version }} of {{ $labels.namespace }}/{{ $labels.model }} (limit ${PSI[severity]}).`,
        },
      })),
      {
        alert: "DriftCheckStale",
        expr: `time() - max by (${MODEL}) (last_over_time(${success}[9d])) > ${FRESH_SECONDS}`,
        for: "15m",
        labels: { severity: "warning", category: "drift" },
        annotations: {
          summary: `The inputs of {{ $labels.model }} are not checked any more`,
          description: `The last drift check of {{ $labels.namespace }}/{{ $labels.model }} succeeded {{ $value | humanizeDuration }} ago; it runs daily.`,
        },
      },
      {
        alert: "DriftCheckMissing",
        expr: `mlops_model_info{${of}, drift="true"} unless on (${MODEL}) last_over_time(${success}[7d])`,
        for: "1d",
        labels: { severity: "warning", category: "drift" },
        annotations: {
          summary: `The inputs of {{ $labels.model }} were never checked`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} asks for drift checks, and no check has succeeded for a week.`,
        },
      },
      {
        alert: "DriftSamplesTooFew",
        expr: `${rows} < ${ENOUGH_ROWS}`,
        for: "2h",
        labels: { severity: "info", category: "drift" },
        annotations: {
          summary: `Too few requests to judge the drift of {{ $labels.model }}`,
          description: `The drift check of {{ $labels.namespace }}/{{ $labels.model }} saw {{ $value }} rows; below ${ENOUGH_ROWS} it gives no verdict.`,
        },
      },
    ],
  };
}

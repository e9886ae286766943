import { exactly } from "../../promql.ts";
import { MODEL, type MonitoredModel, percent, selectorOf, VERSION } from "./model.ts";
import { FRESH_HOURS, fresh } from "./quality.ts";
import type { RuleGroup } from "./rule.ts";

/** Loss of online accuracy against the week before, as a share of what it was, from which on it is an alert. */
export const ACCURACY_DROP = 0.1;

/** Fewer labelled rows, and chance alone moves an accuracy by some percent. */
const ENOUGH_LABELS = 500;

/**
 * Online accuracy of a model against the same time last week, over all its versions, weighted by labelled rows: a release in the
 * middle of the week changes nothing in the comparison.
 *
 * What was pushed is recorded by model first. A push gateway that is replaced shows the same values under another pod, and a look back
 * over hours would add the old series to the new one.
 */
export function conceptDrift(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  const recorded = (series: string, offset = "") =>
    `last_over_time(mlops:online_quality${series}{${of}}[${FRESH_HOURS}h]${offset})`;
  const accuracy = (offset = "") =>
    `(${recorded(":accuracy", offset)} and on (${MODEL}) ${recorded("_samples:sum", offset)} >= ${ENOUGH_LABELS})`;
  return {
    name: "millrace-concept-drift",
    interval: "1m",
    rules: [
      { record: "mlops:online_quality_samples:sum", expr: `sum by (${MODEL}) (${measured("mlops_online_quality_samples", of)})` },
      {
        record: "mlops:online_quality:accuracy",
        expr: `sum by (${MODEL}) (${measured("mlops_online_quality", of)} * ${measured("mlops_online_quality_samples", of)}) / on (${MODEL}) (mlops:online_quality_samples:sum{${of}} > 0)`,
      },
      {
        alert: "ConceptDrift",
        expr: `${exactly(`1 - ${accuracy()} / ${accuracy(" offset 1w")}`)} >= ${ACCURACY_DROP}`,
        for: "15m",
        labels: { severity: "critical", category: "concept-drift" },
        annotations: {
          summary: `{{ $labels.model }} is right less often than last week`,
          description: `The online accuracy of {{ $labels.namespace }}/{{ $labels.model }} fell by {{ $value | humanizePercentage }} in a week (limit ${percent(ACCURACY_DROP)}).`,
        },
      },
      {
        alert: "QualityMissing",
        expr: `mlops_model_info{${of}, quality="true"} unless on (${MODEL}) ${recorded(":accuracy")}`,
        for: "1d",
        labels: { severity: "warning", category: "concept-drift" },
        annotations: {
          summary: `Nobody knows how often {{ $labels.model }} is right`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} asks for a measurement of its online quality, and no measurement has arrived for ${FRESH_HOURS} hours.`,
        },
      },
      {
        alert: "QualitySamplesTooFew",
        expr: `${recorded("_samples:sum")} < ${ENOUGH_LABELS}`,
        for: "2h",
        labels: { severity: "warning", category: "concept-drift" },
        annotations: {
          summary: `Too few labels to judge how often {{ $labels.model }} is right`,
          description: `The quality check of {{ $labels.namespace }}/{{ $labels.model }} saw {{ $value }} labelled rows; below ${ENOUGH_LABELS} a loss of accuracy is no verdict, and no alert.`,
        },
      },
    ],
  };
}

/** What the quality job pushed of each version. */
const measured = (series: Parameters<typeof fresh>[0], of: string): string => `max by (${VERSION}) (${fresh(series, of)})`;

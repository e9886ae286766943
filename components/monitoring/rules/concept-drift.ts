import { MODEL, type MonitoredModel, percent, selectorOf } from "./model.ts";
import type { RuleGroup } from "./rule.ts";

/** Largest loss of online accuracy against the week before, as a share of what it was. */
export const ACCURACY_DROP = 0.1;

const ENOUGH_LABELS = 500;

/**
 * Online accuracy of a model against the same time last week, over all its versions, weighted by labelled rows: a release in the
 * middle of the week changes nothing in the comparison. Both sides read the raw series, so that it works from the first two weeks on.
 */
export function conceptDrift(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  return {
    name: "millrace-concept-drift",
    interval: "1m",
    rules: [
      {
        alert: "ConceptDrift",
        expr: `1 - (${accuracy(of, "")}) / (${accuracy(of, " offset 1w")}) > ${ACCURACY_DROP}`,
        for: "15m",
        labels: { severity: "critical", category: "concept-drift" },
        annotations: {
          summary: `{{ $labels.model }} is right less often than last week`,
          description: `The online accuracy of {{ $labels.namespace }}/{{ $labels.model }} fell by {{ $value | humanizePercentage }} in a week (limit ${percent(ACCURACY_DROP)}).`,
        },
      },
      {
        alert: "QualityMissing",
        expr: `mlops_model_info{${of}, quality="true"} unless on (${MODEL}) last_over_time(mlops_online_quality{${of}}[36h])`,
        for: "1d",
        labels: { severity: "warning", category: "concept-drift" },
        annotations: {
          summary: `Nobody knows how often {{ $labels.model }} is right`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} asks for a measurement of its online quality, and no measurement has arrived for 36 hours.`,
        },
      },
    ],
  };
}

/** Accuracy of the last day and a half, where enough labels have arrived. */
function accuracy(of: string, offset: string): string {
  const quality = `last_over_time(mlops_online_quality{${of}, metric="accuracy"}[36h]${offset})`;
  const rows = `last_over_time(mlops_online_quality_samples{${of}, metric="accuracy"}[36h]${offset})`;
  return `sum by (${MODEL}) (${quality} * ${rows}) / (sum by (${MODEL}) (${rows}) >= ${ENOUGH_LABELS})`;
}

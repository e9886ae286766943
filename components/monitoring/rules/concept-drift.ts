import { MODEL, type RuleGroup } from "./rule.ts";

/** Largest loss of online accuracy against the week before, as a share of what it was. */
export const ACCURACY_DROP = 0.1;

const ENOUGH_LABELS = 500;

/**
 * Online accuracy against the same time last week, over all versions of a model, weighted by labelled rows: a release in the middle
 * of the week changes nothing in the comparison. Both sides read the raw series, so that it works from the first two weeks on.
 */
export const conceptDrift: RuleGroup = {
  name: "millrace-concept-drift",
  interval: "1m",
  rules: [
    {
      alert: "ConceptDrift",
      expr: `1 - (${accuracy("")}) / (${accuracy(" offset 1w")}) > ${ACCURACY_DROP}`,
      for: "15m",
      labels: { severity: "critical", category: "concept-drift" },
      annotations: {
        summary: `{{ $labels.model }} is right less often than last week`,
        description: `The online accuracy of {{ $labels.namespace }}/{{ $labels.model }} fell by {{ $value | humanizePercentage }} in a week (limit ${ACCURACY_DROP * 100}%).`,
      },
    },
    {
      alert: "QualityMissing",
      expr: `mlops_model_info{quality="true"} unless on (${MODEL}) last_over_time(mlops_online_quality[36h])`,
      for: "1d",
      labels: { severity: "warning", category: "concept-drift" },
      annotations: {
        summary: `Nobody knows how often {{ $labels.model }} is right`,
        description: `{{ $labels.namespace }}/{{ $labels.model }} asks for a measurement of its online quality and none has arrived for 36 hours.`,
      },
    },
  ],
};

/** Accuracy of the last day and a half, where enough labels have arrived. */
function accuracy(offset: string): string {
  const quality = `last_over_time(mlops_online_quality{metric="accuracy"}[36h]${offset})`;
  const rows = `last_over_time(mlops_online_quality_samples{metric="accuracy"}[36h]${offset})`;
  return `sum by (${MODEL}) (${quality} * ${rows}) / (sum by (${MODEL}) (${rows}) >= ${ENOUGH_LABELS})`;
}

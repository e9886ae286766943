import { MODEL, type Rule, type RuleGroup } from "./rule.ts";

/** Largest fall of an indicator against the week before, as a share of what it was. */
export const KPI_DROP = 0.15;

const ENOUGH_EVENTS = 1_000;

/** What models are kept for: a share of events that the application counts in `mlops_business_events_total`. */
export const KPIS = {
  "click-through-rate": { of: "impression", counted: "click" },
  "fraud-caught": { of: "fraud", counted: "fraud_caught" },
} as const;
export type KpiName = keyof typeof KPIS;

/** Business indicators against the same time last week. */
export const business: RuleGroup = {
  name: "millrace-business",
  interval: "1m",
  rules: [
    ...Object.entries(KPIS).flatMap(([kpi, { of, counted }]): Rule[] => [
      { record: "mlops:business_kpi_samples:sum1d", labels: { kpi }, expr: inADay(of) },
      { record: "mlops:business_kpi:avg1d", labels: { kpi }, expr: `${inADay(counted)} / ${inADay(of)}` },
    ]),
    {
      alert: "BusinessKpiDrop",
      expr: [
        // Six hours instead of one moment: a gap a week ago must not blind today.
        `1 - mlops:business_kpi:avg1d / avg_over_time(mlops:business_kpi:avg1d[6h] offset 1w) > ${KPI_DROP}`,
        `and mlops:business_kpi_samples:sum1d >= ${ENOUGH_EVENTS}`,
        `and avg_over_time(mlops:business_kpi_samples:sum1d[6h] offset 1w) >= ${ENOUGH_EVENTS}`,
      ].join(" "),
      for: "15m",
      labels: { severity: "critical", category: "business" },
      annotations: {
        summary: `{{ $labels.kpi }} of {{ $labels.model }} has fallen`,
        description: `{{ $labels.kpi }} of {{ $labels.namespace }}/{{ $labels.model }} is {{ $value | humanizePercentage }} lower than a week ago (limit ${KPI_DROP * 100}%).`,
      },
    },
    {
      alert: "BusinessKpiMissing",
      expr: `mlops_model_info{kpi!=""} unless on (${MODEL}, kpi) mlops:business_kpi:avg1d`,
      for: "6h",
      labels: { severity: "warning", category: "business" },
      annotations: {
        summary: `{{ $labels.kpi }} of {{ $labels.model }} is not measured`,
        description: `{{ $labels.namespace }}/{{ $labels.model }} names {{ $labels.kpi }} as its indicator and no events have arrived for 6 hours.`,
      },
    },
  ],
};

function inADay(event: string): string {
  return `sum by (${MODEL}) (increase(mlops_business_events_total{event="${event}"}[1d]))`;
}

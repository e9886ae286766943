import { KPIS } from "./kpis.ts";
import { MODEL, type MonitoredModel, percent, selectorOf } from "./model.ts";
import type { Rule, RuleGroup } from "./rule.ts";

/** Largest fall of an indicator against the week before, as a share of what it was. */
export const KPI_DROP = 0.15;

const ENOUGH_EVENTS = 1_000;

/** Business indicators of a model against the same time last week. */
export function business(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  const kpi = `mlops:business_kpi:avg1d{${of}}`;
  const events = `mlops:business_kpi_samples:sum1d{${of}}`;
  return {
    name: "millrace-business",
    interval: "1m",
    rules: [
      ...Object.entries(KPIS).flatMap(([name, { of: all, counted }]): Rule[] => [
        { record: "mlops:business_kpi_samples:sum1d", labels: { kpi: name }, expr: inADay(of, all) },
        { record: "mlops:business_kpi:avg1d", labels: { kpi: name }, expr: `${inADay(of, counted)} / ${inADay(of, all)}` },
      ]),
      {
        alert: "BusinessKpiDrop",
        expr: [
          // Six hours instead of one moment: a gap a week ago must not blind today.
          `1 - ${kpi} / avg_over_time(${kpi}[6h] offset 1w) > ${KPI_DROP}`,
          `and ${events} >= ${ENOUGH_EVENTS}`,
          `and avg_over_time(${events}[6h] offset 1w) >= ${ENOUGH_EVENTS}`,
        ].join(" "),
        for: "15m",
        labels: { severity: "critical", category: "business" },
        annotations: {
          summary: `{{ $labels.kpi }} of {{ $labels.model }} has fallen`,
          description: `{{ $labels.kpi }} of {{ $labels.namespace }}/{{ $labels.model }} is {{ $value | humanizePercentage }} lower than a week ago (limit ${percent(KPI_DROP)}).`,
        },
      },
      {
        alert: "BusinessKpiMissing",
        expr: `mlops_model_info{${of}, kpi!=""} unless on (${MODEL}, kpi) ${kpi}`,
        for: "6h",
        labels: { severity: "warning", category: "business" },
        annotations: {
          summary: `{{ $labels.kpi }} of {{ $labels.model }} is not measured`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} names {{ $labels.kpi }} as its indicator, and no events have arrived for 6 hours.`,
        },
      },
    ],
  };
}

function inADay(of: string, event: string): string {
  return `sum by (${MODEL}) (increase(mlops_business_events_total{${of}, event="${event}"}[1d]))`;
}

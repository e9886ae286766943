import { exactly } from "../../promql.ts";
import { total } from "./gateway-adapter.ts";
import { KPIS } from "./kpis.ts";
import { MODEL, type MonitoredModel, percent, selectorOf } from "./model.ts";
import type { Rule, RuleGroup } from "./rule.ts";

/** Fall of an indicator against the week before, as a share of what it was, from which on it is an alert. */
export const KPI_DROP = 0.15;

/** Fewer events a day, and chance alone moves an indicator of some percent by the limit. */
const ENOUGH_EVENTS = 1_000;

/** Business indicators of a model against the same time last week. */
export function business(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  const kpi = `mlops:business_kpi:avg1d{${of}}`;
  const events = `mlops:business_kpi_samples:sum1d{${of}}`;
  const asked = `mlops_model_info{${of}, kpi!=""}`;
  return {
    name: "millrace-business",
    interval: "1m",
    rules: [
      ...Object.entries(KPIS).flatMap(([name, { of: all, counted }]): Rule[] => [
        { record: "mlops:business_kpi_samples:sum1d", labels: { kpi: name }, expr: within("1d", of, all) },
        { record: "mlops:business_kpi_samples:sum2h", labels: { kpi: name }, expr: within("2h", of, all) },
        {
          record: "mlops:business_kpi:avg1d",
          labels: { kpi: name },
          // An application that has counted none since its start shows no series of the event: while people look, no click is a zero.
          expr: `(${within("1d", of, counted)} or 0 * ${within("1d", of, all)}) / (${within("1d", of, all)} > 0)`,
        },
      ]),
      {
        alert: "BusinessKpiDrop",
        expr: [
          // Six hours instead of one moment: a gap a week ago must not blind today.
          `${exactly(`1 - ${kpi} / avg_over_time(${kpi}[6h] offset 1w)`)} >= ${KPI_DROP}`,
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
        // A day without events ends the indicator; hours without, while the model answers, mean that nobody counts them.
        expr: [
          `${asked} unless on (${MODEL}, kpi) ${kpi}`,
          `or ${asked} and on (${MODEL}) ${total(model, "requests")} > 0 unless on (${MODEL}, kpi) mlops:business_kpi_samples:sum2h{${of}} > 0`,
        ].join(" "),
        for: "6h",
        labels: { severity: "warning", category: "business" },
        annotations: {
          summary: `{{ $labels.kpi }} of {{ $labels.model }} is not measured`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} names {{ $labels.kpi }} as its indicator, and no events have arrived for 6 hours.`,
        },
      },
      {
        alert: "BusinessEventsTooFew",
        expr: `(${events} > 0) < ${ENOUGH_EVENTS} and on (${MODEL}, kpi) ${asked}`,
        for: "1d",
        labels: { severity: "warning", category: "business" },
        annotations: {
          summary: `Too few events to judge {{ $labels.kpi }} of {{ $labels.model }}`,
          description: `{{ $labels.kpi }} of {{ $labels.namespace }}/{{ $labels.model }} had {{ $value | humanize }} events in a day; below ${ENOUGH_EVENTS} a fall is no verdict, and no alert.`,
        },
      },
    ],
  };
}

function within(time: string, of: string, event: string): string {
  return `sum by (${MODEL}) (increase(mlops_business_events_total{${of}, event="${event}"}[${time}]))`;
}

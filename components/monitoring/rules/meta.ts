import { latest } from "../../promql.ts";
import { gatewayAdapter, total } from "./gateway-adapter.ts";
import { MODEL, type MonitoredModel, selectorOf } from "./model.ts";
import type { RuleGroup } from "./rule.ts";

/** History without which two weeks cannot be compared, and the age at which Prometheus should have it, days. */
const HISTORY_DAYS = { least: 9, dueAfter: 10 } as const;

const SHORT = `time() - prometheus_tsdb_lowest_timestamp_seconds < ${HISTORY_DAYS.least} * 86400`;

/** Series of one job above which a label must have values without end. */
const MOST_SERIES = 200_000;

/** The numbers of a model that must arrive: a rule without data is silent, and so is a healthy model. */
export function modelMeta(model: MonitoredModel): RuleGroup {
  const of = selectorOf(model);
  return {
    name: "millrace-model-meta",
    rules: [
      {
        alert: "ServingMetricsMissing",
        expr: `mlops_model_info{${of}} unless on (${MODEL}) mlops:serving_requests:rate2m{${of}}`,
        for: "30m",
        labels: { severity: "warning", category: "monitoring" },
        annotations: {
          summary: `The gateway counts nothing for {{ $labels.model }}`,
          description: `{{ $labels.namespace }}/{{ $labels.model }} is declared and the gateway has no counters of it: its latency and error alerts are blind.`,
        },
      },
      {
        alert: "LatencyBucketMissing",
        expr: `${total(model, "timed")} > 0 unless on (${MODEL}) mlops:serving_within_target:rate2m{${of}}`,
        for: "15m",
        labels: { severity: "warning", category: "monitoring" },
        annotations: {
          summary: `The latency of {{ $labels.model }} cannot be judged`,
          description: `The gateway's histogram has no bound at ${model.limits.latencyTargetMs} ms, the target of {{ $labels.namespace }}/{{ $labels.model }}.`,
        },
      },
    ],
  };
}

/** Monitoring watches itself. */
export const meta: RuleGroup = {
  name: "millrace-meta",
  rules: [
    {
      alert: "HistoryTooShort",
      // A Prometheus that is older and remembers less has lost its disk or its retention. Its StatefulSet is older than its last restart.
      expr: [
        `max by (namespace, pod) (${SHORT} and on (job, instance) time() - process_start_time_seconds > ${HISTORY_DAYS.dueAfter} * 86400`,
        `or ${SHORT} and on () time() - max(${latest(`kube_statefulset_created{namespace="monitoring", statefulset=~"prometheus-.+"}`)}) > ${HISTORY_DAYS.dueAfter} * 86400)`,
      ].join(" "),
      for: "1h",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "Prometheus forgets too early to compare weeks",
        description: "{{ $labels.pod }} remembers {{ $value | humanizeDuration }}; alerts on last week's values are blind.",
      },
    },
    {
      alert: "BatchPushFailing",
      expr: `max without (pod) (${latest("push_failure_time_seconds")}) > max without (pod) (${latest("push_time_seconds")})`,
      for: "5m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "The push gateway refuses metrics of {{ $labels.job }}",
        description: "The last push of {{ $labels.job }} contradicts metrics that are there already and was refused.",
      },
    },
    {
      alert: "SeriesExplosion",
      expr: `sum by (job) (max_over_time(scrape_samples_post_metric_relabeling[2m])) > ${MOST_SERIES}`,
      for: "15m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "{{ $labels.job }} exposes too many series",
        description: "{{ $labels.job }} exposes {{ $value | humanize }} series: a label has values without end.",
      },
    },
  ],
};

/** Comes with Prometheus and not with the other rules: it fires when those are not there. */
export const rulesPresent: RuleGroup = {
  name: "millrace-rules-present",
  rules: [
    {
      alert: "RulesNotLoaded",
      expr: `absent(prometheus_rule_group_rules{rule_group=~".*;${gatewayAdapter.name}"})`,
      for: "10m",
      labels: { severity: "critical", category: "monitoring" },
      annotations: {
        summary: "No alert about models can fire",
        description: "Prometheus has not loaded the rules that count the requests of models for 10 minutes.",
      },
    },
  ],
};

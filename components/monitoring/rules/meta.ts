import { gatewayAdapter } from "./gateway-adapter.ts";
import { MODEL, type RuleGroup } from "./rule.ts";

/** Monitoring watches itself: a rule without data is silent, and so is a healthy one. */
export const meta: RuleGroup = {
  name: "millrace-meta",
  rules: [
    {
      alert: "ServingMetricsMissing",
      expr: `mlops_model_info unless on (${MODEL}) mlops:serving_requests:rate2m`,
      for: "30m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: `The gateway counts nothing for {{ $labels.model }}`,
        description: `{{ $labels.namespace }}/{{ $labels.model }} is declared and the gateway has no counters of it: its latency and error alerts are blind.`,
      },
    },
    {
      alert: "LatencyBucketMissing",
      expr: `sum by (${MODEL}) (mlops:serving_timed:rate2m) > 0 unless on (${MODEL}) mlops:serving_within_target:rate2m`,
      for: "15m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: `The latency of {{ $labels.model }} cannot be judged`,
        description: `The gateway's histogram has no bound at the target for {{ $labels.namespace }}/{{ $labels.model }}.`,
      },
    },
    {
      alert: "HistoryTooShort",
      // A Prometheus older than ten days that remembers less than nine has lost its disk or its retention.
      expr: "time() - prometheus_tsdb_lowest_timestamp_seconds < 9 * 86400 and on (job, instance) time() - process_start_time_seconds > 10 * 86400",
      for: "1h",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "Prometheus forgets too early to compare weeks",
        description: "{{ $labels.instance }} remembers {{ $value | humanizeDuration }}; alerts on last week's values are blind.",
      },
    },
    {
      alert: "BatchPushFailing",
      expr: "push_failure_time_seconds > push_time_seconds",
      for: "5m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "The push gateway refuses metrics of {{ $labels.job }}",
        description: "The last push of {{ $labels.job }} contradicts metrics that are there already and was refused.",
      },
    },
    {
      alert: "SeriesExplosion",
      expr: "sum by (job) (scrape_samples_post_metric_relabeling) > 200000",
      for: "15m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: "{{ $labels.job }} exposes too many series",
        description: "{{ $labels.job }} exposes {{ $value | humanize }} series: a label has values without end.",
      },
    },
  ],
};

/** Comes with Prometheus and not with the other rules: it tells when those are not there. */
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
        description: "Prometheus has not loaded the rules about models for 10 minutes.",
      },
    },
  ],
};

import { exactly, latest } from "../../promql.ts";
import { share, total } from "./gateway-adapter.ts";
import { MODEL, type MonitoredModel, percent, podsOf, selectorOf } from "./model.ts";
import type { AlertRule, RuleGroup } from "./rule.ts";

/** About one request a minute: of a model that had this many, none in a quarter of an hour is no chance. */
const SOME_REQUESTS = 0.02;

/** Errors wake somebody at this multiple of the share at which they are a warning, and at the latest when every second answer fails. */
const CRITICAL_ERRORS = { factor: 5, latest: 0.5 } as const;

/** Share of a container's memory limit above which it is about to be killed. */
const MEMORY_NEARLY_FULL = 0.9;

/** Shares of errors at which the alert is a warning and at which it is critical. */
export function errorLimits({ limits: { maxErrorShare } }: MonitoredModel): { warning: number; critical: number } {
  const { factor, latest } = CRITICAL_ERRORS;
  const critical = Math.max(maxErrorShare, Math.min(factor * maxErrorShare, latest));
  return { warning: maxErrorShare, critical: Number(critical.toPrecision(12)) };
}

/** Latency, errors, traffic and resources of a served model, by its own limits. */
export function serving(model: MonitoredModel): RuleGroup {
  return {
    name: "millrace-serving",
    // As often as the shares are recorded: "for 5 minutes" is as exact as this.
    interval: "15s",
    rules: [latencyHigh(model), ...errorRateHigh(model), trafficLost(model), memoryHigh(model), replicasExhausted(model)],
  };
}

function latencyHigh(model: MonitoredModel): AlertRule {
  const { latencyTargetMs, maxSlowShare } = model.limits;
  return {
    alert: "ModelLatencyHigh",
    expr: `${share(model, "slow")} > ${maxSlowShare}`,
    for: "5m",
    keep_firing_for: "5m",
    labels: { severity: "critical", category: "infrastructure" },
    annotations: {
      summary: `{{ $labels.model }} answers slower than ${latencyTargetMs} ms`,
      description: `{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }}/{{ $labels.model }} took longer than ${latencyTargetMs} ms for 5 minutes (limit ${percent(maxSlowShare)}).`,
    },
  };
}

function errorRateHigh(model: MonitoredModel): AlertRule[] {
  const limits = errorLimits(model);
  return (["warning", "critical"] as const).map((severity) => ({
    alert: "ModelErrorRateHigh",
    expr: `${share(model, "errors")} > ${limits[severity]}`,
    for: "5m",
    keep_firing_for: "5m",
    labels: { severity, category: "infrastructure" },
    annotations: {
      summary: `{{ $labels.model }} answers with errors`,
      description: `{{ $value | humanizePercentage }} of the answers of {{ $labels.namespace }}/{{ $labels.model }} were server errors for 5 minutes (limit ${percent(limits[severity])}).`,
    },
  }));
}

function trafficLost(model: MonitoredModel): AlertRule {
  const requests = `mlops:serving_requests:rate2m{${selectorOf(model)}}`;
  return {
    alert: "ModelTrafficLost",
    expr: `sum by (${MODEL}) (avg_over_time(${requests}[1h] offset 1d)) > ${SOME_REQUESTS} unless on (${MODEL}) ${total(model, "requests")} > 0`,
    for: "15m",
    labels: { severity: "critical", category: "infrastructure" },
    annotations: {
      summary: `{{ $labels.model }} gets no requests`,
      description: `{{ $labels.namespace }}/{{ $labels.model }} had {{ $value | humanize }} requests a second at this time yesterday and has had none for 15 minutes.`,
    },
  };
}

function memoryHigh(model: MonitoredModel): AlertRule {
  const used = `container_memory_working_set_bytes{${podsOf(model)}, container!=""}`;
  const limit = `kube_pod_container_resource_limits{${podsOf(model)}, resource="memory"}`;
  const perContainer = (series: string) => `max by (namespace, pod, container) (${latest(series)})`;
  return {
    alert: "ModelMemoryHigh",
    expr: `${exactly(`${perContainer(used)} / ${perContainer(limit)}`)} > ${MEMORY_NEARLY_FULL}`,
    for: "15m",
    labels: { severity: "warning", category: "infrastructure", model: model.name },
    annotations: {
      summary: `{{ $labels.pod }} is about to run out of memory`,
      description: `Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit.`,
    },
  };
}

function replicasExhausted({ name, namespace }: MonitoredModel): AlertRule {
  const replicas = (series: string) =>
    `max by (namespace, horizontalpodautoscaler) (${latest(`kube_horizontalpodautoscaler_${series}{namespace="${namespace}", horizontalpodautoscaler="${name}"}`)})`;
  return {
    alert: "ModelReplicasExhausted",
    // A model of a fixed size is at its maximum for ever, and nobody wants it to grow.
    expr: `(${replicas("status_current_replicas")} >= ${replicas("spec_max_replicas")}) unless (${replicas("spec_max_replicas")} <= ${replicas("spec_min_replicas")})`,
    for: "15m",
    labels: { severity: "warning", category: "infrastructure", model: name },
    annotations: {
      summary: `{{ $labels.horizontalpodautoscaler }} cannot grow any more`,
      description: `The autoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has been at its maximum of {{ $value }} replicas for 15 minutes.`,
    },
  };
}

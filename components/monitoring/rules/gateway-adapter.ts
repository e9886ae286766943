import { LATENCY_TARGET_MS } from "../../mesh/gateway-telemetry.ts";
import type { RuleGroup } from "./rule.ts";

/**
 * How the gateway's Envoy names the Services of a model. Character classes instead of backslashes: the text passes through PromQL,
 * YAML and JSON. No negated class: Prometheus would try every character there is, in each evaluation (measured: ten times slower).
 */
const SERVICE = "outbound[|][0-9]+[|][|](.+)-(stable|canary)[.]([a-z0-9-]+)[.]svc[.]cluster[.]local";
const OF_MODELS = `cluster_name=~"${SERVICE}"`;

/**
 * Turns what the ingress gateway counts into the series that all alerts and dashboards read: requests a second by model, namespace
 * and role (`stable` or `canary`). Another way of serving needs another adapter, and nothing else.
 *
 * Only series with a code class are read: Envoy may tell every answer twice under one name, by class and by code.
 */
export const gatewayAdapter: RuleGroup = {
  name: "millrace-gateway-adapter",
  interval: "15s",
  rules: [
    {
      record: "mlops:serving_requests:rate2m",
      expr: byModel(`envoy_cluster_upstream_rq{${OF_MODELS}, response_code_class!=""}`),
    },
    {
      record: "mlops:serving_errors:rate2m",
      // The series of a class exists from its first answer on: no errors is a zero, not a gap.
      expr: `${byModel(`envoy_cluster_upstream_rq{${OF_MODELS}, response_code_class="5xx"}`)} or on (namespace, model, role) 0 * mlops:serving_requests:rate2m`,
    },
    {
      record: "mlops:serving_within_target:rate2m",
      // Prometheus 3 writes whole bounds with a decimal.
      expr: byModel(`envoy_cluster_upstream_rq_time_bucket{${OF_MODELS}, le=~"${LATENCY_TARGET_MS}([.]0)?"}`),
    },
    { record: "mlops:serving_timed:rate2m", expr: byModel(`envoy_cluster_upstream_rq_time_count{${OF_MODELS}}`) },
  ],
};

/** Labels cut out of the Service's name; they replace those of the gateway's own pod. */
function byModel(series: string): string {
  const label = (inner: string, name: string, part: number) =>
    `label_replace(${inner}, "${name}", "$${part}", "cluster_name", "${SERVICE}")`;
  const perService = `sum by (cluster_name) (rate(${series}[2m]))`;
  return `sum by (namespace, model, role) (${label(label(label(perService, "model", 1), "role", 2), "namespace", 3)})`;
}

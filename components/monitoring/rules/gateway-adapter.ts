import { exactly } from "../../promql.ts";
import { SERVICE_PORTS } from "../../serving/names.ts";
import { MODEL, type MonitoredModel, selectorOf } from "./model.ts";
import type { RuleGroup } from "./rule.ts";

/**
 * How the gateway's Envoy names the Services of a model. Character classes instead of backslashes: the text passes through PromQL,
 * YAML and JSON. No negated class: Prometheus would try every character there is, in each evaluation (measured: ten times slower).
 */
const SERVICE = "outbound[|][0-9]+[|][|](.+)-(stable|canary)[.]([a-z0-9-]+)[.]svc[.]cluster[.]local";
const OF_MODELS = `cluster_name=~"${SERVICE}"`;

/** Label matcher for both Services of one model. Without any open part, so that Prometheus looks up four names and searches none. */
export const servicesOf = ({ name, namespace }: Pick<MonitoredModel, "name" | "namespace">): string =>
  `cluster_name=~"outbound[|](${Object.values(SERVICE_PORTS).join("|")})[|][|]${name}-(stable|canary)[.]${namespace}[.]svc[.]cluster[.]local"`;

/**
 * Window of the shares that alerts judge, about five scrapes of the gateway. A window goes on for its own length after the fault is over:
 * with two minutes, four slow minutes would pass for five.
 */
const VERDICT_WINDOW = "75s";

/**
 * Turns what the ingress gateway counts into series that alerts and dashboards read: requests and errors a second by model, namespace
 * and role (`stable` or `canary`). Another way of serving needs another adapter, and nothing else.
 *
 * Only series with a code class are read: Envoy may report each answer twice under one name, by class and by code.
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
  ],
};

/**
 * The part of the adapter that belongs to one model: requests a second within its latency target, and all that were timed; and the shares
 * of slow answers and of errors that its alerts judge, which exist only while there are answers.
 * What is divided stands in one group: evaluated at different moments the quotient would be wrong while traffic grows.
 */
export const latencyAdapter = (model: MonitoredModel): RuleGroup => ({
  name: "millrace-latency-adapter",
  interval: "15s",
  rules: [
    {
      record: "mlops:serving_within_target:rate2m",
      expr: byModel(withinTarget(model)),
    },
    { record: "mlops:serving_timed:rate2m", expr: byModel(`envoy_cluster_upstream_rq_time_count{${servicesOf(model)}}`) },
    {
      record: "mlops:serving_slow:ratio75s",
      expr: exactly(
        `1 - ${lately(withinTarget(model))} / (${lately(`envoy_cluster_upstream_rq_time_count{${servicesOf(model)}}`)} > 0)`,
      ),
      labels: { namespace: model.namespace, model: model.name },
    },
    {
      record: "mlops:serving_errors:ratio75s",
      expr: exactly(`(${lately(answers(model, '="5xx"'))} or vector(0)) / (${lately(answers(model, '!=""'))} > 0)`),
      labels: { namespace: model.namespace, model: model.name },
    },
  ],
});

/** A share that alerts judge, of all roles of a model together. */
export const share = (model: MonitoredModel, of: "slow" | "errors"): string =>
  `mlops:serving_${of}:ratio75s{${selectorOf(model)}}`;

// Prometheus 3 writes whole bounds with a decimal.
const withinTarget = (model: MonitoredModel): string =>
  `envoy_cluster_upstream_rq_time_bucket{${servicesOf(model)}, le=~"${model.limits.latencyTargetMs}([.]0)?"}`;

const answers = (model: MonitoredModel, codeClass: string): string =>
  `envoy_cluster_upstream_rq{${servicesOf(model)}, response_code_class${codeClass}}`;

const lately = (series: string): string => `sum(rate(${series}[${VERDICT_WINDOW}]))`;

/** A recorded series of a model, summed over its roles. */
export const total = (model: MonitoredModel, series: "requests" | "timed"): string =>
  `sum by (${MODEL}) (mlops:serving_${series}:rate2m{${selectorOf(model)}})`;

/** Labels cut out of the Service's name; they replace those of the gateway's own pod. */
function byModel(series: string): string {
  const label = (inner: string, name: string, part: number) =>
    `label_replace(${inner}, "${name}", "$${part}", "cluster_name", "${SERVICE}")`;
  const perService = `sum by (cluster_name) (rate(${series}[2m]))`;
  return `sum by (namespace, model, role) (${label(label(label(perService, "model", 1), "role", 2), "namespace", 3)})`;
}

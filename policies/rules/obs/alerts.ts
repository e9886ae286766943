import { chartOf, isChart } from "../../kubernetes/charts.ts";
import { matches } from "../../promql/matchers.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { selectorsIn } from "../../promql/syntax.ts";
import { bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isOpen, recordsOf, senseless } from "./expressions.ts";

export const PROMETHEUS_RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule";

/** Severities that reach a person; the others are for dashboards. */
const CALLING = ["critical", "warning"];

/** An alert that calls somebody. */
export interface Alert {
  resource: Resource;
  name: string;
  expr: string;
}

/** Whether a chart is kube-prometheus-stack, from whichever repository. */
export const isPrometheusStack = (resource: Resource): boolean =>
  isChart(resource) && chartOf(resource) === "kube-prometheus-stack";

/** Alerts of a stack that call somebody, those in the values of kube-prometheus-stack too. One that cannot fire in time calls nobody. */
export const alertsAmong = (resources: readonly Resource[]): Alert[] =>
  resources.flatMap((resource) => {
    const groups = groupsOf(resource);
    const records = recordsOf(groups);
    return groups
      .flatMap((group) => bags(group, "rules"))
      .filter((each) => isSet(each, "alert") && CALLING.includes(text(each, "labels", "severity") ?? ""))
      .map((each) => ({ resource, name: text(each, "alert") ?? "", expr: text(each, "expr") ?? "" }))
      .filter(({ name, expr }) => isOpen(expr) || senseless(name, expr, records) === undefined);
  });

/** Series that the stack with the monitoring records for all others. */
export const SHARED_RECORDS = ["mlops:serving_requests:rate2m", "mlops:serving_errors:rate2m"];

/** Names of the series that an expression reads. */
export function seriesIn(expr: string): string[] {
  const expression = parsedQuery(expr);
  return expression === undefined ? [] : selectorsIn(expression).map(({ name }) => name);
}

/** Whether nothing records a series of this project that an alert reads: then it has no values. */
export function readsNothing({ expr }: Alert, resources: readonly Resource[]): boolean {
  const own = seriesIn(expr).filter((name) => name.startsWith("mlops:") && !SHARED_RECORDS.includes(name));
  const recorded = resources.flatMap((each) => (own.length === 0 ? [] : [...recordsOf(groupsOf(each)).keys()]));
  return own.some((name) => !recorded.includes(name));
}

function groupsOf(resource: Resource): ReturnType<typeof bags> {
  const { type, inputs } = resource;
  if (type === PROMETHEUS_RULE) {
    return bags(inputs, "spec", "groups");
  }
  const added = isPrometheusStack(resource) ? bag(inputs, "values", "additionalPrometheusRulesMap") : {};
  return Object.keys(added).flatMap((key) => bags(added, key, "groups"));
}

const MATCHER = /(?<![\w.])(\w+)\s*(=~|!~|!=|=)\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)/g;

/** Whether every matcher of an expression for some labels accepts their values. Series without such a matcher are of all. */
export const isAbout = (expr: string, labels: Readonly<Record<string, string>>): boolean =>
  [...expr.matchAll(MATCHER)].every(([, label = "", operator = "", quoted = ""]) => {
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
    return value === undefined || accepts(operator, quoted.slice(1, -1), value);
  });

function accepts(operator: string, written: string, value: string): boolean {
  const equal = operator.includes("~") ? matches(written, value) : written === value;
  return operator.startsWith("!") ? !equal : equal;
}

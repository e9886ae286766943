import { chartOf, isChart } from "../../kubernetes/charts.ts";
import { PROMETHEUS_RULE } from "../../kubernetes/types.ts";
import { once } from "../../once.ts";
import { chooses } from "../../promql/matchers.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { type Matcher, selectorsIn } from "../../promql/syntax.ts";
import { bag, bags, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { isOpen, recordsOf, senseless } from "./expressions.ts";

/** Severities that reach a person; the others are for dashboards. */
const CALLING = ["critical", "warning"];

/** An alert that calls somebody. */
export interface Alert {
  resource: Resource;
  name: string;
  severity: string;
  expr: string;
  /** What its expression asks of labels. */
  matchers: readonly Matcher[];
}

/** Whether a chart is kube-prometheus-stack, from whichever repository. */
export const isPrometheusStack = (resource: Resource): boolean =>
  isChart(resource) && chartOf(resource) === "kube-prometheus-stack";

/** Alerts of a stack that call somebody, those in the values of kube-prometheus-stack too. One that cannot fire in time calls nobody. */
export const alertsAmong = once((resources: readonly Resource[]): readonly Alert[] =>
  resources.flatMap((resource) => {
    const groups = groupsOf(resource);
    const records = recordsOf(groups);
    return groups
      .flatMap((group) => bags(group, "rules"))
      .filter((each) => isSet(each, "alert"))
      .map((each) => {
        const [name, severity, expr] = [text(each, "alert"), text(each, "labels", "severity"), text(each, "expr")];
        return { resource, name: name ?? "", severity: severity ?? "", expr: expr ?? "" };
      })
      .filter(({ severity }) => CALLING.includes(severity))
      .filter(({ name, expr }) => isOpen(expr) || senseless(name, expr, records) === undefined)
      .map((each) => ({ ...each, matchers: selectors(each.expr).flatMap(({ matchers }) => matchers) }));
  }),
);

/** Series that the stack with the monitoring records for all others. */
export const SHARED_RECORDS = ["mlops:serving_requests:rate2m", "mlops:serving_errors:rate2m"];

/** Names of the series that an expression reads. */
export const seriesIn = (expr: string): string[] => selectors(expr).map(({ name }) => name);

function selectors(expr: string): ReturnType<typeof selectorsIn> {
  const expression = parsedQuery(expr);
  return expression === undefined ? [] : selectorsIn(expression);
}

const recordedAmong = once(
  (resources: readonly Resource[]): ReadonlySet<string> =>
    new Set(resources.flatMap((each) => [...recordsOf(groupsOf(each)).keys()])),
);

/** Whether nothing records a series of this project that an alert reads: then it has no values. */
export function readsNothing({ expr }: Alert, resources: readonly Resource[]): boolean {
  const own = seriesIn(expr).filter((name) => name.startsWith("mlops:") && !SHARED_RECORDS.includes(name));
  return own.some((name) => !recordedAmong(resources).has(name));
}

function groupsOf(resource: Resource): ReturnType<typeof bags> {
  const { type, inputs } = resource;
  if (type === PROMETHEUS_RULE) {
    return bags(inputs, "spec", "groups");
  }
  const added = isPrometheusStack(resource) ? bag(inputs, "values", "additionalPrometheusRulesMap") : {};
  return Object.keys(added).flatMap((key) => bags(added, key, "groups"));
}

/** Whether every matcher of an alert for some labels accepts their values. Series without such a matcher are of all. */
export const isAbout = ({ matchers }: Alert, labels: Readonly<Record<string, string>>): boolean =>
  matchers.every((each) => {
    const value = Object.hasOwn(labels, each.label) ? labels[each.label] : undefined;
    return value === undefined || chooses(each, value);
  });

import { fits, labelsOf, namespaceOf } from "../../kubernetes/objects.ts";
import { SERVICE } from "../../kubernetes/types.ts";
import { podsOf } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, flag, hasKey, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";

export const POD_MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor";
export const SERVICE_MONITOR = "kubernetes:monitoring.coreos.com/v1:ServiceMonitor";
export const MONITORS: readonly string[] = [POD_MONITOR, SERVICE_MONITOR];

/** Something that a monitor reads, and where it was written. */
export interface Endpoint {
  path: string;
  endpoint: Bag;
}

export function endpointsOf({ type, inputs }: Resource): Endpoint[] {
  const field = type === POD_MONITOR ? "podMetricsEndpoints" : "endpoints";
  return bags(inputs, "spec", field).map((endpoint, index) => ({ path: `spec.${field}[${index}]`, endpoint }));
}

/** Whether a monitor looks at a namespace; without a selector it looks at its own. */
export function looksAt(monitor: Resource, namespace: string): boolean {
  const { inputs } = monitor;
  const named = texts(inputs, "spec", "namespaceSelector", "matchNames");
  return (
    flag(inputs, "spec", "namespaceSelector", "any") === true ||
    (named.length === 0 ? namespaceOf(monitor) === namespace : named.includes(namespace))
  );
}

/** Whether the selector of a monitor fits some labels. */
export const isChosen = ({ inputs }: Resource, labels: Bag): boolean => selects(bag(inputs, "spec", "selector"), labels);

/** Whether a selector fits some labels. */
export const selects = (selector: Bag, labels: Bag): boolean =>
  fits(bag(selector, "matchLabels"), labels) && bags(selector, "matchExpressions").every((each) => isExpected(each, labels));

function isExpected(expression: Bag, labels: Bag): boolean {
  const key = text(expression, "key") ?? "";
  const isListed = texts(expression, "values").includes(text(labels, key) ?? "");
  switch (text(expression, "operator")) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return hasKey(labels, key);
    default:
      return !hasKey(labels, key);
  }
}

/** Services of a stack that a ServiceMonitor selects. */
export const servicesOf = (monitor: Resource, resources: readonly Resource[]): Resource[] =>
  resources.filter((each) => each.type === SERVICE && looksAt(monitor, namespaceOf(each)) && isChosen(monitor, labelsOf(each)));

/** Whether a monitor reads the pods of a workload, itself or by a Service. */
export function measures(monitor: Resource, workload: Resource, resources: readonly Resource[]): boolean {
  const namespace = namespaceOf(workload);
  const labels = podsOf(workload).map(({ metadata }) => bag(metadata, "labels"));
  if (endpointsOf(monitor).length === 0) {
    return false;
  }
  return monitor.type === POD_MONITOR
    ? looksAt(monitor, namespace) && labels.some((each) => isChosen(monitor, each))
    : servicesOf(monitor, resources).some(
        (service) =>
          namespaceOf(service) === namespace && labels.some((each) => fits(bag(service.inputs, "spec", "selector"), each)),
      );
}

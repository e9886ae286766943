import { type Bag, bag } from "../read.ts";
import type { Resource } from "../resource.ts";
import { isChart } from "./charts.ts";
import { fits, namespaceOf } from "./objects.ts";
import { podsOf, WORKLOADS } from "./workloads.ts";

/**
 * Whether labels select no pod of a namespace, as far as a stack tells. A stack that installs a chart there, or that makes no pod there,
 * tells nothing.
 */
export function selectsNobody(matchLabels: Bag, namespace: string, resources: readonly Resource[]): boolean {
  const charted = resources.some((each) => isChart(each) && (each.inputs["namespace"] ?? namespace) === namespace);
  const pods = charted
    ? []
    : resources.filter((each) => WORKLOADS.includes(each.type) && namespaceOf(each) === namespace).flatMap(podsOf);
  return pods.length > 0 && !pods.some(({ metadata }) => fits(matchLabels, bag(metadata, "labels")));
}

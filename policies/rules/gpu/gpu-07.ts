import { type Fault, ofEach } from "../../findings.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { type Bag, bags, isSet, shown, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { isGpuPool, queuedPools } from "./pools.ts";

/**
 * Measured with Karpenter 1.14.1: its default budget of 10 % removed four empty nodes one by one, which cost 392 GPU seconds instead of 219.
 * A node that is replaced under a job costs all that the job has computed since its last checkpoint.
 */
export const GPU_07 = stackRule({
  id: "GPU-07",
  title: "Empty GPU nodes may all be removed at once; training nodes are never replaced, and serving nodes only one at a time",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    'Set `spec.disruption.budgets` to `[{nodes: "100%", reasons: ["Empty"]}, {nodes: "0", reasons: ["Drifted", "Underutilized"]}]`. A pool without a queue may replace one drifted node at a time.',
  types: [NODE_POOL],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => type === NODE_POOL),
      (pool) => (isGpuPool(pool) ? budgetFaults(pool, () => queuedPools(resources).includes(pool)) : []),
    ),
});

const BUDGETS = "spec.disruption.budgets";

/** Karpenter's default, for a pool without budgets. */
const DEFAULT_BUDGETS: readonly Bag[] = [{ nodes: "10%" }];

function budgetFaults(resource: Resource, isQueued: () => boolean): Fault[] {
  const path = BUDGETS.split(".");
  const budgets = isSet(resource.inputs, ...path) ? bags(resource.inputs, ...path) : DEFAULT_BUDGETS;
  // A budget with a schedule applies only at some hours, and each budget only lowers the number of nodes that may go.
  const always = (reason: string): string[] =>
    budgets
      .filter((each) => !isSet(each, "schedule") && (!isSet(each, "reasons") || texts(each, "reasons").includes(reason)))
      .map((each) => shown(each["nodes"]));
  const fault = (reason: string, want: string): Fault => ({
    resource,
    property: BUDGETS,
    got:
      always(reason)
        .map((nodes) => `${reason} ${nodes}`)
        .join(", ") || `${reason} without a budget`,
    want,
  });
  const oneOf = (reason: string, values: readonly string[]): Fault[] =>
    always(reason).some((nodes) => values.includes(nodes)) ? [] : [fault(reason, `'${values.join("' or '")}' for ${reason}`)];
  return [
    ...(always("Empty").every((nodes) => nodes === "100%") ? [] : [fault("Empty", "'100%' for Empty")]),
    ...oneOf("Drifted", isQueued() ? ["0", "0%"] : ["0", "0%", "1"]),
    ...oneOf("Underutilized", ["0", "0%"]),
  ];
}

import type { Resource } from "../resource.ts";
import { type Fault, levels, stackRule } from "../rule.ts";
import { secondsOf } from "./duration.ts";
import { isGpuPool, NODE_POOL, queuedPools } from "./gpu-pools.ts";
import { isTraining, jobSpecs } from "./gpu-requests.ts";

/**
 * Measured with Karpenter 1.14.1: its default budget of 10 % took four empty nodes away one by one, 392 GPU seconds instead of 219.
 * A node that is replaced under a job costs all that the job has computed since its last checkpoint.
 */
export const disruptionBudgets = stackRule({
  id: "GPU-07",
  title: "Empty GPU nodes may all go at once; a node on which a job trains is never replaced, one that serves alone",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    'Set `spec.disruption.budgets` to `[{nodes: "100%", reasons: ["Empty"]}, {nodes: "0", reasons: ["Drifted", "Underutilized"]}]`; a pool that no queue hands out may replace one drifted node at a time.',
  relate: (resources) => {
    const queued = queuedPools(resources);
    return resources
      .filter((each) => each.type === NODE_POOL && isGpuPool(each))
      .flatMap((pool) => budgetFaults(pool, queued.includes(pool)));
  },
});

interface Budget {
  nodes: string;
  reasons?: string[];
  schedule?: string;
}

function budgetFaults(resource: Resource, queued: boolean): Fault[] {
  const property = "spec.disruption.budgets";
  // Karpenter's default.
  const budgets: Budget[] = resource.inputs.spec.disruption?.budgets ?? [{ nodes: "10%" }];
  // One with a schedule binds at some hours only, and every one that binds takes nodes away: a freeze loosens nothing.
  const always = (reason: string) =>
    budgets.filter(({ reasons, schedule }) => schedule === undefined && (reasons ?? [reason]).includes(reason));
  const fault = (reason: string, want: string): Fault => ({
    resource,
    property,
    got:
      always(reason)
        .map(({ nodes }) => `${reason} ${nodes}`)
        .join(", ") || `${reason} without a budget`,
    want,
  });
  const atMost = (reason: string, values: readonly string[]): Fault[] =>
    always(reason).some(({ nodes }) => values.includes(String(nodes)))
      ? []
      : [fault(reason, `'${values.join("' or '")}' for ${reason}`)];
  return [
    ...(always("Empty").every(({ nodes }) => nodes === "100%") ? [] : [fault("Empty", "'100%' for Empty")]),
    ...atMost("Drifted", queued ? ["0", "0%"] : ["0", "0%", "1"]),
    ...atMost("Underutilized", ["0", "0%"]),
  ];
}

interface LongestJob {
  /** Longest time that a training job may take, hours. */
  hours: number;
}

/**
 * Measured with Karpenter 1.14.1: at `expireAfter` a node's pods are left alone until the grace period runs out, then stopped whatever
 * they ask for, `do-not-disrupt` included. Without a grace period the node waits for them.
 */
export const graceForJobs = stackRule<LongestJob>({
  id: "GPU-10",
  title: "A node that has reached its age leaves the longest training job time to end",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Raise `spec.template.spec.terminationGracePeriod` of the NodePool to the longest job, or give the job a shorter `activeDeadlineSeconds` and let it go on from its checkpoint.",
  parameters: { dev: { hours: 12 }, staging: { hours: 24 }, prod: { hours: 72 } },
  relate: (resources, { hours }) => [
    ...queuedPools(resources)
      .filter(({ inputs }) => secondsOf(inputs.spec.template.spec.terminationGracePeriod) < hours * 3600)
      .map((resource) => ({
        resource,
        property: "spec.template.spec.terminationGracePeriod",
        got: resource.inputs.spec.template.spec.terminationGracePeriod,
        want: `at least ${hours}h, the longest training job`,
      })),
    ...resources.filter(isTraining).flatMap((resource) =>
      jobSpecs(resource)
        .filter(({ spec }) => spec.activeDeadlineSeconds > hours * 3600)
        .map(({ path, spec }) => ({
          resource,
          property: `${path}.activeDeadlineSeconds`,
          got: String(spec.activeDeadlineSeconds),
          want: `at most ${hours * 3600}, as long as nodes of the environment wait for a job`,
        })),
    ),
  ],
});

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { GPU, LABELS } from "../labels.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import { check } from "../validation.ts";
import { API } from "../versions.ts";
import { COHORT, CPU_FLAVOR } from "./queues.ts";
import { type PoolCapacity, type Quota, shareOf } from "./quota.ts";

export interface TeamQueueArgs {
  /** Name of the team: the value of its namespace's team label and the name of its ClusterQueue. */
  team: string;

  /** The team's namespace; it carries the team label. */
  namespace: pulumi.Input<string>;

  /** Pool that the team trains on. */
  pool: PoolCapacity;

  /** GPUs that the team can always have, taken back from others if need be. Processors and memory follow by the node's proportions. */
  gpus: number;

  /** GPUs that it may have beyond that while other teams leave them idle. @default - all that they leave */
  borrow?: number;
}

/**
 * The name by which Kueue finds the queue of a Job that names none (Kueue documentation, "LocalQueue defaulting"): no job of a team
 * hangs because somebody forgot a label.
 */
export const LOCAL_QUEUE = "default";

/**
 * A team's share of a training pool: its quota, what it may borrow, and the queue in its namespace.
 *
 * @throws {pulumi.ResourceError} when the team's name is not a label, or the GPUs are not whole numbers within the pool.
 */
export class TeamQueue extends Component {
  /** Value of the label `kueue.x-k8s.io/queue-name` for the team's jobs. */
  readonly queue: string = LOCAL_QUEUE;

  constructor(name: string, args: TeamQueueArgs, opts?: ComponentOptions) {
    super("training:TeamQueue", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const share = new k8s.apiextensions.CustomResource(
      `${name}-share`,
      { apiVersion: API.kueue, kind: "ClusterQueue", metadata: { name: args.team }, spec: shareSpec(args) },
      child,
    );
    new k8s.apiextensions.CustomResource(
      name,
      {
        apiVersion: API.kueue,
        kind: "LocalQueue",
        metadata: { name: LOCAL_QUEUE, namespace: args.namespace },
        spec: { clusterQueue: args.team },
      },
      { ...child, dependsOn: share },
    );
    this.registerOutputs({ queue: this.queue });
  }
}

function shareSpec({ team, pool, gpus, borrow }: TeamQueueArgs) {
  const nominal = shareOf(pool, gpus);
  const borrowed = borrow === undefined ? undefined : shareOf(pool, borrow);
  return {
    cohortName: COHORT,
    namespaceSelector: { matchLabels: { [LABELS.team]: team } },
    queueingStrategy: "BestEffortFIFO",
    // Two groups: in one, a job without GPUs would be given the flavor of the GPU nodes for its processors, and with it their nodes.
    resourceGroups: [group(CPU_FLAVOR, ["cpu", "memory"], nominal, borrowed), group(pool.flavor, [GPU], nominal, borrowed)],
    preemption: {
      // What a team lends it gets back at once, from whichever job; inside a team only a higher priority takes.
      reclaimWithinCohort: "Any",
      withinClusterQueue: "LowerPriority",
      borrowWithinCohort: { policy: "Never" },
    },
  };
}

function group(flavor: string, resources: readonly (keyof Quota)[], nominal: Quota, borrowed: Quota | undefined) {
  return {
    coveredResources: [...resources],
    flavors: [
      {
        name: flavor,
        resources: resources.map((name) => ({
          name,
          nominalQuota: nominal[name],
          ...(borrowed && { borrowingLimit: borrowed[name] }),
        })),
      },
    ],
  };
}

function validate({ team, pool, gpus, borrow }: TeamQueueArgs, queue: pulumi.Resource): void {
  check.matches("team", team, DNS_LABEL, DNS_LABEL_RULE, queue);
  check.wholeNumber("gpus", gpus, { min: 0, max: pool.gpus }, queue);
  check.wholeNumber("borrow", borrow, { min: 0, max: pool.gpus - gpus }, queue);
}

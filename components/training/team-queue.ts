import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { GPU, LABELS } from "../labels.ts";
import { anyNumber, fields, input, label, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API } from "../versions.ts";
import { CPU_QUEUE, LOCAL_QUEUE } from "./queue-names.ts";
import { COHORT } from "./queues.ts";
import { cpuShareOf, type PoolCapacity, shareOf } from "./quota.ts";

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

  /** Pool for jobs without GPUs, and the processors that the team can always have there. Memory follows by the node's proportions. */
  cpu: { pool: Pick<PoolCapacity, "flavor" | "cpus" | "memoryGiB">; cpus: number };
}

/**
 * A team's share of the pools for jobs: its quotas, what it may borrow, and its two queues, `default` for jobs with GPUs and `cpu` for
 * jobs without.
 *
 * @throws {pulumi.ResourceError} when the team's name is not a label, the GPUs are not whole numbers within the pool, or the processors are
 *   not a whole number.
 */
export class TeamQueue extends Component {
  static override readonly shape = fields<TeamQueueArgs>({
    team: label,
    namespace: input(text),
    pool: fields<PoolCapacity>({
      flavor: text,
      gpus: wholeNumber({ min: 0 }),
      cpus: wholeNumber({ min: 1 }),
      memoryGiB: wholeNumber({ min: 1 }),
      gpusPerNode: wholeNumber({ min: 1 }),
    }),
    gpus: anyNumber,
    borrow: optional(anyNumber),
    cpu: fields<TeamQueueArgs["cpu"]>({
      pool: fields<TeamQueueArgs["cpu"]["pool"]>({
        flavor: text,
        cpus: wholeNumber({ min: 1 }),
        memoryGiB: wholeNumber({ min: 1 }),
      }),
      cpus: wholeNumber({ min: 0 }),
    }),
  });

  /** Value of the label `kueue.x-k8s.io/queue-name` for the team's jobs. */
  readonly queue: string = LOCAL_QUEUE;

  constructor(name: string, args: TeamQueueArgs, opts?: ComponentOptions) {
    super("training:TeamQueue", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const queue = (role: string, local: string, clusterQueue: string, spec: object) => {
      const share = new k8s.apiextensions.CustomResource(
        `${role}-share`,
        { apiVersion: API.kueue, kind: "ClusterQueue", metadata: { name: clusterQueue }, spec },
        child,
      );
      const metadata = { name: local, namespace: args.namespace };
      new k8s.apiextensions.CustomResource(
        role,
        { apiVersion: API.kueue, kind: "LocalQueue", metadata, spec: { clusterQueue } },
        { ...child, dependsOn: share },
      );
    };
    const shares = clusterQueuesOf(args.team);
    queue(name, LOCAL_QUEUE, shares.gpu, gpuShare(args));
    queue(`${name}-cpu`, CPU_QUEUE, shares.cpu, cpuShare(args));
    this.registerOutputs({ queue: this.queue });
  }
}

/** Names of a team's ClusterQueues: all teams' are in one place. */
export const clusterQueuesOf = (team: string) => ({ gpu: team, cpu: `${team}-cpu` });

function gpuShare({ team, pool, gpus, borrow }: TeamQueueArgs) {
  const borrowed = borrow === undefined ? undefined : shareOf(pool, borrow);
  return share(team, group(pool.flavor, ["cpu", "memory", GPU], shareOf(pool, gpus), borrowed));
}

/** What other teams leave idle, it may borrow: processors are not scarce. */
const cpuShare = ({ team, cpu: { pool, cpus } }: TeamQueueArgs) =>
  share(team, group(pool.flavor, ["cpu", "memory"], cpuShareOf(pool, cpus)));

const share = (team: string, resourceGroup: object) => ({
  cohortName: COHORT,
  namespaceSelector: { matchLabels: { [LABELS.team]: team } },
  queueingStrategy: "BestEffortFIFO",
  resourceGroups: [resourceGroup],
  preemption: {
    // What a team lends it gets back at once, from whichever job; inside a team only a higher priority takes.
    reclaimWithinCohort: "Any",
    withinClusterQueue: "LowerPriority",
    borrowWithinCohort: { policy: "Never" },
  },
});

function group<R extends string>(
  flavor: string,
  resources: readonly R[],
  nominal: { [K in R]?: string },
  borrowed?: { [K in R]?: string },
) {
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

function validate({ pool, gpus, borrow }: TeamQueueArgs, queue: pulumi.Resource): void {
  check.wholeNumber("gpus", gpus, { min: 0, max: pool.gpus }, queue);
  check.wholeNumber("borrow", borrow, { min: 0, max: pool.gpus - gpus }, queue);
}

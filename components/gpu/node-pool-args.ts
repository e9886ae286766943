import type * as pulumi from "@pulumi/pulumi";
import type { GpuInstanceType } from "../instances/instance.ts";
import { anyText, byKind, input, listOf, mapOf, optional, type Shape, text, wholeNumber } from "../shape.ts";

/** How EC2 sells a node: from a reservation, spare and cheap but taken back at two minutes' notice, or at list price. */
export type CapacityType = "reserved" | "spot" | "on-demand";

/** Ways to buy a node that need no reservation. */
export type OpenCapacity = Exclude<CapacityType, "reserved">;

/** Ways to buy a node, in the order in which Karpenter prefers them: reserved, spot, on-demand. Without ids, `reserved` would select nothing. */
export type Purchase =
  | {
      capacity: readonly OpenCapacity[];
      capacityReservationIds?: never;
    }
  | {
      capacity: readonly ["reserved", ...OpenCapacity[]];

      /** On-demand capacity reservations to take nodes from, by id. */
      capacityReservationIds: readonly [string, ...string[]];
    };

/** When a node is taken away: when no pod runs on it, or also when its pods fit elsewhere. */
export type Consolidation = { when: "empty" | "underused"; afterSeconds: number } | { when: "never" };

/** GPU nodes, for training or for model servers. */
export type GpuPoolArgs = GpuNodes & PoolArgs & Purchase;

interface GpuNodes {
  /** What the nodes are for: a training node is never replaced for a new image while it lives, an inference node is, one at a time. */
  use: "training" | "inference";

  /** EC2 instance type. One a pool: given two sizes, Karpenter packs a job into the fewest nodes, not the cheapest ones. */
  instanceType: GpuInstanceType;

  /** Most GPUs of the pool at one time, a multiple of those of one node: the ceiling of its cost. */
  maxGpus: number;
}

/** Nodes without GPUs, for model servers, training and jobs that need none. */
export type CpuPoolArgs = CpuNodes & PoolArgs & Purchase;

interface CpuNodes {
  use: "general";

  /** EC2 instance types, all x86 and of one size: several, because spare capacity of one type runs out. */
  instanceTypes: readonly string[];

  /** Most processors of the pool at one time, a multiple of those of one node: the ceiling of its cost. */
  maxCpus: number;
}

export type NodePoolArgs = GpuPoolArgs | CpuPoolArgs;

/** What pools of both kinds have in common. */
export interface PoolArgs {
  /** What happens to a node without pods. */
  consolidation: Consolidation;

  /** Age at which a node is replaced, hours, even while pods run on it. */
  expireAfterHours: number;

  /** How long pods may go on after that, hours; then they are stopped, whatever they ask for. Longer than the longest job. */
  terminationGraceHours: number;

  /** Size of a node's root volume, GiB, at least 50: a CUDA image alone has 7. */
  diskGiB: number;

  /** Name of the IAM role of the nodes, from `Karpenter`. */
  nodeRoleName: pulumi.Input<string>;

  /** Private subnets in which nodes may start. */
  subnetIds: readonly pulumi.Input<string>[];

  /** Security group of the nodes, the cluster's own. */
  securityGroupId: pulumi.Input<string>;

  /** Tags of the instances and their volumes: the provider's default tags do not reach what Karpenter starts. */
  tags: Record<string, string>;

  /** Key of the volumes; `Karpenter` must be given it too. @default - the account's key for EBS */
  volumeKeyArn?: pulumi.Input<string>;

  /** Zones in which nodes may start. @default - those of the subnets */
  zones?: readonly string[];
}

export const consolidation = byKind<Consolidation, "when">("when", {
  empty: { afterSeconds: wholeNumber({ min: 0 }) },
  underused: { afterSeconds: wholeNumber({ min: 0 }) },
  never: {},
});

const POOL: Shape<PoolArgs> = {
  consolidation,
  expireAfterHours: wholeNumber({ min: 1 }),
  terminationGraceHours: wholeNumber({ min: 1 }),
  diskGiB: wholeNumber({ min: 50 }),
  nodeRoleName: input(text),
  subnetIds: listOf(input(text)),
  securityGroupId: input(text),
  tags: mapOf(anyText),
  volumeKeyArn: optional(input(text)),
  zones: optional(listOf(text)),
};

// Which instance types and ways to buy there are, and how many processors or GPUs are whole nodes, stands in node-pool-rules.ts.
const BOUGHT = { ...POOL, capacity: listOf(text), capacityReservationIds: optional(listOf(text)) };
const GPU_POOL: Shape<Omit<GpuPoolArgs, "use">> = { instanceType: text, maxGpus: wholeNumber({ min: 1 }), ...BOUGHT };
const CPU_POOL: Shape<Omit<CpuPoolArgs, "use">> = { instanceTypes: listOf(text), maxCpus: wholeNumber({ min: 1 }), ...BOUGHT };

export const nodePool = byKind<NodePoolArgs, "use">("use", { training: GPU_POOL, inference: GPU_POOL, general: CPU_POOL });

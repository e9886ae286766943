/** What a pool has to give; `NodePool.reference` is one. */
export interface PoolCapacity {
  flavor: string;
  /** Most GPUs of the pool. */
  gpus: number;
  /** Of one node. */
  cpus: number;
  memoryGiB: number;
  gpusPerNode: number;
}

/** Kubernetes quantities, as a ClusterQueue writes them. */
export interface CpuQuota {
  cpu: string;
  memory: string;
}

export interface Quota extends CpuQuota {
  [gpu: `nvidia.com/${string}`]: string;
}

/** Processors of a pool with the memory that stands beside them in a node: whole numbers, rounded down. */
export function cpuShareOf({ cpus, memoryGiB }: Pick<PoolCapacity, "cpus" | "memoryGiB">, share: number): CpuQuota {
  return { cpu: String(share), memory: `${Math.floor((memoryGiB * share) / cpus)}Gi` };
}

/**
 * GPUs with the processors and memory that stand beside them in a node: whole numbers, rounded down, so that the shares of all
 * teams never add up to more than the pool's nodes have.
 */
export function shareOf({ cpus, memoryGiB, gpusPerNode }: PoolCapacity, gpus: number): Quota {
  return {
    cpu: String(Math.floor((cpus * gpus) / gpusPerNode)),
    memory: `${Math.floor((memoryGiB * gpus) / gpusPerNode)}Gi`,
    "nvidia.com/gpu": String(gpus),
  };
}

/**
 * Whether the GPU quotas of all teams fit into a pool: `undefined` when they do, else the sentence that says by how much they do not.
 *
 * Karpenter and Kueue do not know each other's limits: a job that one admits and the other has no node for waits for its pods until
 * it is evicted, holding quota all the while.
 */
export function quotaProblem(
  { flavor, gpus }: Pick<PoolCapacity, "flavor" | "gpus">,
  teams: Readonly<Record<string, number>>,
): string | undefined {
  const total = Object.values(teams).reduce((sum, quota) => sum + quota, 0);
  if (total <= gpus) {
    return undefined;
  }
  const list = Object.entries(teams)
    .map(([team, quota]) => `${team} ${quota}`)
    .join(", ");
  return `the GPU quotas of all teams must add up to at most ${gpus}, the limit of pool '${flavor}', got ${total} (${list}): lower a quota or raise the pool's limit`;
}

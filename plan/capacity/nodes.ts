import type { SizedPod } from "#components/pods/workload";
import type { Demand } from "./demand.ts";
import type { Pool, Room } from "./pools.ts";
import { type Need, needOf } from "./quantity.ts";
import { intolerable, selects } from "./selection.ts";

/** A pod that stands on a node. */
export interface PlacedPod {
  of: Demand;
  need: Need;
}

/** Where a node is or could be. */
export interface Place {
  pool: Pool;
  zone: string;
}

export interface Node extends Place {
  name: string;
  free: Room;
  pods: PlacedPod[];
}

/** A node of a pool with the DaemonSets that belong on it. */
export function nodeOf(place: Place, number: number, daemons: readonly Demand[]): Node {
  const node: Node = { ...place, name: `${place.pool.name}-${number}`, free: { ...place.pool.room }, pods: [] };
  for (const daemon of daemons.filter(({ pod }) => suits(pod, place))) {
    put(daemon, node);
  }
  return node;
}

export function put(of: Demand, { free, pods }: Node): void {
  const need = needOf(of.pod);
  take(need, free);
  pods.push({ of, need });
}

function take({ cpuMillis, memoryMiB, gpus }: Need, free: Room): void {
  free.cpuMillis -= cpuMillis;
  free.memoryMiB -= memoryMiB;
  free.gpus -= gpus;
  free.pods -= 1;
}

export const fits = ({ cpuMillis, memoryMiB, gpus }: Need, free: Room): boolean =>
  cpuMillis <= free.cpuMillis && memoryMiB <= free.memoryMiB && gpus <= free.gpus && free.pods >= 1;

/** Whether a pod may stand in a place, room aside: it selects its nodes, and tolerates their taints. */
export const suits = (pod: SizedPod, { pool, zone }: Place): boolean =>
  selects(pod, pool, zone) && intolerable(pod, pool).length === 0;

/** What Karpenter looks at when it starts a node. */
export interface Started {
  /** In the order in which Karpenter tries them. */
  pools: readonly Pool[];
  nodes: readonly { pool: Pick<Pool, "name">; zone: string }[];
  daemons: readonly { pod: SizedPod }[];
}

/**
 * Where Karpenter starts a node for a pod: in the first pool that the pod suits, that may grow, and on whose nodes there is room for the pod
 * beside the DaemonSets; there in the zone with the fewest nodes of the pool.
 *
 * @param allowed tells the zones that come into question: that of the pod's volume, those that are not lost
 */
export function placeToStart(
  pod: SizedPod,
  { pools, nodes, daemons }: Started,
  allowed: (zone: string) => boolean = () => true,
): Place | undefined {
  return pools
    .filter(({ fixed }) => fixed === 0)
    .flatMap((pool) => {
      const mine = nodes.filter((node) => node.pool.name === pool.name);
      const nodesIn = (zone: string): number => mine.filter((node) => node.zone === zone).length;
      return mine.length >= pool.most
        ? []
        : pool.zones.toSorted((a, b) => nodesIn(a) - nodesIn(b)).map((zone) => ({ pool, zone }));
    })
    .find((place) => allowed(place.zone) && suits(pod, place) && fits(needOf(pod), roomBesideDaemons(place, daemons)));
}

function roomBesideDaemons(place: Place, daemons: Started["daemons"]): Room {
  const free = { ...place.pool.room };
  for (const { pod } of daemons.filter((each) => suits(each.pod, place))) {
    take(needOf(pod), free);
  }
  return free;
}

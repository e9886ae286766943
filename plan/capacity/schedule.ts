import type { SizedPod } from "#components/pods/workload";
import type { Demand } from "./demand.ts";
import { fits, type Node, nodeOf, type PlacedPod, placeToStart, put, suits } from "./nodes.ts";
import type { Pool } from "./pools.ts";
import { needOf } from "./quantity.ts";
import { selects } from "./selection.ts";

/** The nodes of an environment with the pods on them. */
export interface Cluster {
  pools: readonly Pool[];
  daemons: readonly Demand[];
  nodes: Node[];
  /** Pods that no node takes and for which none can be started. */
  pending: Demand[];
  /** Zones that are lost. */
  lost: readonly string[];
}

/** A cluster with its fixed nodes, one zone after the other, and the DaemonSets on them. */
export function clusterOf(pools: readonly Pool[], workloads: readonly Demand[]): Cluster {
  const daemons = workloads.filter(({ kind }) => kind === "DaemonSet");
  const cluster: Cluster = { pools, daemons, nodes: [], pending: [], lost: [] };
  for (const pool of pools) {
    for (let number = 0; number < pool.fixed; number += 1) {
      const zone = pool.zones[number % pool.zones.length]!;
      cluster.nodes.push(nodeOf({ pool, zone }, number + 1, daemons));
    }
  }
  // A DaemonSet's pod that finds no room on its node waits as any other.
  cluster.pending.push(...cluster.nodes.flatMap(overfull));
  return cluster;
}

const overfull = ({ free, pods }: Node): Demand[] =>
  free.cpuMillis < 0 || free.memoryMiB < 0 || free.pods < 0 ? pods.slice(-1).map(({ of }) => of) : [];

/**
 * Places pods one after the other, in the order in which they come, each on the node that the Kubernetes scheduler would score best: not the
 * best packing that exists. Where no node takes a pod, Karpenter starts one, as long as its pool may grow.
 */
export function place(cluster: Cluster, of: Demand, pods: number): void {
  for (let pod = 0; pod < pods; pod += 1) {
    const node = best(cluster, of) ?? startNode(cluster, of);
    if (node) {
      put(of, node);
    } else {
      cluster.pending.push(of);
    }
  }
}

function best(cluster: Cluster, of: Demand): Node | undefined {
  const need = needOf(of.pod);
  const able = cluster.nodes.filter(
    (node) => suits(of.pod, node) && fits(need, node.free) && apart(of.pod, node) && spreadAllows(cluster, of, node),
  );
  const scores = new Map(able.map((node) => [node, score(cluster, of, node)]));
  return able.toSorted((a, b) => scores.get(b)! - scores.get(a)!)[0];
}

/** Zones and nodes with fewer pods of the kind first, then nodes with more room. */
function score({ nodes }: Cluster, of: Demand, node: Node): number {
  const same = (each: Node): number => each.pods.filter((pod) => pod.of === of).length;
  const inZone = nodes.filter(({ zone }) => zone === node.zone).reduce((sum, each) => sum + same(each), 0);
  const { cpuMillis, memoryMiB } = node.pool.room;
  const room = (node.free.cpuMillis / cpuMillis + node.free.memoryMiB / memoryMiB) / 2;
  return -4 * inZone - 2 * same(node) + room;
}

interface AntiAffinity {
  podAntiAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { labelSelector?: Selector }[] };
}

interface Selector {
  matchLabels?: Record<string, string>;
}

/** Required anti-affinity between the pods of a node. */
function apart({ affinity }: SizedPod, { pods }: Node): boolean {
  const terms = ((affinity ?? {}) as AntiAffinity).podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.every(({ labelSelector }) => !pods.some((pod) => matches(pod, labelSelector)));
}

/**
 * Spreading that the scheduler must keep: no zone, or node, may have `maxSkew` pods more than the emptiest one. Nodes that the pod does not
 * select do not count; those whose taints keep it away do (Kubernetes, `nodeTaintsPolicy`).
 */
function spreadAllows({ nodes }: Cluster, of: Demand, node: Node): boolean {
  return (of.pod.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule")
    .every(({ maxSkew, topologyKey, labelSelector }) => {
      const domain = (each: Node): string => (topologyKey === "kubernetes.io/hostname" ? each.name : each.zone);
      const counts = new Map<string, number>();
      for (const each of nodes.filter(({ pool, zone }) => selects(of.pod, pool, zone))) {
        const count = each.pods.filter((pod) => matches(pod, labelSelector)).length;
        counts.set(domain(each), (counts.get(domain(each)) ?? 0) + count);
      }
      return (counts.get(domain(node)) ?? 0) + 1 - Math.min(...counts.values()) <= maxSkew;
    });
}

const matches = ({ of }: PlacedPod, selector: Selector | undefined): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => of.labels[key] === value);

function startNode(cluster: Cluster, of: Demand): Node | undefined {
  const place = placeToStart(of.pod, cluster, (zone) => !cluster.lost.includes(zone));
  if (!place) {
    return undefined;
  }
  const mine = cluster.nodes.filter(({ pool }) => pool === place.pool);
  const node = nodeOf(place, mine.length + 1, cluster.daemons);
  cluster.nodes.push(node);
  return node;
}

/** The same cluster, to go on from. */
export const copyOf = (cluster: Cluster): Cluster => ({
  ...cluster,
  nodes: cluster.nodes.map((node) => ({ ...node, free: { ...node.free }, pods: [...node.pods] })),
  pending: [...cluster.pending],
});

/**
 * The cluster after the loss of a zone: its nodes are gone, and their pods are placed again on the others.
 *
 * @returns also the pods whose volume lies in the zone: they wait until it is back.
 */
export function without(cluster: Cluster, zone: string): { cluster: Cluster; waiting: Demand[] } {
  const left = { ...copyOf(cluster), lost: [zone] };
  const gone = left.nodes.filter((node) => node.zone === zone);
  left.nodes = left.nodes.filter((node) => node.zone !== zone);
  const evicted = gone.flatMap(({ pods }) => pods.map(({ of }) => of)).filter(({ kind }) => kind !== "DaemonSet");
  const waiting = evicted.filter(({ volumeGiB }) => volumeGiB > 0);
  for (const of of evicted.filter(({ volumeGiB }) => volumeGiB === 0)) {
    place(left, of, 1);
  }
  return { cluster: left, waiting };
}

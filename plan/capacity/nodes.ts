import type { SizedPod } from "#components/pods/workload";
import type { Demand } from "./demand.ts";
import type { Pool, Room } from "./pools.ts";
import { type Need, needOf } from "./quantity.ts";

/** A pod that stands on a node. */
export interface PlacedPod {
  of: Demand;
  need: Need;
}

export interface Node {
  pool: Pool;
  name: string;
  zone: string;
  free: Room;
  pods: PlacedPod[];
}

/** A node of a pool with the DaemonSets that belong on it. */
export function nodeOf(pool: Pool, zone: string, number: number, daemons: readonly Demand[]): Node {
  const node: Node = { pool, name: `${pool.name}-${number}`, zone, free: { ...pool.room }, pods: [] };
  for (const daemon of daemons) {
    if (suits(daemon.pod, pool)) {
      put(daemon, node);
    }
  }
  return node;
}

export function put(of: Demand, { free, pods }: Node): void {
  const need = needOf(of.pod);
  free.cpuMillis -= need.cpuMillis;
  free.memoryMiB -= need.memoryMiB;
  free.gpus -= need.gpus;
  free.pods -= 1;
  pods.push({ of, need });
}

export const fits = ({ cpuMillis, memoryMiB, gpus }: Need, free: Room): boolean =>
  cpuMillis <= free.cpuMillis && memoryMiB <= free.memoryMiB && gpus <= free.gpus && free.pods >= 1;

/** Whether a pod may stand on nodes of a pool, room aside: it selects them, and tolerates their taints. */
export const suits = (pod: SizedPod, pool: Pool): boolean =>
  selects(pod, pool) && intolerable(pod, pool).length === 0 && pool.name !== "";

/** Whether the labels of a pool's nodes are those that a pod asks for. A pod that asks for none selects every pool. */
export function selects(pod: SizedPod, { labels }: Pool): boolean {
  const has: Record<string, string> = { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...labels };
  return Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => has[key] === value);
}

/** Keys of the taints of a pool that keep a pod away. */
export const intolerable = (pod: SizedPod, { taints }: Pool): string[] =>
  taints.filter((taint) => !tolerates(pod, taint)).map(({ key }) => key);

const tolerates = (pod: SizedPod, taint: Pool["taints"][number]): boolean =>
  taint.effect === "PreferNoSchedule" ||
  (pod.tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (key === undefined || key === taint.key) &&
      (effect === undefined || effect === taint.effect) &&
      (operator === "Exists" || (value ?? "") === (taint.value ?? "")),
  );

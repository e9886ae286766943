import type { Demand } from "./demand.ts";
import { suits } from "./nodes.ts";
import type { Pool } from "./pools.ts";
import { needOf } from "./quantity.ts";
import type { Cluster } from "./schedule.ts";

/** One sentence about the first pool that is too small: what is asked, what is there, what to change. `undefined` when everything fits. */
export function refusalOf(environment: string, situation: string, cluster: Cluster): string | undefined {
  const [first] = cluster.pending;
  if (!first) {
    return undefined;
  }
  const home = (of: Demand): Pool | undefined => homeOf(of, cluster);
  const pool = home(first);
  if (!pool) {
    return `${environment}: ${nameOf(first)} must suit the nodes of a pool, got ${JSON.stringify(first.pod.nodeSelector ?? {})}: no pool has these labels without a taint that it does not tolerate`;
  }
  const waiting = cluster.pending.filter((each) => home(each) === pool);
  const nodes = cluster.nodes.filter((node) => node.pool === pool);
  const there = nodes.flatMap(({ pods }) => pods.map(({ need }) => need));
  const needs = [...there, ...waiting.map(({ pod }) => needOf(pod))];
  const sum = (of: (need: (typeof needs)[number]) => number): number => needs.reduce((total, need) => total + of(need), 0);
  const { cpuMillis, memoryMiB } = pool.room;
  const count = pool.fixed > 0 ? nodes.length : pool.most;
  return [
    `${environment}: pool '${pool.name}' does not fit ${IN[situation] ?? situation}:`,
    `${cpu(sum((need) => need.cpuMillis))} CPU and ${memory(sum((need) => need.memoryMiB))} asked,`,
    `${cpu(count * cpuMillis)} and ${memory(count * memoryMiB)} allocatable on ${count} × ${pool.instanceType};`,
    `no node for ${names(waiting)}: ${remedy(pool)}`,
  ].join(" ");
}

const IN: Readonly<Record<string, string>> = {
  "one release": "during one release",
  "autoscalers at most": "with all autoscalers at their maximum",
  "one zone lost": "with one zone lost",
};

/** The pool that has no room: the last that the pod may stand on. */
const homeOf = ({ pod }: Demand, { pools }: Cluster): Pool | undefined =>
  pools.findLast((pool) => pool.zones.some((zone) => suits(pod, { pool, zone })));

const nameOf = ({ namespace, name }: Demand): string => (namespace === "" ? name : `${namespace}/${name}`);

function names(pods: readonly Demand[]): string {
  const counts = Map.groupBy(pods, nameOf);
  const listed = [...counts].slice(0, 3).map(([name, all]) => (all.length > 1 ? `${all.length} × ${name}` : name));
  return counts.size > 3 ? `${listed.join(", ")} and ${counts.size - 3} more` : listed.join(", ");
}

/** Names the setting of the profile. */
function remedy({ name, fixed }: Pool): string {
  if (fixed > 0) {
    return `raise \`cluster.${name}.min\`, or choose a larger \`cluster.${name}.instanceType\``;
  }
  return name === "cpu"
    ? "raise `cpu.maxCpus`, or lower `cpu.jobCpus` or `serving.maxReplicas`"
    : `raise \`gpu.${name}.maxGpus\``;
}

/** Processors in words, thousandths. */
export const cpu = (millis: number): string => `${Math.round(millis).toLocaleString("en")}m`;
/** Memory in words, GiB. */
export const memory = (mebibytes: number): string => `${(mebibytes / 1_024).toFixed(1)} GiB`;

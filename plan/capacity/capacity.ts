import { mostServers } from "#components/serving/strategies/scarce-gpus";
import { profiles } from "#stacks/inputs/environments/index";
import type { EnvironmentPlan } from "../environment.ts";
import { shutOut } from "./daemons.ts";
import { type Demand, demandOf } from "./demand.ts";
import { queuedJobs } from "./jobs.ts";
import { type Pool, poolsOf, type Room } from "./pools.ts";
import { brokenPromises, outOfQueue } from "./promise.ts";
import { needOf } from "./quantity.ts";
import { refusalOf } from "./refusal.ts";
import { type Cluster, clusterOf, copyOf, place } from "./schedule.ts";
import { zoneLossOf } from "./zone-loss.ts";

/** Situations with all zones. */
const UNDISTURBED = ["at rest", "one release", "autoscalers at most"] as const;

/** Situations in which every pod must find a node, in the order of the screen. */
export const SITUATIONS = [...UNDISTURBED, "one zone lost"] as const;
export type Situation = (typeof SITUATIONS)[number];

/** What one pool gives in one situation. */
export interface Use {
  nodes: number;
  /** Requests of its pods as a share of its nodes' room, the larger of CPU and memory, 0 to 1. */
  share: number;
  asked: { cpuMillis: number; memoryMiB: number; pods: number };
  room: Room;
}

export interface PoolUse {
  pool: string;
  instanceType: string;
  /** Nodes that are always there, and nodes at most. */
  fixed: number;
  most: number;
  use: Record<Situation, Use>;
}

export interface Capacity {
  pools: PoolUse[];
  /** Workloads that the loss of a zone can stop until it is back, because all their volumes lie there: `<namespace>/<name>`. */
  waitForZone: string[];
  /** What is known and is not refused, a sentence each. */
  notes: string[];
  /** What does not fit, a sentence each; empty where everything does. */
  refusals: string[];
}

/** Exit code of a plan whose pods do not fit on its nodes: it is told in full, and CI must not go on. */
export const DOES_NOT_FIT = 7;

/** Places every pod of an environment on nodes of real size, in each situation. */
export function capacityOf(plan: Pick<EnvironmentPlan, "environment" | "region" | "layers">): Capacity {
  const { environment } = plan;
  const profile = profiles[environment];
  const { zones, pools, workloads, unknown, clusters: undisturbed } = clustersOf(plan);
  const loss = zoneLossOf(profile, undisturbed["at rest"]);
  const clusters: Record<Situation, Cluster> = {
    ...undisturbed,
    "one zone lost": loss.worst,
  };
  const verdicts = UNDISTURBED.map((situation) => refusalOf(environment, situation, undisturbed[situation])).filter(
    (verdict) => verdict !== undefined,
  );
  return {
    pools: pools.map((pool) => ({
      pool: pool.name,
      instanceType: pool.instanceType,
      fixed: pool.fixed,
      most: pool.most,
      use: Object.fromEntries(SITUATIONS.map((situation) => [situation, useOf(pool, clusters[situation])])) as PoolUse["use"],
    })),
    waitForZone: loss.waiting,
    notes: [...loss.notes, ...outOfQueue(profile, plan)],
    refusals: [
      ...unknown.map(
        (name) => `${environment}: the pods of '${name}' must be recorded in components/pods, got nothing: record them`,
      ),
      ...shutOut(environment, pools, workloads),
      ...strangeZones(plan, pools, zones),
      ...verdicts,
      ...loss.refusals,
      ...brokenPromises(profile, pools, workloads),
    ],
  };
}

/** The nodes of an environment with all its pods, in each situation in which no zone is lost. */
export function clustersOf(plan: Pick<EnvironmentPlan, "layers">) {
  const zones: string[] = plan.layers[0]?.outputs["network"]?.zones ?? [];
  const pools = poolsOf(plan, zones);
  const { workloads, unknown } = demandOf(plan);
  const rest = atRest(pools, workloads);
  const clusters: Record<(typeof UNDISTURBED)[number], Cluster> = {
    "at rest": rest,
    "one release": oneRelease(rest, workloads),
    "autoscalers at most": atMost(rest, [...workloads, ...queuedJobs(plan)]),
  };
  return { zones, pools, workloads, unknown, clusters };
}

const services = (workloads: readonly Demand[]): Demand[] =>
  workloads.filter(({ kind }) => kind !== "DaemonSet" && kind !== "Job");

function atRest(pools: readonly Pool[], workloads: readonly Demand[]): Cluster {
  const cluster = clusterOf(pools, workloads);
  for (const each of services(workloads)) {
    place(cluster, each, each.replicas);
  }
  return cluster;
}

/** The second version of the largest model, every Job, and the pod that the largest Deployment starts before it ends another. */
function oneRelease(rest: Cluster, workloads: readonly Demand[]): Cluster {
  const cluster = copyOf(rest);
  const model = largest(
    workloads.filter(({ doubles }) => doubles),
    (each) => podsInRelease(each, each.replicas),
  );
  const deployment = largest(
    workloads.filter(({ kind, doubles, volumeGiB }) => kind === "Deployment" && !doubles && volumeGiB === 0),
    () => 1,
  );
  place(cluster, ...releaseOf(deployment, 1));
  for (const job of workloads.filter(({ kind }) => kind === "Job")) {
    place(cluster, job, 1);
  }
  place(cluster, ...releaseOf(model, model ? podsInRelease(model, model.replicas) : 0));
  return cluster;
}

/** All autoscalers at their maximum, all queues full, and a release of the largest model. */
function atMost(rest: Cluster, workloads: readonly Demand[]): Cluster {
  const cluster = copyOf(rest);
  for (const each of [
    ...services(workloads),
    ...workloads.filter(({ kind, mostReplicas, replicas }) => kind === "Job" && replicas < mostReplicas),
  ]) {
    place(cluster, each, each.mostReplicas - each.replicas);
  }
  const model = largest(
    workloads.filter(({ doubles }) => doubles),
    (each) => podsInRelease(each, each.mostReplicas),
  );
  place(cluster, ...releaseOf(model, model ? podsInRelease(model, model.mostReplicas) : 0));
  return cluster;
}

/** Pods that a release brings besides those of one version. */
const podsInRelease = ({ shrinksBy }: Demand, pods: number): number =>
  shrinksBy === undefined ? pods : mostServers(pods, shrinksBy) - pods;

const releaseOf = (of: Demand | undefined, pods: number): [Demand, number] => [of as Demand, of === undefined ? 0 : pods];

const largest = (workloads: readonly Demand[], pods: (of: Demand) => number): Demand | undefined =>
  workloads.toSorted((a, b) => needOf(b.pod).cpuMillis * pods(b) - needOf(a.pod).cpuMillis * pods(a))[0];

/** Pools that name a zone that the network does not have, by its id, or a zone of another region, by its name: no node ever starts there. */
const strangeZones = (
  { environment, region }: Pick<EnvironmentPlan, "environment" | "region">,
  pools: readonly Pool[],
  ids: string[],
) =>
  pools.flatMap(({ name, zones }) =>
    zones
      .filter((zone) => !ids.includes(zone) && !new RegExp(`^${region}[a-z]$`).test(zone))
      .map(
        (zone) => `${environment}: the zones of pool '${name}' must be zones of the network (${ids.join(", ")}), got '${zone}'`,
      ),
  );

function useOf(pool: Pool, { nodes }: Cluster): Use {
  const mine = nodes.filter((node) => node.pool === pool);
  const room = { cpuMillis: 0, memoryMiB: 0, pods: 0, gpus: 0 };
  const asked = { cpuMillis: 0, memoryMiB: 0, pods: 0 };
  for (const { pods } of mine) {
    for (const key of Object.keys(room) as (keyof Room)[]) {
      room[key] += pool.room[key];
    }
    for (const { need } of pods) {
      asked.cpuMillis += need.cpuMillis;
      asked.memoryMiB += need.memoryMiB;
      asked.pods += 1;
    }
  }
  const share = Math.max(asked.cpuMillis / (room.cpuMillis || 1), asked.memoryMiB / (room.memoryMiB || 1));
  return { nodes: mine.length, share, asked, room };
}

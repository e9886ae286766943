import type { Profile } from "#stacks/inputs/environments/profile";
import type { Demand } from "./demand.ts";
import { refusalOf } from "./refusal.ts";
import { type Cluster, without } from "./schedule.ts";

/** What the loss of each zone leaves. */
export interface ZoneLoss {
  /** The cluster after the loss of the zone that leaves most pods without a node. */
  worst: Cluster;
  /** Workloads that stop until a zone is back, because all their volumes lie there: `<namespace>/<name>`. */
  waiting: string[];
  /** What is known and is not promised, a sentence each. */
  notes: string[];
  /** What is promised and does not hold, a sentence each. */
  refusals: string[];
}

/** Compares the loss of each zone with what the profile promises (`cluster.zoneLoss`). */
export function zoneLossOf({ name, cluster: { zoneLoss: promise } }: Profile, rest: Cluster): ZoneLoss {
  const zones = [...new Set(rest.nodes.map(({ zone }) => zone))].sort();
  const losses = zones.map((zone) => ({ zone, ...without(rest, zone) }));
  const worst = losses.toSorted((a, b) => b.cluster.pending.length - a.cluster.pending.length)[0]?.cluster ?? rest;
  const waiting = [...new Set(losses.flatMap(stopped))].sort();
  const verdict = refusalOf(name, "one zone lost", worst);
  const verdicts = verdict === undefined ? [] : [verdict];
  if (promise.keeps === "everything") {
    return { worst, waiting, notes: [], refusals: [...verdicts, ...waitProblems(name, waiting, promise.waits)] };
  }
  return { worst, waiting, notes: verdicts, refusals: [] };
}

/** Workloads that have no pod left. */
const stopped = ({ cluster, waiting }: ReturnType<typeof without>): string[] =>
  waiting.filter((of) => !cluster.nodes.some(({ pods }) => pods.some((pod) => pod.of === of))).map(nameOf);

const nameOf = ({ namespace, name }: Demand): string => `${namespace}/${name}`;

const SETTING = "`cluster.zoneLoss.waits`";

function waitProblems(environment: string, waiting: readonly string[], allowed: readonly string[]): string[] {
  return [
    ...waiting
      .filter((name) => !allowed.includes(name))
      .map(
        (name) =>
          `${environment}: '${name}' must go on when one zone is lost, got all its volumes in one zone: give it replicas in several zones, or name it in ${SETTING}`,
      ),
    ...allowed
      .filter((name) => !waiting.includes(name))
      .map(
        (name) =>
          `${environment}: ${SETTING} must name workloads that stop with their zone, got '${name}', which does not: remove it`,
      ),
  ];
}

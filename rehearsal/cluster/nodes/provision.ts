import { instanceOf } from "#components/instances/instance";
import { GPU } from "#components/labels";
import type { SizedPod } from "#components/pods/workload";
import { needOf } from "#plan/capacity/quantity";
import type { Json } from "../controlplane/kube.ts";
import { describe, type NodeDescription, zonesOf } from "./nodes.ts";

/**
 * The node that Karpenter would start for a pod that the scheduler cannot place: from the heaviest node pool whose labels and taints suit the
 * pod, whose limit leaves room for one more node, and on whose empty nodes the pod fits.
 *
 * @param pools - NodePool objects (`karpenter.sh/v1`).
 * @returns nothing when no pool starts a node: then the pod waits, as it would in the real cluster.
 */
export function missingNode(
  pod: Json,
  existing: readonly NodeDescription[],
  pools: readonly Json[],
  region: string,
): NodeDescription | undefined {
  const wanted = wantedLabels(pod);
  const byWeight = [...pools].sort((a, b) => (b.spec.weight ?? 0) - (a.spec.weight ?? 0));
  for (const pool of byWeight) {
    const instanceType = instanceTypeOf(pool);
    const mine = existing.filter(({ labels }) => labels["karpenter.sh/nodepool"] === pool.metadata.name);
    if (!fits(pool, wanted) || !tolerates(pod, taintsOf(pool)) || instanceType === undefined || mine.length >= mostNodes(pool)) {
      continue;
    }
    const zone = wanted["topology.kubernetes.io/zone"] ?? zonesOf(region)[mine.length % 3]!;
    const labels = { ...poolLabels(pool), ...wanted };
    const node = describe(`${pool.metadata.name}-${mine.length + 1}`, {
      region,
      zone,
      instanceType,
      labels,
      taints: taintsOf(pool),
    });
    if (needOf(pod.spec as SizedPod).gpus <= node.room.gpus) {
      return node;
    }
  }
  return undefined;
}

/** First of the types that the pool allows: they are of one size. */
const instanceTypeOf = (pool: Json): string | undefined =>
  ((pool.spec.template.spec.requirements ?? []) as Json[]).find(({ key }) => key === "node.kubernetes.io/instance-type")
    ?.values?.[0];

/** Nodes that the pool's limit allows. */
function mostNodes(pool: Json): number {
  const instance = instanceOf(instanceTypeOf(pool) ?? "");
  const limits = (pool.spec.limits ?? {}) as Json;
  const of = (limit: unknown, each: number | undefined): number =>
    limit === undefined || !each ? Number.POSITIVE_INFINITY : Math.floor(Number(limit) / each);
  return Math.min(of(limits[GPU], instance?.gpus), of(limits.cpu, instance?.cpus));
}

/** Labels that a node needs: the selector, and the first term of the required affinity. */
export function wantedLabels(pod: Json): Record<string, string> {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms as
    | Json[]
    | undefined;
  const expressions = (terms?.[0]?.matchExpressions ?? []) as Json[];
  const required = expressions.flatMap(({ key, operator, values }): [string, string][] =>
    operator === "In" ? [[key, values[0]]] : operator === "Exists" ? [[key, "true"]] : [],
  );
  return { ...Object.fromEntries(required), ...pod.spec.nodeSelector };
}

function fits(pool: Json, wanted: Readonly<Record<string, string>>): boolean {
  const labels = poolLabels(pool);
  const requirements = (pool.spec.template.spec.requirements ?? []) as Json[];
  return Object.entries(wanted).every(([key, value]) => {
    if (key in labels) {
      return labels[key] === value;
    }
    const requirement = requirements.find((candidate) => candidate.key === key);
    if (requirement) {
      return requirement.operator !== "In" || (requirement.values as string[]).includes(value);
    }
    return key.startsWith("kubernetes.io/") || key.startsWith("topology.kubernetes.io/");
  });
}

/** What a node of the pool is labelled with: the template's labels, and every requirement that leaves one choice. */
function poolLabels(pool: Json): Record<string, string> {
  const requirements = (pool.spec.template.spec.requirements ?? []) as Json[];
  const fixed = requirements
    .filter(({ operator, values }) => operator === "In" && values?.length === 1)
    .map(({ key, values }) => [key, values[0]]);
  return { ...Object.fromEntries(fixed), ...pool.spec.template.metadata?.labels, "karpenter.sh/nodepool": pool.metadata.name };
}

function taintsOf(pool: Json): Json[] {
  return (pool.spec.template.spec.taints ?? []) as Json[];
}

function tolerates(pod: Json, taints: readonly Json[]): boolean {
  const tolerations = (pod.spec.tolerations ?? []) as Json[];
  const matches = (taint: Json) => (toleration: Json) =>
    (toleration.key === undefined || toleration.key === taint.key) &&
    (toleration.effect === undefined || toleration.effect === taint.effect) &&
    (toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? ""));
  return taints.every((taint) => taint.effect === "PreferNoSchedule" || tolerations.some(matches(taint)));
}

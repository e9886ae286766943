import { GPU } from "#components/labels";
import type { Json } from "../controlplane/kube.ts";
import { describe, GPUS_PER_NODE, type NodeDescription, zonesOf } from "./nodes.ts";

/**
 * The node that is missing for a pod that the scheduler cannot place, as Karpenter would make it from the first node pool whose
 * labels and taints suit the pod; where no pool does, as a managed node group with the labels that the pod selects.
 *
 * One node of a kind: where a node with these labels and GPUs exists already, the pod waits, because then room is what is scarce.
 *
 * @param pools - NodePool objects (`karpenter.sh/v1`).
 * @returns nothing when a suitable node exists.
 */
export function missingNode(
  pod: Json,
  existing: readonly NodeDescription[],
  pools: readonly Json[],
  region: string,
): NodeDescription | undefined {
  const wanted = wantedLabels(pod);
  const gpus = wantsGpu(pod) ? GPUS_PER_NODE : 0;
  const suits = ({ labels, taints, gpus: has = 0 }: NodeDescription) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value) && (gpus === 0 || has > 0) && tolerates(pod, taints);
  if (existing.some(suits)) {
    return undefined;
  }

  const byWeight = [...pools].sort((a, b) => (b.spec.weight ?? 0) - (a.spec.weight ?? 0));
  const pool = byWeight.find((candidate) => fits(candidate, wanted) && tolerates(pod, taintsOf(candidate)));
  const zone = wanted["topology.kubernetes.io/zone"] ?? zonesOf(region)[existing.length % 3]!;
  const name = `${pool?.metadata.name ?? "group"}-${existing.length + 1}`;
  const labels = pool ? { ...poolLabels(pool), ...wanted } : wanted;
  return describe(name, region, zone, labels, pool ? taintsOf(pool) : [], gpus);
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

function wantsGpu(pod: Json): boolean {
  return (pod.spec.containers as Json[]).some(({ resources }) => Number(resources?.limits?.[GPU] ?? 0) > 0);
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

// Which nodes a pod may stand on, by labels and taints: as the Kubernetes scheduler decides it, and Karpenter for nodes that do not exist yet.

import type { SizedPod } from "#components/pods/workload";
import type { Pool, Requirement } from "./pools.ts";

interface NodeAffinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: { matchExpressions?: Requirement[] }[] };
  };
}

/**
 * Whether the labels of a pool's nodes are those that a pod asks for, by its `nodeSelector` and its required affinity. A pod that asks for
 * no label selects every pool. Preferences keep no pod away.
 *
 * @param zone zone of the nodes. @default - any of the pool's
 */
export function selects({ nodeSelector = {}, affinity }: SizedPod, pool: Pool, zone?: string): boolean {
  const labels = labelsOf(pool, zone === undefined ? pool.zones : [zone]);
  const holds = (requirement: Requirement): boolean => holdsFor(requirement, labels[requirement.key] ?? []);
  const { nodeAffinity } = (affinity ?? {}) as NodeAffinity;
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(nodeSelector).every(([key, value]) => holds({ key, operator: "In", values: [value] })) &&
    (terms === undefined ||
      terms.some(({ matchExpressions = [] }) => matchExpressions.length > 0 && matchExpressions.every(holds)))
  );
}

/** What each label of a pool's nodes may be: Karpenter chooses among several values. */
const labelsOf = ({ labels, choices, instanceType }: Pool, zones: string[]): Record<string, string[]> => ({
  "kubernetes.io/os": ["linux"],
  "kubernetes.io/arch": ["amd64"],
  "node.kubernetes.io/instance-type": [instanceType],
  ...choices,
  "topology.kubernetes.io/region": zones.map((zone) => zone.replace(/[a-z]$/, "")),
  "topology.kubernetes.io/zone": zones,
  ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, [value]])),
});

function holdsFor({ operator, values = [] }: Requirement, having: string[]): boolean {
  switch (operator) {
    case "In":
      return having.some((value) => values.includes(value));
    case "NotIn":
      return having.length === 0 || having.some((value) => !values.includes(value));
    case "Exists":
      return having.length > 0;
    case "DoesNotExist":
      return having.length === 0;
    case "Gt":
      return having.some((value) => Number(value) > Number(values[0]));
    case "Lt":
      return having.some((value) => Number(value) < Number(values[0]));
    default:
      return false;
  }
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

import type { SizedPod } from "#components/pods/workload";
import { type Place, placeToStart } from "#plan/capacity/nodes";
import { inOrder, karpenterPool } from "#plan/capacity/pools";
import { selects } from "#plan/capacity/selection";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { describe, type NodeDescription, ZONE } from "#rehearsal/cluster/nodes/nodes";

/** What is in the cluster when a node is missing. */
export interface Present {
  nodes: readonly NodeDescription[];
  /** NodePool objects (`karpenter.sh/v1`). */
  pools: readonly Json[];
  /** DaemonSet objects: their pods take room on the new node. */
  daemons: readonly Json[];
  /** Zones of the network. */
  zones: readonly string[];
}

/** What is in the cluster now, as far as the API knows it. */
export async function presentIn(kube: Kube): Promise<Pick<Present, "pools" | "daemons">> {
  const [pools, daemons] = await Promise.all(
    ["/apis/karpenter.sh/v1/nodepools", "/apis/apps/v1/daemonsets"].map((path) => kube.find(path)),
  );
  return { pools: (pools?.["items"] ?? []) as Json[], daemons: (daemons?.["items"] ?? []) as Json[] };
}

/**
 * The node that Karpenter would start for a pod that the scheduler cannot place: the one that the plan counts with.
 *
 * @param zone of the pod's volume. @default - any
 * @returns nothing when no pool starts a node: then the pod waits, as it would in the real cluster.
 */
export function missingNode({ spec }: Json, present: Present, zone?: string): NodeDescription | undefined {
  const nodes = present.nodes.map(({ labels }) => ({ pool: { name: labels[NODE_POOL] ?? "" }, zone: labels[ZONE]! }));
  const pools = present.pools.flatMap((object) => karpenterPool(object, present.zones)).toSorted(inOrder);
  const daemons = present.daemons.map((daemon) => ({ pod: daemon["spec"].template.spec as SizedPod }));
  const pod = spec as SizedPod;
  const place = placeToStart(pod, { pools, nodes, daemons }, (each) => zone === undefined || each === zone);
  if (!place) {
    return undefined;
  }
  const { name, taints, room } = place.pool;
  const number = nodes.filter(({ pool }) => pool.name === name).length + 1;
  return describe(`${name}-${number}`, { zone: place.zone, room, labels: labelsFor(pod, place), taints });
}

const NODE_POOL = "karpenter.sh/nodepool";

/** Labels of a pool's node, with the first choice that the pod accepts where Karpenter has one. */
function labelsFor(pod: SizedPod, { pool, zone }: Place): Record<string, string> {
  const chosen = Object.entries(pool.choices).map(([key, values]) => {
    const accepted = (value: string): boolean => selects(pod, { ...pool, choices: { ...pool.choices, [key]: [value] } }, zone);
    return [key, values.find(accepted) ?? values[0]!];
  });
  return { ...Object.fromEntries(chosen), ...pool.labels, [ZONE]: zone };
}

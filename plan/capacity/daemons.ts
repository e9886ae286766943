import type { Demand } from "./demand.ts";
import type { Pool } from "./pools.ts";
import { intolerable, selects } from "./selection.ts";

/**
 * DaemonSets that a taint keeps off nodes that they select, one sentence each. A DaemonSet belongs on every node that it selects: an agent
 * that is missing there leaves the node without what it does. EKS, for example, repairs (ends) a GPU node whose DCGM agent is missing.
 */
export function shutOut(environment: string, pools: readonly Pool[], workloads: readonly Demand[]): string[] {
  return workloads
    .filter(({ kind }) => kind === "DaemonSet")
    .flatMap(({ namespace, name, pod }) =>
      pools
        .filter((pool) => selects(pod, pool))
        .flatMap((pool) =>
          intolerable(pod, pool).map(
            (taint) =>
              `${environment}: DaemonSet '${namespace}/${name}' must tolerate the taint '${taint}' of pool '${pool.name}', whose nodes it selects: add the toleration to its values`,
          ),
        ),
    );
}

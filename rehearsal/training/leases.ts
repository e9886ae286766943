import { GPU, LABELS } from "#components/labels";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";

/** A node of a pool, from its purchase to its end. */
export interface Lease {
  node: string;
  instanceType: string;
  gpus: number;
  /** When Karpenter bought it, and when it was gone, milliseconds. */
  from: number;
  to?: number;
}

const CLAIMS = "/apis/karpenter.sh/v1/nodeclaims";

/** Notes what Karpenter buys for a pool, and gives back, from now on. */
export class Leases {
  readonly #leases = new Map<string, Lease>();

  constructor(kube: Kube, pool: string, signal: AbortSignal) {
    void kube.watch(CLAIMS, `labelSelector=${LABELS.pool}=${pool}`, (type, claim) => this.#onClaim(type, claim), signal);
  }

  /** All nodes that were there, in the order of their purchase. */
  get all(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  /** Nodes that are there now. */
  get open(): readonly Lease[] {
    return this.all.filter(({ to }) => to === undefined);
  }

  /** What went while the watch was interrupted. */
  #endMissing(there: readonly Json[]): void {
    const uids = new Set(there.map(({ metadata }) => metadata.uid));
    for (const [uid, lease] of this.#leases) {
      if (!uids.has(uid)) {
        lease.to ??= Date.now();
      }
    }
  }

  #onClaim(type: string, claim: Json): void {
    if (type === "SYNC") {
      return this.#endMissing(claim["items"] as Json[]);
    }
    const { uid, labels } = claim.metadata;
    const known = this.#leases.get(uid);
    if (type === "DELETED") {
      if (known) {
        known.to = Date.now();
      }
      return;
    }
    const { nodeName = "", capacity = {} } = (claim.status ?? {}) as { nodeName?: string; capacity?: Record<string, string> };
    const instanceType: string = labels["node.kubernetes.io/instance-type"] ?? "";
    this.#leases.set(uid, { from: Date.now(), ...known, node: nodeName, instanceType, gpus: Number(capacity[GPU] ?? 0) });
  }
}

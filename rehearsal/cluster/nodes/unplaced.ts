import { setTimeout as sleep } from "node:timers/promises";
import type { Json, Kube } from "../controlplane/kube.ts";
import { pathOf } from "./known-pod.ts";

/**
 * Waits with the pods that have no node. A real cluster would leave them waiting, and whoever waits for them would give up after ten
 * minutes.
 */
export class Unplaced {
  readonly #kube: Kube;
  readonly #patienceSeconds: number;
  readonly #waiting = new Set<string>();
  readonly #homeless = new AbortController();

  /** @param patienceSeconds that the scheduler, and Karpenter with a new node, have for a pod. */
  constructor(kube: Kube, patienceSeconds: number) {
    this.#kube = kube;
    this.#patienceSeconds = patienceSeconds;
  }

  /** Aborted, with the pod and the scheduler's own reason, once a pod has waited for too long. */
  get homeless(): AbortSignal {
    return this.#homeless.signal;
  }

  /** Begins to wait with a pod that has no node, if the scheduler has looked for one. */
  async wait(pod: Json, signal: AbortSignal): Promise<void> {
    const { uid, namespace, name } = pod["metadata"];
    if (this.#waiting.has(uid) || whyUnplaced(pod) === undefined) {
      return;
    }
    this.#waiting.add(uid);
    await sleep(this.#patienceSeconds * 1_000, undefined, { signal });
    this.#waiting.delete(uid);
    const now = await this.#kube.find(pathOf(pod));
    const why = now?.["metadata"].uid === uid && now?.["spec"].nodeName === undefined ? whyUnplaced(now!) : undefined;
    if (why !== undefined) {
      this.#homeless.abort(new Error(`pod ${namespace}/${name} has no node, and Karpenter starts none: ${why}`));
    }
  }
}

/** The scheduler's own words about a pod for which it has found no node. */
export const whyUnplaced = ({ status }: Json): string | undefined =>
  ((status?.conditions ?? []) as Json[]).find(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable")?.[
    "message"
  ];

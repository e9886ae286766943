import { setTimeout as sleep } from "node:timers/promises";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { pathOf } from "#rehearsal/cluster/nodes/known-pod";
import { type NodeDescription, registerNode } from "#rehearsal/cluster/nodes/nodes";
import { whyUnplaced } from "#rehearsal/cluster/nodes/unplaced";
import { missingNode, presentIn } from "./provision.ts";

/** Seconds after which a pod is given up for which the plan starts no node. */
const PATIENCE_SECONDS = 10;

/** Starts the nodes that the plan counts with, in Karpenter's place: what is tested is whether the scheduler agrees with the plan. */
export class Provisioner {
  readonly #kube: Kube;
  readonly #zones: readonly string[];
  readonly #nodes: NodeDescription[];
  readonly #stop = new AbortController();
  readonly #waiting = new Set<string>();
  readonly #homeless = new AbortController();
  #provisioning: Promise<void> = Promise.resolve();

  /** @param nodes that are there already. */
  constructor(kube: Kube, zones: readonly string[], nodes: readonly NodeDescription[]) {
    this.#kube = kube;
    this.#zones = zones;
    this.#nodes = [...nodes];
  }

  /** Aborted, with the scheduler's reason, once a pod has no node and the plan starts none. */
  get homeless(): AbortSignal {
    return this.#homeless.signal;
  }

  start(): void {
    const onPod = (type: string, pod: Json): void => {
      if (type !== "SYNC" && type !== "DELETED" && isUnplaced(pod)) {
        this.#onPending(pod);
      }
    };
    void this.#kube.watch("/api/v1/pods", "", onPod, this.#stop.signal);
  }

  stop(): void {
    this.#stop.abort();
  }

  /** One at a time, so that ten pods that wait for the same node get one node. */
  #onPending(pod: Json): void {
    this.#provisioning = this.#provisioning.then(() => this.#provision(pod)).catch(() => undefined);
    if (!this.#waiting.has(pod["metadata"].uid)) {
      this.#waiting.add(pod["metadata"].uid);
      void this.#giveUp(pod).catch(() => undefined);
    }
  }

  async #provision(pod: Json): Promise<void> {
    // The node of an earlier pod may have room for this one: the scheduler has a moment to find it.
    await sleep(500);
    const node = await this.#missingFor(pod);
    if (node) {
      this.#nodes.push(node);
      await registerNode(this.#kube, node);
      await sleep(1_500);
    }
  }

  async #missingFor(pod: Json): Promise<NodeDescription | undefined> {
    const [now, present] = await Promise.all([this.#kube.find(pathOf(pod)), presentIn(this.#kube)]);
    return now && isUnplaced(now) ? missingNode(now, { ...present, nodes: this.#nodes, zones: this.#zones }) : undefined;
  }

  async #giveUp(pod: Json): Promise<void> {
    do {
      await sleep(PATIENCE_SECONDS * 1_000, undefined, { signal: this.#stop.signal });
    } while (await this.#missingFor(pod));
    const now = await this.#kube.find(pathOf(pod));
    if (now?.["metadata"].uid === pod["metadata"].uid && isUnplaced(now!)) {
      this.#homeless.abort(new Error(whyUnplaced(now!)));
    }
  }
}

const isUnplaced = (pod: Json): boolean => pod["spec"].nodeName === undefined && whyUnplaced(pod) !== undefined;

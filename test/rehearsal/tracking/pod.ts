import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NAME } from "#components/tracking/pod";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { NETWORK } from "#rehearsal/cluster/isolation/addresses";
import type { Image } from "#rehearsal/cluster/nodes/containers/images";
import { Sandbox } from "#rehearsal/cluster/nodes/containers/sandbox";
import { type Played, PodProcesses } from "#rehearsal/cluster/nodes/pod-processes";
import { readReference } from "#rehearsal/cluster/nodes/secrets";
import type { Vault } from "#rehearsal/cluster/vault";

/** What a pod needs of its node. */
export interface PodOptions {
  spec: Json;
  image: Image;
  restartPolicy: "Always" | "Never";
  /** Its name, too. */
  uid: string;
  ip: string;
  folder: string;
  kube: Kube;
  vault: Vault;
}

/** A pod of the tracking server, run as the nodes of a rehearsal run it. */
export class Pod {
  readonly runner: PodProcesses;
  readonly ip: string;
  readonly #log: (container: string) => string;
  #changed = Promise.withResolvers<void>();

  constructor({ spec, image, restartPolicy, uid, ip, folder, kube, vault }: PodOptions) {
    this.ip = ip;
    this.#log = (container) => join(folder, `${uid}-${container}.log`);
    const own = join(folder, uid);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const read = (kind: "Secret" | "ConfigMap", name: string) => readReference(kube, vault, NAME, kind, name);
    const pod = { metadata: { name: uid, namespace: NAME, uid }, spec };
    const sandbox = new Sandbox({ kube, folder: own, sources: { pod, ip, nodeIp: NETWORK.node, read } });
    const played = (container: Json): Played => ({
      container,
      log: this.#log(container["name"]),
      command: () => sandbox.command(container, image),
    });
    const changed = () => {
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
    const init = ((spec["initContainers"] ?? []) as Json[]).map(played);
    const main = (spec["containers"] as Json[]).map(played);
    this.runner = new PodProcesses({ init, main, restartPolicy, ip, onChange: changed, onEnd: () => void sandbox.end() });
    this.runner.start();
  }

  /** What a container has said. */
  said(container: string): string {
    try {
      return readFileSync(this.#log(container), "utf8");
    } catch {
      return "";
    }
  }

  /** Waits until a container has said a word. @throws {Error} when the pod ends before, with all that it said. */
  async saying(container: string, word: string): Promise<void> {
    while (!this.said(container).includes(word)) {
      if (this.runner.outcome !== undefined) {
        throw new Error(`the container must say '${word}' before it ends, it said: ${this.said(container)}`);
      }
      await sleep(100);
    }
  }

  /** Kills the process of a container, as a node that runs out of memory does. */
  kill(container: string): void {
    process.kill(this.runner.states.get(container)!.pid!, "SIGKILL");
  }

  /** Waits until something holds of its processes. */
  async until(holds: (runner: PodProcesses) => boolean): Promise<void> {
    while (!holds(this.runner)) {
      await this.#changed.promise;
    }
  }
}

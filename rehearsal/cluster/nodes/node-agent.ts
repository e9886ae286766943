import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Json, Kube, WatchEvent } from "../controlplane/kube.ts";
import { residentBytes } from "../controlplane/processes.ts";
import { NETWORK, ownPodAddresses, podAddresses } from "../isolation/addresses.ts";
import type { Vault } from "../vault.ts";
import { containerEnv, type EnvSources } from "./container-env.ts";
import type { Images } from "./containers/images.ts";
import { Sandbox } from "./containers/sandbox.ts";
import { nameOf, newPod, type Pod, pathOf } from "./known-pod.ts";
import { keepNodes } from "./kubelets.ts";
import { KUBELET_PORT, type KubeletIdentity, logServer } from "./log-server.ts";
import { registerNode, type SystemGroup, systemNodes } from "./nodes.ts";
import { type Played, PodProcesses, type PodProcessesOptions } from "./pod-processes.ts";
import { isReady, podStatus } from "./pod-status.ts";
import { offspringOf } from "./priority.ts";
import { readReference } from "./secrets.ts";
import { type Contained, commandOf, type Part, partOf } from "./stand-ins.ts";
import { Unplaced } from "./unplaced.ts";
import { provideVolumes } from "./volumes.ts";

export interface NodeAgentOptions {
  kube: Kube;

  /** Gets logs of pods. */
  folder: string;

  /** Has what pods would get of AWS. */
  vault: Vault;

  /** Zones of the network, in which the nodes are. */
  zones: readonly string[];

  /** The managed node group: its nodes are there from the beginning. */
  system: SystemGroup;

  /** With it, the nodes show the logs of their pods. @default - they do not */
  kubelet?: KubeletIdentity;

  /** Images whose own programs run. @default - none */
  images?: Images;

  /** Seconds that the scheduler, and Karpenter with a new node, have for a pod. @default 90 */
  placingSeconds?: number;
}

const withOffspring = (pids: readonly number[]): number[] => pids.flatMap((pid) => [pid, ...offspringOf(pid)]);

/** The nodes of a rehearsal: pods that the scheduler binds to them become processes, end at once, or are ready without one. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #pods = new Map<string, Pod>();
  readonly #addresses = podAddresses();
  readonly #ownAddresses = ownPodAddresses();
  readonly #stop = new AbortController();
  readonly #unplaced: Unplaced;

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    this.#unplaced = new Unplaced(options.kube, options.placingSeconds ?? 90);
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 });
  }

  /** Aborted once a pod has waited in vain for a node. */
  get homeless(): AbortSignal {
    return this.#unplaced.homeless;
  }

  /** Registers the system nodes and begins to look after pods. */
  async start(): Promise<void> {
    const { kube, zones, system, kubelet } = this.#options;
    const logs =
      kubelet &&
      logServer(kubelet, (namespace, pod, container) => this.#logOf(namespace, pod, container)).listen(
        KUBELET_PORT,
        NETWORK.node,
      );
    this.#stop.signal.addEventListener("abort", () => logs?.close());
    const { signal } = this.#stop;
    keepNodes(kube, signal);
    await Promise.all(systemNodes(zones, system).map((node) => registerNode(kube, node)));
    provideVolumes(kube, signal);
    void kube.watch("/api/v1/pods", "", (type, object) => this.#onPod(type, object), signal);
  }

  /** Ends every process, without grace. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const runners = [...this.#pods.values()].flatMap(({ runner }) => runner ?? []);
    await Promise.all(runners.map((runner) => runner.stop(0)));
  }

  /** Containers whose processes are up, by `<namespace>/<pod>/<container>`. */
  running(): Set<string> {
    const pods = [...this.#pods.values()].filter(({ leaving }) => !leaving);
    return new Set(
      pods.flatMap((pod) =>
        [...(pod.processes ?? [])].flatMap(([container, { ready }]) => (ready ? `${nameOf(pod)}/${container}` : [])),
      ),
    );
  }

  /** Resident memory of the pods' processes in bytes, by `<namespace>/<name>`. */
  memory(): Record<string, number> {
    const running = [...this.#pods.values()].map((pod) => [nameOf(pod), pod.runner?.pids ?? []] as const);
    return Object.fromEntries(
      running
        .filter(([, pids]) => pids.length > 0)
        .map(([name, pids]) => [name, withOffspring(pids).reduce((sum, pid) => sum + residentBytes(pid), 0)]),
    );
  }

  get #logs(): string {
    return join(this.#options.folder, "pods");
  }

  #logOf(namespace: string, pod: string, container: string): string {
    return join(this.#logs, `${namespace}-${pod}-${container}.log`);
  }

  #onPod(type: WatchEvent, object: Json): void {
    if (type === "SYNC") {
      return this.#forgetMissing(object.items as Json[]);
    }
    if (type !== "DELETED" && object.spec.nodeName === undefined) {
      return void this.#unplaced.wait(object, this.#stop.signal).catch(this.#report(object));
    }
    const uid: string = object.metadata.uid;
    const known = this.#pods.get(uid);
    if (known) {
      known.pod = object;
    }
    if (type === "DELETED" || object.metadata.deletionTimestamp) {
      return void this.#remove(uid, object);
    }
    if (!known && object.status?.phase !== "Succeeded" && object.status?.phase !== "Failed") {
      this.#begin(uid, object);
    }
  }

  #forgetMissing(there: readonly Json[]): void {
    const uids = new Set(there.map(({ metadata }) => String(metadata.uid)));
    for (const [uid, { pod }] of this.#pods) {
      if (!uids.has(uid)) {
        void this.#remove(uid, pod);
      }
    }
  }

  #begin(uid: string, object: Json): void {
    const part = partOf(object, this.#options.images);
    const ip = this.#addressesFor(part).shift();
    if (ip === undefined) {
      throw new Error("out of pod addresses");
    }
    const pod = newPod(object, ip, part);
    if (part.kind === "completes") {
      pod.outcome = "Succeeded";
    }
    if (part.kind === "process" || part.kind === "containers") {
      this.#run(pod, part);
    }
    this.#pods.set(uid, pod);
    this.#publish(pod);
  }

  /** What runs an image's own program has a network of its own, and so addresses that are not this one's. */
  #addressesFor({ kind }: Part): string[] {
    return kind === "containers" ? this.#ownAddresses : this.#addresses;
  }

  #run(pod: Pod, part: Extract<Part, { kind: "process" | "containers" }>): void {
    const { restartPolicy = "Always" } = pod.pod.spec;
    const onChange = () => this.#publish(pod);
    const played = part.kind === "containers" ? this.#contained(pod, part) : { init: [], main: [this.#standIn(pod, part)] };
    const runner = new PodProcesses({ ...played, restartPolicy, ip: pod.ip, onChange });
    pod.runner = runner;
    pod.processes = runner.states;
    runner.start();
  }

  #standIn(pod: Pod, part: Extract<Part, { kind: "process" }>): Played {
    const sources = this.#sourcesOf(pod);
    const command = async () =>
      commandOf(part.program, { HOSTNAME: pod.pod.metadata.name, ...(await containerEnv(part.container, sources)) });
    return { container: part.container, log: this.#logFor(pod, part.container), command };
  }

  #contained(
    pod: Pod,
    { init, main }: Extract<Part, { kind: "containers" }>,
  ): Pick<PodProcessesOptions, "init" | "main" | "onEnd"> {
    const folder = join(this.#logs, pod.pod.metadata.uid);
    const sandbox = new Sandbox({ kube: this.#options.kube, folder, sources: this.#sourcesOf(pod) });
    const played = ({ container, image }: Contained): Played => ({
      container,
      log: this.#logFor(pod, container),
      command: () => sandbox.command(container, image),
    });
    return { init: init.map(played), main: main.map(played), onEnd: () => void sandbox.end() };
  }

  #logFor({ pod: { metadata } }: Pod, { name }: Json): string {
    return this.#logOf(metadata.namespace, metadata.name, name);
  }

  #sourcesOf({ pod, ip, nodeIp }: Pod): EnvSources {
    const { kube, vault } = this.#options;
    return { pod, ip, nodeIp, read: (kind, reference) => readReference(kube, vault, pod.metadata.namespace, kind, reference) };
  }

  /** Tells the API server how a pod is. */
  #publish(pod: Pod): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    pod.outcome = pod.runner?.outcome ?? pod.outcome;
    pod.prepared = pod.runner?.prepared ?? true;
    const ready = isReady(pod);
    if (ready !== pod.lastReady) {
      pod.readySince = new Date().toISOString();
    }
    pod.lastReady = ready;
    pod.unsaid = true;
    pod.saying ??= this.#say(pod).finally(() => (pod.saying = undefined));
  }

  /** One word at a time: two at once could arrive in the wrong order. */
  async #say(pod: Pod): Promise<void> {
    while (pod.unsaid) {
      pod.unsaid = false;
      const patch = { metadata: { uid: pod.pod.metadata.uid }, status: podStatus(pod) };
      await this.#options.kube.strategic(`${pathOf(pod.pod)}/status`, patch).catch(this.#report(pod.pod));
    }
  }

  async #remove(uid: string, object: Json): Promise<void> {
    const pod = this.#pods.get(uid);
    if (pod?.leaving) {
      return;
    }
    if (pod) {
      pod.leaving = true;
      await pod.runner?.stop(object.metadata.deletionGracePeriodSeconds ?? object.spec.terminationGracePeriodSeconds ?? 30);
      this.#pods.delete(uid);
      this.#addressesFor(pod.part).push(pod.ip);
    }
    await this.#options.kube.delete(pathOf(object), { graceSeconds: 0, uid }).catch(this.#report(object));
  }

  /** A pod that is gone (404) or was made again under its name (409) needs no word. */
  #report(object: Json): (error: Error & { status?: number }) => void {
    return (error) => {
      if (error.status === 404 || error.status === 409 || this.#stop.signal.aborted) {
        return;
      }
      console.error(`pod ${object.metadata.namespace}/${object.metadata.name}: ${error.message}`);
    };
  }
}

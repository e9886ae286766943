import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, Kube, WatchEvent } from "../controlplane/kube.ts";
import { residentBytes } from "../controlplane/processes.ts";
import { NETWORK, ownPodAddresses, podAddresses } from "../isolation/addresses.ts";
import { containerEnv, type EnvSources } from "./container-env.ts";
import { Container } from "./containers/container.ts";
import type { Images } from "./containers/images.ts";
import { nameOf, newPod, type Pod, pathOf } from "./known-pod.ts";
import { keepNodes } from "./kubelets.ts";
import { KUBELET_PORT, type KubeletIdentity, logServer } from "./log-server.ts";
import { registerNode, type SystemGroup, systemNodes } from "./nodes.ts";
import { type Command, PodProcess } from "./pod-process.ts";
import { isReady, podStatus } from "./pod-status.ts";
import { readReference } from "./secrets.ts";
import { commandOf, type Faults, METRICS_PATH, type Part, partOf, readFaults, servingPort } from "./stand-ins.ts";
import { writeTargets } from "./targets.ts";
import { Unplaced } from "./unplaced.ts";
import { provideVolumes } from "./volumes.ts";

export interface NodeAgentOptions {
  kube: Kube;

  /** Gets logs of pods, `targets.json` for Prometheus and, if the caller writes one, `registry.json` for the tracking server. */
  folder: string;

  /** Zones of the network, in which the nodes are. */
  zones: readonly string[];

  /** The managed node group: its nodes are there from the beginning. */
  system: SystemGroup;

  /** What is wrong with which version of a model. Written to `faults.json` in the folder, which a person may change: a pod learns it at its start. */
  faults: Faults;

  /** With it, the nodes show the logs of their pods. @default - they do not */
  kubelet?: KubeletIdentity;

  /** Images whose own programs run. @default - none */
  images?: Images;

  /** Seconds that the scheduler, and Karpenter with a new node, have for a pod. @default 90 */
  placingSeconds?: number;
}

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
    writeFileSync(this.#faults, `${JSON.stringify(options.faults, null, 2)}\n`);
    this.#writeTargets();
  }

  /** Aborted once a pod has waited in vain for a node. */
  get homeless(): AbortSignal {
    return this.#unplaced.homeless;
  }

  /** File that tells Prometheus which pods to scrape. */
  get targetsFile(): string {
    return join(this.#options.folder, "targets.json");
  }

  /** Registers the system nodes and begins to look after pods. */
  async start(): Promise<void> {
    const { kube, zones, system, kubelet } = this.#options;
    const logs =
      kubelet && logServer(kubelet, (namespace, pod) => this.#logOf(namespace, pod)).listen(KUBELET_PORT, NETWORK.node);
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

  /** Pods that run as processes, by `<namespace>/<name>`, and how many are ready without one. */
  summary(): { processes: string[]; alone: number } {
    const pods = [...this.#pods.values()];
    const processes = pods.filter(({ runner }) => runner !== undefined).map(nameOf);
    return { processes, alone: pods.filter(({ part }) => part.kind === "ready").length };
  }

  /** Resident memory of the pods' processes in bytes, by `<namespace>/<name>`. */
  memory(): Record<string, number> {
    const running = [...this.#pods.values()].filter(({ runner }) => runner?.state.pid !== undefined);
    return Object.fromEntries(running.map((pod) => [nameOf(pod), residentBytes(pod.runner?.state.pid ?? 0)]));
  }

  get #faults(): string {
    return join(this.#options.folder, "faults.json");
  }

  get #logs(): string {
    return join(this.#options.folder, "pods");
  }

  #logOf(namespace: string, pod: string): string {
    return join(this.#logs, `${namespace}-${pod}.log`);
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
    if (part.kind === "process" || part.kind === "container") {
      this.#run(pod, part);
    }
    this.#pods.set(uid, pod);
    this.#publish(pod);
  }

  /** What runs an image's own program has a network of its own, and so addresses that are not this one's. */
  #addressesFor({ kind }: Part): string[] {
    return kind === "container" ? this.#ownAddresses : this.#addresses;
  }

  #run(pod: Pod, part: Extract<Part, { kind: "process" | "container" }>): void {
    const { namespace, name } = pod.pod.metadata as { namespace: string; name: string };
    const log = this.#logOf(namespace, name);
    const { command, end } = part.kind === "container" ? this.#contained(pod, part) : this.#standIn(pod, part);
    const { container } = part;
    const onChange = () => this.#publish(pod);
    const runner = new PodProcess({ pod: pod.pod, container, ip: pod.ip, log, command, onChange, ...(end && { onEnd: end }) });
    pod.runner = runner;
    pod.process = { container: container.name, state: runner.state };
    runner.start();
  }

  #standIn(pod: Pod, part: Extract<Part, { kind: "process" }>): Playing {
    const sources = this.#sourcesOf(pod);
    const registry = join(this.#options.folder, "registry.json");
    return {
      command: async () => {
        const env = { HOSTNAME: pod.pod.metadata.name, ...(await containerEnv(part.container, sources)) };
        return commandOf(part, { ip: pod.ip, env, faults: readFaults(this.#faults), registry });
      },
    };
  }

  #contained(pod: Pod, { container, image }: Extract<Part, { kind: "container" }>): Playing {
    const { kube } = this.#options;
    const folder = join(this.#options.folder, "pods", pod.pod.metadata.uid);
    const contained = new Container({ kube, container, image, folder, sources: this.#sourcesOf(pod) });
    return { command: () => contained.command(), end: () => contained.end() };
  }

  #sourcesOf({ pod, ip, nodeIp }: Pod): EnvSources {
    const { kube } = this.#options;
    return { pod, ip, nodeIp, read: (kind, reference) => readReference(kube, pod.metadata.namespace, kind, reference) };
  }

  /** Tells the API server and Prometheus how a pod is. */
  #publish(pod: Pod): void {
    if (this.#stop.signal.aborted) {
      return;
    }
    pod.outcome = pod.runner?.outcome ?? pod.outcome;
    const ready = isReady(pod);
    if (ready !== pod.lastReady) {
      pod.readySince = new Date().toISOString();
    }
    pod.lastReady = ready;
    if (pod.runner) {
      this.#writeTargets();
    }
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
      this.#writeTargets();
    }
    await this.#options.kube.delete(pathOf(object), { graceSeconds: 0, uid }).catch(this.#report(object));
  }

  #writeTargets(): void {
    const targets = [...this.#pods.values()].flatMap(({ part, pod, ip, leaving }) => {
      const path = part.kind === "process" && !leaving ? METRICS_PATH[part.program] : undefined;
      return part.kind === "process" && path !== undefined ? [{ pod, ip, port: servingPort(part.container), path }] : [];
    });
    writeTargets(this.targetsFile, targets);
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

/** How a pod's process is made. */
interface Playing {
  command: () => Promise<Command>;
  /** Called when it will not be started again. */
  end?: () => void;
}

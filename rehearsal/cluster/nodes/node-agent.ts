import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json, Kube, WatchEvent } from "../controlplane/kube.ts";
import { residentBytes } from "../controlplane/processes.ts";
import { NETWORK, podAddresses } from "../isolation/addresses.ts";
import { containerEnv } from "./container-env.ts";
import { nameOf, newPod, type Pod, pathOf } from "./known-pod.ts";
import { KUBELET_PORT, type KubeletIdentity, logServer } from "./log-server.ts";
import { type NodeDescription, registerNode, renewLease, type SystemGroup, systemNodes } from "./nodes.ts";
import { PodProcess } from "./pod-process.ts";
import { isReady, podStatus } from "./pod-status.ts";
import { nodeFor, presentIn } from "./provision.ts";
import { readReference } from "./secrets.ts";
import { commandOf, type Faults, METRICS_PATH, type Part, partOf, readFaults, servingPort } from "./stand-ins.ts";
import { writeTargets } from "./targets.ts";
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

  /** Seconds that the scheduler and Karpenter have to find a node for a pod. @default 30 */
  placingSeconds?: number;
}

/** The nodes of a rehearsal: pods that the scheduler binds to them become processes, end at once, or are ready without one. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #nodes: NodeDescription[] = [];
  readonly #pods = new Map<string, Pod>();
  readonly #addresses = podAddresses();
  readonly #stop = new AbortController();
  readonly #waiting = new Set<string>();
  readonly #homeless = new AbortController();
  #provisioning: Promise<void> = Promise.resolve();

  constructor(options: NodeAgentOptions) {
    this.#options = options;
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 });
    writeFileSync(this.#faults, `${JSON.stringify(options.faults, null, 2)}\n`);
    this.#writeTargets();
  }

  /**
   * Aborted, with the pod and the scheduler's own reason, once a pod has waited half a minute for a node and Karpenter starts none. A real
   * cluster would leave it waiting, and whoever waits for the pod would give up after ten minutes.
   */
  get homeless(): AbortSignal {
    return this.#homeless.signal;
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
    await Promise.all(systemNodes(zones, system).map((node) => this.#register(node)));
    const { signal } = this.#stop;
    const beat = setInterval(() => void Promise.allSettled(this.#nodes.map(({ name }) => renewLease(kube, name))), 10_000);
    signal.addEventListener("abort", () => clearInterval(beat));
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

  async #register(node: NodeDescription): Promise<void> {
    this.#nodes.push(node);
    await registerNode(this.#options.kube, node);
  }

  #onPod(type: WatchEvent, object: Json): void {
    if (type === "SYNC") {
      return this.#forgetMissing(object.items as Json[]);
    }
    if (type !== "DELETED" && object.spec.nodeName === undefined) {
      return this.#onPending(object);
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

  /** One at a time, so that ten pods that wait for the same node get one node. */
  #onPending(pod: Json): void {
    if (!isUnplaced(pod)) {
      return;
    }
    this.#provisioning = this.#provisioning.then(() => this.#provision(pod)).catch(this.#report(pod));
    if (!this.#waiting.has(pod["metadata"].uid)) {
      this.#waiting.add(pod["metadata"].uid);
      void this.#giveUp(pod).catch(this.#report(pod));
    }
  }

  async #provision(pod: Json): Promise<void> {
    // The node of an earlier pod may have room for this one: the scheduler has a moment to find it.
    await sleep(500);
    const node = await this.#missingFor(pod);
    if (node) {
      await this.#register(node);
      await sleep(1_500);
    }
  }

  /** The node that Karpenter starts for a pod, if the pod still waits for one. */
  async #missingFor(pod: Json): Promise<NodeDescription | undefined> {
    const { kube, zones } = this.#options;
    const [now, present] = await Promise.all([kube.find(pathOf(pod)), presentIn(kube)]);
    return now && isUnplaced(now) ? nodeFor(kube, now, { ...present, nodes: this.#nodes, zones }) : undefined;
  }

  /** Says so when a pod has no node and will get none. */
  async #giveUp(pod: Json): Promise<void> {
    const { kube, placingSeconds = 30 } = this.#options;
    const { signal } = this.#stop;
    do {
      await sleep(placingSeconds * 1_000, undefined, { signal });
    } while (await this.#missingFor(pod));
    const now = await kube.find(pathOf(pod));
    this.#waiting.delete(pod["metadata"].uid);
    if (now && now["metadata"].uid === pod["metadata"].uid && isUnplaced(now)) {
      const { namespace, name } = pod["metadata"];
      this.#homeless.abort(new Error(`pod ${namespace}/${name} has no node, and Karpenter starts none: ${whyUnplaced(now)}`));
    }
  }

  #begin(uid: string, object: Json): void {
    const ip = this.#addresses.shift();
    if (ip === undefined) {
      throw new Error("out of pod addresses");
    }
    const part = partOf(object);
    const pod = newPod(object, ip, part);
    if (part.kind === "completes") {
      pod.outcome = "Succeeded";
    }
    if (part.kind === "process") {
      this.#run(pod, part);
    }
    this.#pods.set(uid, pod);
    this.#publish(pod);
  }

  #run(pod: Pod, part: Extract<Part, { kind: "process" }>): void {
    const { kube, folder } = this.#options;
    const { ip, nodeIp } = pod;
    const { namespace, name } = pod.pod.metadata as { namespace: string; name: string };
    const read = (kind: "Secret" | "ConfigMap", reference: string) => readReference(kube, namespace, kind, reference);
    const command = async () => {
      const env = { HOSTNAME: name, ...(await containerEnv(part.container, { pod: pod.pod, ip, nodeIp, read })) };
      return commandOf(part, { ip, env, faults: readFaults(this.#faults), registry: join(folder, "registry.json") });
    };
    const log = this.#logOf(namespace, name);
    const runner = new PodProcess({
      pod: pod.pod,
      container: part.container,
      ip,
      log,
      command,
      onChange: () => this.#publish(pod),
    });
    pod.runner = runner;
    pod.process = { container: part.container.name, state: runner.state };
    runner.start();
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
      this.#addresses.push(pod.ip);
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

/** Whether the scheduler has looked for a node and found none. */
const isUnplaced = (pod: Json): boolean => pod["spec"].nodeName === undefined && whyUnplaced(pod) !== undefined;

/** The scheduler's own words. */
const whyUnplaced = ({ status }: Json): string | undefined =>
  ((status?.conditions ?? []) as Json[]).find(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable")?.[
    "message"
  ];

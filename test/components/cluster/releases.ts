import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { shareAlone } from "#components/serving/queries";
import type { Canary } from "#components/serving/strategies/canary";
import { quickReturn } from "#components/serving/strategies/quick-return";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { answers, type Process, type Processes } from "#rehearsal/cluster/controlplane/processes";
import { minimal, serving } from "../serving/fixture.ts";
import { applyAll, objectsOf } from "./objects.ts";

/** What came of asking for a version. */
export interface Released {
  version: string;
  outcome: "stable" | "aborted";
  /** How often the controller asked how the new version is doing. */
  measured: number;
  /** Shares that it got, percent. */
  weights: number[];
}

const NAMESPACE = minimal.namespace;
const PROMETHEUS = 9_090;

const TIMES: Canary = {
  kind: "canary",
  weights: [20, 50, 100],
  stepSeconds: 2,
  soakSeconds: 2,
  analysis: { intervalSeconds: 1, windowSeconds: 1, minRequests: 29 },
};

/** Asked for one after the other. Version 5 answers with errors; version 4 has been stable when it is asked for again. */
const STORY: { version: string; strategy: Canary }[] = [
  { version: "4", strategy: TIMES },
  { version: "5", strategy: TIMES },
  { version: "6", strategy: TIMES },
  { version: "5", strategy: TIMES },
  { version: "4", strategy: quickReturn(TIMES) },
];
const BAD = "5";

/** Releases version after version with the real controller. Pods are ready at once, and the measurements are ours. */
export async function releaseAll(
  kube: Kube,
  processes: Processes,
  { command, kubeconfigPath }: { command: readonly string[]; kubeconfigPath: string },
): Promise<Released[]> {
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const end = new AbortController();
  void kube.watch("/api/v1/pods", "", (type, pod) => void (type === "ADDED" && makeReady(kube, pod)), end.signal);
  const gateway = new MeasuredGateway(kube);
  await gateway.listen();
  await processes.start(controller(command, kubeconfigPath));
  const released: Released[] = [];
  for (const { version, strategy } of STORY) {
    released.push(await release(kube, gateway, version, strategy));
  }
  end.abort();
  return released;
}

/** The controller outside of a pod: no node is here that could run one. */
const controller = (command: readonly string[], kubeconfig: string): Process => ({
  name: "argo-rollouts",
  command: [...command, `--kubeconfig=${kubeconfig}`, "--istio-api-version=v1", "--leader-elect=false"],
  ready: () => answers("http://127.0.0.1:8080/healthz"),
});

async function release(kube: Kube, gateway: MeasuredGateway, version: string, strategy: Canary): Promise<Released> {
  const graph = await serving({
    model: { ...minimal.model, version, path: `models/fraud/${version}` },
    monitoring: { namespace: "monitoring", prometheusUrl: `http://127.0.0.1:${PROMETHEUS}` },
    strategy,
  });
  // As Pulumi does: what the controller owns is written once.
  const once = gateway.weights.length === 0 ? ["Service", "VirtualService"] : [];
  await applyAll(kube, objectsOf(graph, ["ServiceAccount", ...once, "AnalysisTemplate"]));
  gateway.begin(version);
  const before: unknown = (await kube.find(ROLLOUT))?.["status"]?.currentPodHash;
  await applyAll(kube, objectsOf(graph, ["Rollout"]));
  const outcome = await untilDecided(kube, gateway, before);
  return { version, outcome, measured: gateway.measured, weights: gateway.weights };
}

const ROLLOUT = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}/rollouts/fraud`;

/** @param before the version before this one: the controller still tells of it for a moment. */
async function untilDecided(kube: Kube, gateway: MeasuredGateway, before: unknown): Promise<Released["outcome"]> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await sleep(100)) {
    await gateway.look();
    const { status = {} } = await kube.get(ROLLOUT);
    if (status.currentPodHash !== before) {
      if (status.abort === true) {
        return "aborted";
      }
      if (status.phase === "Healthy" && status.stableRS === status.currentPodHash) {
        return "stable";
      }
    }
  }
  throw new Error("a release must end within 90 s");
}

/** What Prometheus would know of the gateway: the new version fails when it is the bad one, and shares are as they were asked for. */
class MeasuredGateway {
  measured = 0;
  weights: number[] = [];
  readonly #kube: Kube;
  #version = "";
  #weight = 0;

  constructor(kube: Kube) {
    this.#kube = kube;
  }

  begin(version: string): void {
    this.#version = version;
    this.measured = 0;
    this.weights = [];
  }

  /** Reads the share that the controller asks for. */
  async look(): Promise<void> {
    const split = await this.#kube.get(`/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/virtualservices/fraud-split`);
    const primary = (split["spec"].http as Json[]).find(({ name }) => name === "primary");
    this.#weight = primary?.["route"][1].weight ?? 0;
    if (this.weights.at(-1) !== this.#weight) {
      this.weights.push(this.#weight);
    }
  }

  listen(): Promise<void> {
    const server = createServer((request, response) => void this.#reply(request, response));
    return new Promise((resolve) => server.listen(PROMETHEUS, "127.0.0.1", resolve));
  }

  async #reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URLSearchParams((await text(request)) || request.url?.split("?")[1]).get("query") ?? "";
    await this.look();
    const sample = { metric: {}, value: [Date.now() / 1000, String(this.#answer(query))] };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result: [sample] } }));
  }

  #answer(query: string): number {
    // What a share is compared with says nothing of whose share it is.
    const [canary, stable] = ["fraud-canary.", "fraud-stable."].map((service) => shareAlone(query).includes(service));
    if (canary && stable) {
      return this.#weight / 100;
    }
    this.measured += canary ? 1 : 0;
    return canary && this.#version === BAD ? 1 : 0;
  }
}

/** The kubelet's part. */
async function makeReady(kube: Kube, { metadata }: Json): Promise<void> {
  const ready = { type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() };
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`;
  await kube.strategic(path, { status: { phase: "Running", conditions: [ready] } }).catch(() => undefined);
}

import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FORCE_HEADER } from "#components/serving/names";
import type { RehearsalCluster } from "./cluster/cluster.ts";
import type { Kube } from "./cluster/controlplane/kube.ts";
import { TLS_ENDED } from "./traffic/forwarded.ts";

/** A model that is served, and how to ask it. */
export interface Served {
  model: string;
  /** Version that the release names. */
  version: string;
  namespace: string;
  host: string;
  path: string;
  /** Bodies of requests, JSON texts: users send one after the other. */
  bodies: readonly string[];
}

/** Where a model server takes requests in MLflow's scoring protocol. */
export const SCORING_PATH = "/invocations";

/** Header in which a model server says its version: the one with which a request asks for the new version. */
export const VERSION_HEADER = FORCE_HEADER.name;

/**
 * Waits until a model answers through the gateway.
 *
 * @param patience seconds.
 * @returns the version that answered.
 * @throws {Error} when it has not answered with status 200 by then.
 */
export async function waitForAnswer({ gatewayAddress }: RehearsalCluster, served: Served, patience: number): Promise<string> {
  let last = 0;
  for (const deadline = Date.now() + patience * 1000; Date.now() < deadline; await sleep(100)) {
    const { status, version } = await ask(gatewayAddress, served);
    if (status === 200) {
      return version;
    }
    last = status;
  }
  throw new Error(
    `${served.host}${served.path} must answer 200 within ${patience} s, got ${last === 0 ? "no answer" : String(last)}`,
  );
}

function ask(gateway: string, { host, path, bodies: [body = ""] }: Served): Promise<{ status: number; version: string }> {
  const [address, port] = gateway.split(":");
  const headers = { ...TLS_ENDED, host, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const call = request({ host: address, port, path, method: "POST", headers, timeout: 2_000 }, (answer) => {
      answer.resume();
      answer.once("end", () =>
        resolve({ status: answer.statusCode ?? 0, version: String(answer.headers[VERSION_HEADER] ?? "") }),
      );
    });
    call.once("timeout", () => call.destroy());
    call.once("error", () => resolve({ status: 0, version: "" }));
    call.end(body);
  });
}

/** What must stay the same of a model while another one is released. */
export interface RolloutState {
  /** Its spec as JSON, without the number of replicas, which belongs to the autoscaler. */
  spec: string;
  /** Hash of the pod template that is served. */
  podHash: string;
}

/** @throws {KubeError} when the model has no Rollout. */
export async function rolloutOf(
  kube: Kube,
  { namespace, model }: Served,
): Promise<RolloutState & { atRest: boolean; said: string }> {
  const { metadata, spec, status } = await kube.get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/${model}`);
  return {
    spec: JSON.stringify({ ...spec, replicas: undefined }),
    podHash: status?.stableRS ?? "",
    atRest: status?.phase === "Healthy" && String(status.observedGeneration) === String(metadata.generation),
    said: `${status?.phase ?? "no status"}: ${status?.message ?? "no message"}, generation ${status?.observedGeneration} of ${metadata.generation}`,
  };
}

/** @throws {Error} when the model's Rollout is not at rest within so many seconds. */
export async function untilAtRest(kube: Kube, served: Served, seconds: number): Promise<void> {
  let last = "nothing";
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(200)) {
    const { atRest, said } = await rolloutOf(kube, served);
    if (atRest) {
      return;
    }
    last = said;
  }
  throw new Error(`rollout ${served.namespace}/${served.model} must be at rest within ${seconds} s; it says: ${last}`);
}

// The tracking server of a rehearsal, as people and programs reach it.

import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { JOBS_ACCOUNT } from "#components/teams/jobs-identity";
import { jobsNamespace } from "#components/teams/team";
import { URI } from "#components/tracking/exposure";
import { NAME } from "#components/tracking/pod";
import type { RehearsalCluster } from "../cluster/cluster.ts";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import type { HostsFile } from "../cluster/isolation/hosts-file.ts";

/** Somebody who calls the server, and what they show of themselves. */
export interface Caller {
  name: string;
  /** Header `Authorization`. */
  authorization: string;
}

/** A way to the server: where a request is sent, and with which headers. */
export interface Way {
  address: string;
  port: number;
  headers: Readonly<Record<string, string>>;
}

/** What the server has answered: JSON where it is JSON, else text. */
export interface Answer {
  status: number;
  body: Json;
  bytes: Buffer;
}

/** From inside the cluster, by the name of its Service. */
export const SERVICE: Way = { address: new URL(URI).hostname, port: 80, headers: { host: new URL(URI).hostname } };

/** Sends a request. A body is sent as JSON. @throws {Error} when nobody answers within 30 s. */
export function ask(way: Way, caller: Caller | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...way.headers,
    ...(caller && { authorization: caller.authorization }),
    ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: way.address, port: way.port, method, path, headers, timeout: 30_000 }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const bytes = Buffer.concat(parts);
        resolve({ status: answer.statusCode ?? 0, bytes, body: parsed(bytes) });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    sent.on("error", reject);
    sent.end(text);
  });
}

function parsed(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch {
    return { text: bytes.toString() };
  }
}

/** Somebody with a name and a password: only `admin` has one. */
export const withPassword = (user: string, password: string): Caller => ({
  name: user,
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** A service account with a token for the tracking server, as `kubectl create token` and a pod's volume have it. It must be there. */
export async function withToken(kube: Kube, namespace: string, name: string): Promise<Caller> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const spec = { audiences: [NAME], expirationSeconds: TOKEN_SECONDS };
  const answer: Json = await kube.call("POST", path, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec });
  return { name: `system:serviceaccount:${namespace}:${name}`, authorization: `Bearer ${answer["status"].token}` };
}

/** Longer than anybody keeps a rehearsal. */
const TOKEN_SECONDS = 86_400;

/**
 * Jobs of a team, before the workloads have made its namespace: it is made for the token and removed again. Whoever checks a token by its
 * signature takes it until it ends.
 */
export async function jobsOf(kube: Kube, team: string): Promise<Caller> {
  const namespace = jobsNamespace(team);
  const path = `/api/v1/namespaces/${namespace}`;
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await kube.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
  await kube.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: JOBS_ACCOUNT, namespace } });
  const jobs = await withToken(kube, namespace, JOBS_ACCOUNT);
  await kube.call("DELETE", path);
  while ((await kube.find(path)) !== undefined) {
    await sleep(100);
  }
  return jobs;
}

/** Seconds for a server that is started, or was killed, to answer: those of its startup probe. */
const PATIENCE = 300;

/** Shows the keys of the cluster's tokens, makes the name of the server's Service lead to its pods, and waits for one that answers. @throws {Error} when none does. */
export async function openService(cluster: RehearsalCluster, hosts: HostsFile): Promise<void> {
  await cluster.serveTokenKeys(hosts);
  await cluster.proxyServices([{ service: NAME, namespace: NAME }], hosts);
  await untilHealthy();
}

/** Waits until the server answers by a way. @throws {Error} when it does not within five minutes. */
export async function untilHealthy(way: Way = SERVICE): Promise<void> {
  const healthy = (): Promise<boolean> =>
    ask(way, undefined, "GET", "/health").then(
      ({ status }) => status === 200,
      () => false,
    );
  for (const deadline = Date.now() + PATIENCE * 1_000; !(await healthy()); await sleep(100)) {
    if (Date.now() > deadline) {
      throw new Error(`the tracking server must answer within ${PATIENCE} s: see the log of its pod`);
    }
  }
}

/** Variables by which MLflow's client finds the server. */
export const clientVariables = ({ authorization }: Caller): Record<string, string> => ({
  MLFLOW_TRACKING_URI: URI,
  MLFLOW_TRACKING_TOKEN: authorization.replace("Bearer ", ""),
});

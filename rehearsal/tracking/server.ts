// The tracking server of a rehearsal, as people and programs reach it.

import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ADMIN } from "#components/tracking/configuration";
import { URI } from "#components/tracking/exposure";
import { NAME } from "#components/tracking/pod";
import { KEY, KEYS_SECRET } from "#components/tracking/secrets";
import type { RehearsalCluster } from "../cluster/cluster.ts";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import type { HostsFile } from "../cluster/isolation/hosts-file.ts";

/** Somebody with an account. */
export interface Account {
  user: string;
  password: string;
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
export function ask(way: Way, account: Account | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...way.headers,
    ...(account && { authorization: `Basic ${Buffer.from(`${account.user}:${account.password}`).toString("base64")}` }),
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

/** The first account, whose password its administrators read in the cluster (docs/guides/aws.md). */
export async function administrator(kube: Kube): Promise<Account> {
  const { data } = await kube.get(`/api/v1/namespaces/${NAME}/secrets/${KEYS_SECRET}`);
  return { user: ADMIN, password: Buffer.from(data[KEY.admin], "base64").toString() };
}

/** Makes an account, as its administrators do. @throws {Error} with what the server says when it refuses. */
export async function makeAccount(kube: Kube, user: string): Promise<Account> {
  const account = { user, password: randomBytes(18).toString("base64url") };
  const { status, body } = await ask(SERVICE, await administrator(kube), "POST", "/api/2.0/mlflow/users/create", {
    username: user,
    password: account.password,
  });
  if (status !== 200) {
    throw new Error(`an account '${user}' must be made, the tracking server says ${status} ${JSON.stringify(body)}`);
  }
  return account;
}

/** Seconds for a server that is started, or was killed, to answer: those of its startup probe. */
const PATIENCE = 300;

/** Makes the name of the server's Service lead to its pods, and waits for one that answers. @throws {Error} when none does. */
export async function openService(cluster: RehearsalCluster, hosts: HostsFile): Promise<void> {
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
export const clientVariables = ({ user, password }: Account): Record<string, string> => ({
  MLFLOW_TRACKING_URI: URI,
  MLFLOW_TRACKING_USERNAME: user,
  MLFLOW_TRACKING_PASSWORD: password,
});

// From a kubeconfig to the options of a client: server, certificates and credentials.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import type { KubeOptions } from "../../../cluster/controlplane/kube.ts";

/** Untyped: YAML of known shape, checked where it is read. */
type Config = any;

const inline = (data: string | undefined, path: string | undefined): Buffer | undefined =>
  data ? Buffer.from(data, "base64") : path ? readFileSync(path) : undefined;

const byName = (list: Config[] | undefined, name: string, field: string): Config =>
  list?.find((entry) => entry.name === name)?.[field];

interface Credentials {
  readonly token: string | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** Runs what `aws eks get-token` and its like are for, and takes the token they print. */
function credentialPlugin({ command, args, env }: Config): Credentials {
  const extra = Object.fromEntries((env ?? []).map(({ name, value }: Config) => [name, value]));
  const printed = execFileSync(command, args ?? [], { env: { ...process.env, ...extra }, encoding: "utf8" });
  const { token, clientCertificateData, clientKeyData } = JSON.parse(printed).status;
  const pem = (text: string | undefined) => (text ? Buffer.from(text) : undefined);
  return { token, cert: pem(clientCertificateData), key: pem(clientKeyData) };
}

/** `text` is the provider's `kubeconfig` setting: a document, a path, or nothing for the usual places. */
export function readKubeconfig(
  text: string | undefined,
  context: string | undefined,
  namespace: string | undefined,
): KubeOptions {
  const usual = process.env["KUBECONFIG"]?.split(":")[0] ?? join(homedir(), ".kube", "config");
  const path = text === undefined ? usual : !text.includes("\n") && existsSync(text) ? text : undefined;
  if (path !== undefined && !existsSync(path)) {
    throw new Error("configured Kubernetes cluster is unreachable: no kubeconfig was given and none was found");
  }
  const config: Config = load(path === undefined ? (text ?? "") : readFileSync(path, "utf8"));
  const wanted = context ?? config["current-context"];
  const chosen = byName(config.contexts, wanted, "context");
  if (!chosen) {
    throw new Error(`configured Kubernetes cluster is unreachable: the kubeconfig has no context "${wanted}"`);
  }
  const cluster = byName(config.clusters, chosen.cluster, "cluster");
  const user = byName(config.users, chosen.user, "user") ?? {};
  const plugin: Partial<Credentials> = user.exec ? credentialPlugin(user.exec) : {};
  const token = plugin.token ?? user.token ?? (user.tokenFile && readFileSync(user.tokenFile, "utf8").trim());
  return {
    server: cluster.server,
    namespace: namespace ?? chosen.namespace ?? "default",
    token,
    ca: inline(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    cert: plugin.cert ?? inline(user["client-certificate-data"], user["client-certificate"]),
    key: plugin.key ?? inline(user["client-key-data"], user["client-key"]),
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
    ...(cluster["tls-server-name"] ? { servername: cluster["tls-server-name"] } : {}),
  };
}

import type { Json, Kube } from "../controlplane/kube.ts";

/**
 * Reads a Secret or ConfigMap for a container's variables.
 *
 * A Secret that External Secrets would write from AWS is never there: neither runs in a rehearsal. Where an ExternalSecret
 * announces it, its keys have a made-up value, so that a missing announcement still shows as a pod that cannot start.
 */
export async function readReference(
  kube: Kube,
  namespace: string,
  kind: "Secret" | "ConfigMap",
  name: string,
): Promise<Record<string, string> | undefined> {
  const found = await kube.find(`/api/v1/namespaces/${namespace}/${kind === "Secret" ? "secrets" : "configmaps"}/${name}`);
  if (found) {
    return kind === "Secret" ? decoded(found.data ?? {}) : ((found.data ?? {}) as Record<string, string>);
  }
  return kind === "Secret" ? announced(kube, namespace, name) : undefined;
}

function decoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
}

async function announced(kube: Kube, namespace: string, name: string): Promise<Record<string, string> | undefined> {
  const list = await kube.find(`/apis/external-secrets.io/v1/namespaces/${namespace}/externalsecrets`);
  const announcement = ((list?.items ?? []) as Json[]).find(
    ({ metadata, spec }) => (spec.target?.name ?? metadata.name) === name,
  );
  if (!announcement) {
    return undefined;
  }
  const keys = [
    ...((announcement.spec.data ?? []) as Json[]).map(({ secretKey }) => String(secretKey)),
    ...Object.keys(announcement.spec.target?.template?.data ?? {}),
  ];
  // With `dataFrom` the keys are known to AWS alone: any key that is asked for exists.
  const madeUp = (key: string) => `rehearsed-${key}`;
  const known = Object.fromEntries(keys.map((key) => [key, madeUp(key)]));
  return announcement.spec.dataFrom ? new Proxy(known, { get: (_, key) => madeUp(String(key)) }) : known;
}

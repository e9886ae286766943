import { API } from "#components/versions";
import { serverCertificate } from "../controlplane/certificate.ts";
import type { Json, Kube } from "../controlplane/kube.ts";
import type { Vault } from "../vault.ts";
import type { Content } from "./container-env.ts";
import { writtenByExternalSecrets } from "./external-secrets.ts";

/**
 * Reads a Secret or ConfigMap for a container.
 *
 * A Secret that External Secrets would write from AWS, or cert-manager for a certificate, is not there: neither runs in a rehearsal.
 * Where an ExternalSecret or a Certificate announces it, it is made, so that a missing announcement still shows as a pod that cannot start.
 */
export async function readReference(
  kube: Kube,
  vault: Vault,
  namespace: string,
  kind: "Secret" | "ConfigMap",
  name: string,
): Promise<Content | undefined> {
  const found = await kube.find(`/api/v1/namespaces/${namespace}/${kind === "Secret" ? "secrets" : "configmaps"}/${name}`);
  if (found) {
    return kind === "Secret" ? decoded(found.data) : { ...given(vault, found.data), ...decoded(found.binaryData) };
  }
  return kind === "Secret"
    ? ((await writtenByExternalSecrets(kube, vault, namespace, name)) ?? certified(kube, namespace, name))
    : undefined;
}

const decoded = (data: Record<string, string> = {}): Content =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64")]));

const given = (vault: Vault, data: Record<string, string> = {}): Content =>
  Object.fromEntries(Object.entries(data).map(([key, text]) => [key, vault.given(text)]));

/** Plays cert-manager for a Secret that a pod waits for: issues the certificate, and leaves it in the cluster for others to read. */
async function certified(kube: Kube, namespace: string, name: string): Promise<Content | undefined> {
  const list = await kube.find(`/apis/${API.certificates}/namespaces/${namespace}/certificates`);
  const found = ((list?.items ?? []) as Json[]).find(({ spec }) => spec.secretName === name);
  if (!found) {
    return undefined;
  }
  const { key, certificate } = serverCertificate({ name: found.metadata.name, names: found.spec.dnsNames ?? [] });
  const content = { "tls.key": key, "tls.crt": certificate, "ca.crt": certificate };
  const data = Object.entries(content).map(([file, text]) => [file, Buffer.from(text).toString("base64")]);
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type: "kubernetes.io/tls" };
  await kube.apply({ ...secret, data: Object.fromEntries(data) }, { manager: "cert-manager" });
  return content;
}

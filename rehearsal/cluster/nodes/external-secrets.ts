import { API } from "#components/versions";
import type { Json, Kube } from "../controlplane/kube.ts";
import type { Vault } from "../vault.ts";
import { MissingReference } from "./container-env.ts";

type Values = Record<string, string>;

/** Plays External Secrets for a Secret that a pod waits for: makes it as its ExternalSecret says, and leaves it in the cluster for others to read. */
export async function writtenByExternalSecrets(
  kube: Kube,
  vault: Vault,
  namespace: string,
  name: string,
): Promise<Values | undefined> {
  const list = await kube.find(`/apis/${API.externalSecret}/namespaces/${namespace}/externalsecrets`);
  const found = ((list?.items ?? []) as Json[]).find(({ metadata, spec }) => (spec.target?.name ?? metadata.name) === name);
  if (!found) {
    return undefined;
  }
  const { template, creationPolicy = "Owner", immutable = false } = found.spec.target ?? {};
  const values = await valuesOf(found, { kube, vault, namespace });
  const content = template?.data ? filled(template.data, values, name) : values;
  const data = Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
  const ownerReferences = creationPolicy === "Owner" ? [ownerOf(found)] : [];
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, ownerReferences }, type: "Opaque" };
  await kube.apply({ ...secret, immutable, data }, { manager: "external-secrets" });
  return content;
}

interface Sources {
  kube: Kube;
  vault: Vault;
  namespace: string;
}

/** What its sources give, by key: those of Secrets Manager, then what generators have made. */
async function valuesOf({ metadata, spec }: Json, { kube, vault, namespace }: Sources): Promise<Values> {
  const values: Values = {};
  for (const { secretKey, remoteRef } of (spec.data ?? []) as Json[]) {
    values[secretKey] = vault.managed(remoteRef.key, remoteRef.property ?? "");
  }
  for (const [at, { sourceRef, rewrite = [] }] of ((spec.dataFrom ?? []) as Json[]).entries()) {
    const generator = await passwordGenerator(kube, namespace, sourceRef?.generatorRef);
    const password = vault.generated(`${namespace}/${metadata.name}/${at}`, generator.spec.length);
    values[rewritten("password", rewrite)] = password;
  }
  return values;
}

/** @throws {MissingReference} when it is not there, or is of a kind that is not played. */
async function passwordGenerator(kube: Kube, namespace: string, reference: Json | undefined): Promise<Json> {
  if (reference?.kind !== "Password") {
    throw new MissingReference("a rehearsal plays no source of 'dataFrom' but the generator Password");
  }
  const found = await kube.find(`/apis/${reference.apiVersion}/namespaces/${namespace}/passwords/${reference.name}`);
  if (!found) {
    throw new MissingReference(`generator "${reference.name}" not found`);
  }
  return found;
}

/** A key after the rules of `rewrite`, which the operator applies one after the other. */
const rewritten = (key: string, rules: readonly Json[]): string =>
  rules.reduce<string>((name, { regexp }) => name.replaceAll(new RegExp(regexp.source, "g"), regexp.target), key);

/** Templates with the values in place of `{{ .key }}`; no other action of a template is played. */
function filled(templates: Values, values: Values, name: string): Values {
  return Object.fromEntries(
    Object.entries(templates).map(([file, template]) => [
      file,
      template.replaceAll(/\{\{\s*(.*?)\s*\}\}/g, (_, action: string) => {
        const value = values[action.replace(/^\./, "")];
        if (value === undefined) {
          throw new MissingReference(`template of secret "${name}": nothing for {{ ${action} }}`);
        }
        return value;
      }),
    ]),
  );
}

const ownerOf = ({ metadata: { name, uid } }: Json): Json => ({
  apiVersion: API.externalSecret,
  kind: "ExternalSecret",
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

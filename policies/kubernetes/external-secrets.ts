import { type Bag, bag, bags, isSet } from "../read.ts";
import type { Resource } from "../resource.ts";

const versions = (kind: string): string[] =>
  ["v1", "v1beta1", "v1alpha1"].map((version) => `kubernetes:external-secrets.io/${version}:${kind}`);

/** Kinds of the External Secrets operator, in every version that its CRDs served. */
export const EXTERNAL_SECRETS = versions("ExternalSecret");
export const CLUSTER_EXTERNAL_SECRETS = versions("ClusterExternalSecret");
export const SECRET_STORES = versions("SecretStore");
export const CLUSTER_SECRET_STORES = versions("ClusterSecretStore");

/** What makes values in place of fetching them. */
export const GENERATORS = /^kubernetes:generators\.external-secrets\.io\/v1alpha1:(\w+)$/;

/** An `ExternalSecretSpec` and where it stands. */
export const specOf = ({ type, inputs }: Resource): { path: string; spec: Bag } =>
  CLUSTER_EXTERNAL_SECRETS.includes(type)
    ? { path: "spec.externalSecretSpec", spec: bag(inputs, "spec", "externalSecretSpec") }
    : { path: "spec", spec: bag(inputs, "spec") };

/** Where a secret takes its values from, and where each says so. */
export const sourcesOf = (spec: Bag): { path: string; source: Bag }[] =>
  ["data", "dataFrom"].flatMap((list) => bags(spec, list).map((source, index) => ({ path: `${list}[${index}]`, source })));

/** Whether a source makes its value. */
export const isMade = (source: Bag): boolean => isSet(source, "sourceRef", "generatorRef");

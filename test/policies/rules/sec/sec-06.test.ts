import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const MASTER = { layer: "platform", resource: "tracking-master" } as const;
const KEYS = { layer: "platform", resource: "tracking-keys" } as const;

describeRule("SEC-06", [
  {
    ...MASTER,
    what: "a secret that is read once",
    change: ({ spec }) => (spec.refreshInterval = "0"),
    says: "platform-prod/tracking-master: 'spec.refreshInterval' must be at most 24h, and not 0, got '0'",
    unknown: "spec.refreshInterval",
  },
  {
    ...MASTER,
    what: "a secret that is read when it is made",
    change: ({ spec }) => (spec.refreshPolicy = "CreatedOnce"),
    says: "platform-prod/tracking-master: 'spec.refreshPolicy' must be Periodic, got 'CreatedOnce'",
  },
  {
    ...MASTER,
    what: "a store that nobody made",
    change: ({ spec }) => (spec.secretStoreRef.kind = "SecretStore"),
    says: "platform-prod/tracking-master: 'spec.secretStoreRef.name' must be a store that exists (aws-secrets), got 'aws-secrets'",
    unknown: "spec.secretStoreRef.name",
  },
  {
    ...KEYS,
    what: "keys that are made each hour",
    change: ({ spec }) => delete spec.refreshPolicy,
    says: "platform-prod/tracking-keys: 'spec.refreshPolicy' must be CreatedOnce: a key that is made anew opens nothing that the old one closed, got 'nothing'",
    unknown: "spec.refreshPolicy",
  },
  {
    layer: "platform",
    resource: "tracking-password",
    what: "a generator that nobody made",
    change: ({ spec }) => (spec.dataFrom[0].sourceRef.generatorRef.name = "gone"),
    says: "platform-prod/tracking-password: 'spec.dataFrom[0].sourceRef.generatorRef.name' must be a generator that exists (mlflow-keys), got 'gone'",
  },
]);

describe("SEC-06", () => {
  const secret = (spec: object, type = "v1:ExternalSecret") =>
    of(`kubernetes:external-secrets.io/${type}`, "s", { metadata: { name: "s", namespace: "a" }, spec });
  const data = [{ secretKey: "a", remoteRef: { key: "b" } }];
  const made = (kind: string) => [{ sourceRef: { generatorRef: { kind, name: "g" } } }];

  it("accepts what is read again within a day, by default each hour", () => {
    expect(found("SEC-06", [secret({ data })])).toEqual([]);
    expect(found("SEC-06", [secret({ data, refreshInterval: "24h0m0s" })])).toEqual([]);
    expect(found("SEC-06", [secret({ data, refreshInterval: "720h" })])).toEqual(["spec.refreshInterval: 720h"]);
    expect(
      found("SEC-06", [secret({ dataFrom: [{ extract: { key: "b" } }], refreshInterval: "0s" }, "v1beta1:ExternalSecret")]),
    ).toEqual(["spec.refreshInterval: 0s"]);
  });

  it("lets tokens that end be made again, and takes no interval for once", () => {
    expect(found("SEC-06", [secret({ dataFrom: made("ECRAuthorizationToken"), refreshInterval: "8h" })])).toEqual([]);
    expect(found("SEC-06", [secret({ dataFrom: made("SSHKey"), refreshInterval: "0" }, "v1beta1:ExternalSecret")])).toEqual([]);
    expect(found("SEC-06", [secret({ dataFrom: made("SSHKey") })])).toHaveLength(1);
  });

  it("reads secrets for several namespaces, and knows no store where the stack makes none", () => {
    const externalSecretSpec = { data, refreshInterval: "0", secretStoreRef: { name: "elsewhere" } };
    expect(found("SEC-06", [secret({ externalSecretSpec }, "v1:ClusterExternalSecret")])).toEqual([
      "spec.externalSecretSpec.refreshInterval: 0",
    ]);
  });

  it("finds a store by its name, kind and namespace", () => {
    const store = (type: string, namespace: string) =>
      of(`kubernetes:external-secrets.io/${type}`, "vault", { metadata: { name: "vault", namespace } });
    const reading = (reference: object) => secret({ data, secretStoreRef: { name: "vault", ...reference } });
    expect(found("SEC-06", [store("v1:SecretStore", "a"), reading({})])).toEqual([]);
    expect(found("SEC-06", [store("v1:SecretStore", "b"), reading({})])).toEqual(["spec.secretStoreRef.name: vault"]);
    expect(found("SEC-06", [store("v1:ClusterSecretStore", "b"), reading({ kind: "ClusterSecretStore" })])).toEqual([]);
    const known = { hours: 24, stores: ["vault"] };
    expect(found("SEC-06", [store("v1:SecretStore", "b"), reading({})], known)).toEqual([]);
  });
});

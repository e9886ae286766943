import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const API = "kubernetes:external-secrets.io/v1";
const MASTER = "rds!db-7aa6e329";

describeRule("SEC-09", [
  {
    what: "the secret of an administrator for a team",
    layer: "platform",
    resource: "tracking-master",
    type: `${API}:ExternalSecret`,
    change: (inputs) => {
      inputs.metadata.namespace = "team-risk";
      inputs.spec.data[0].remoteRef.key = MASTER;
    },
    says: "platform-prod/tracking-master: 'spec.data[0].remoteRef.key' must be in a namespace of the platform, got 'the secret of an administrator in team-risk'",
    unknown: "spec.data.0.remoteRef.key",
  },
]);

describe("SEC-09", () => {
  const secret = (namespace: string, spec: object) =>
    of(`${API}:ExternalSecret`, "x", { metadata: { name: "x", namespace }, spec });
  const everywhere = (inputs: object) => of(`${API}:ClusterExternalSecret`, "x", { spec: inputs });
  const master = { dataFrom: [{ extract: { key: `arn:aws:secretsmanager:eu-north-1:1:secret:${MASTER}` } }] };

  it("keeps secrets of administrators, and searches, in namespaces of the platform", () => {
    expect(found("SEC-09", secret("mlflow", master))).toEqual([]);
    expect(found("SEC-09", secret("team-risk", master))).toHaveLength(1);
    expect(found("SEC-09", secret("team-risk", { data: [{ remoteRef: { key: "team-risk/features" } }] }))).toEqual([]);
    expect(found("SEC-09", secret("team-risk", { dataFrom: [{ find: {} }] }))).toHaveLength(1);
    expect(found("SEC-09", everywhere({ namespaces: ["mlflow"], externalSecretSpec: master }))).toEqual([]);
    expect(found("SEC-09", everywhere({ namespaces: ["mlflow", "a"], externalSecretSpec: master }))).toHaveLength(1);
    expect(found("SEC-09", everywhere({ namespaceSelectors: [{}], externalSecretSpec: master }))).toHaveLength(1);
    expect(found("SEC-09", secret("team-risk", master), ruleOf("SEC-09").elsewhere)).toEqual([]);
  });

  it.each<[string, object, number]>([
    ["SecretStore", { provider: { aws: {} } }, 1],
    ["SecretStore", { provider: { aws: { auth: { jwt: {} } } } }, 0],
    ["SecretStore", { provider: { aws: { role: "arn:aws:iam::1:role/x" } } }, 0],
    ["SecretStore", { provider: { vault: {} } }, 0],
    ["ClusterSecretStore", { conditions: [{ namespaces: ["mlflow"] }], provider: { aws: {} } }, 0],
    ["ClusterSecretStore", { conditions: [{ namespaces: ["mlflow", "a"] }], provider: { aws: {} } }, 1],
    ["ClusterSecretStore", { provider: { aws: {} } }, 0],
  ])("lends the operator's rights to nobody: %s %j has %i faults", (kind, spec, faults) => {
    const store = of(`${API}:${kind}`, "x", { metadata: { name: "x", namespace: "team-risk" }, spec });
    expect(found("SEC-09", store)).toHaveLength(faults);
  });

  it("lets no secret out that is not named", () => {
    const push = of("kubernetes:external-secrets.io/v1alpha1:PushSecret", "x", { metadata: { name: "scores" } });
    expect(found("SEC-09", push)).toEqual(["kind: a secret that is written to a store"]);
    expect(found("SEC-09", push, { namespaces: [], pushed: ["scores"] })).toEqual([]);
  });
});

import { ClusterSecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ClusterSecretStore";
import { describe, expect, it } from "vitest";
import { ExternalSecrets, type ExternalSecretsArgs } from "#components/secrets/external-secrets";
import { record, refusal } from "../../harness/graph.ts";
import { externalSecrets as minimal } from "../minimal.ts";

const secrets = (args: Partial<ExternalSecretsArgs> = {}) =>
  record(() => new ExternalSecrets("secrets", { ...minimal, ...args }));

describe("ExternalSecrets", () => {
  it("is a namespace, a role, the controller, and a store", async () => {
    const children = (await secrets()).filter(({ parent }) => parent === "secrets").sort((a, b) => a.name.localeCompare(b.name));
    expect(children.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:helm.sh/v3:Release", "secrets-controller"],
      ["kubernetes:core/v1:Namespace", "secrets-namespace"],
      ["millrace:identity:PodRole", "secrets-role"],
      ["kubernetes:external-secrets.io/v1:ClusterSecretStore", "secrets-store"],
    ]);
    expect(children[0]?.dependencies).toContain("secrets-role-association");
    expect(children[3]?.dependencies).toContain("secrets-controller");
  });

  it("may read the secrets that were named, and decrypt only on their behalf", async () => {
    const policy = (await secrets()).find(({ type }) => type === "aws:iam/rolePolicy:RolePolicy")?.inputs["policy"];
    expect(JSON.parse(policy).Statement).toEqual([
      { Sid: "ReadNamedSecrets", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: minimal.secretArns },
      {
        Sid: "DecryptThroughSecretsManager",
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [minimal.kmsKeyArn],
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
      },
    ]);
  });

  it("gives the role to the account under which the controller runs", async () => {
    const graph = await secrets();
    const association = graph.find(({ type }) => type === "aws:eks/podIdentityAssociation:PodIdentityAssociation");
    const controller = graph.find(({ name }) => name === "secrets-controller");
    expect(association?.inputs).toMatchObject({ namespace: "external-secrets", serviceAccount: "external-secrets" });
    expect(controller?.inputs).toMatchObject({
      namespace: "external-secrets",
      values: { serviceAccount: { name: "external-secrets" }, replicaCount: 2, leaderElect: true, processPushSecret: false },
    });
  });

  it("opens its store to the named namespaces only", async () => {
    const store = (await secrets()).find(({ name }) => name === "secrets-store")?.inputs as any;
    expect(store.metadata).toEqual({ name: "aws-secrets" });
    expect(store.spec).toEqual({
      provider: { aws: { service: "SecretsManager", region: "eu-west-1" } },
      conditions: [{ namespaces: ["mlflow"] }],
    });
    new ClusterSecretStore(store).validate();
  });

  it("elects no leader with one replica", async () => {
    const controller = (await secrets({ replicas: 1 })).find(({ name }) => name === "secrets-controller");
    expect(controller?.inputs["values"]).toMatchObject({
      replicaCount: 1,
      leaderElect: false,
      podDisruptionBudget: { enabled: false },
    });
  });

  it("leaves its CRDs, has one certificate controller, and is scraped where monitors are known", async () => {
    const values = async (args: Partial<ExternalSecretsArgs> = {}) =>
      (await secrets(args)).find(({ name }) => name === "secrets-controller")?.inputs["values"];
    const { crds, certController, serviceMonitor } = await values({ replicas: 3, monitorLabels: { release: "p" } });
    expect(crds).toEqual({ annotations: { "helm.sh/resource-policy": "keep" } });
    expect([certController.replicaCount, certController.podDisruptionBudget]).toEqual([1, undefined]);
    expect(serviceMonitor).toEqual({ enabled: true, additionalLabels: { release: "p" }, renderMode: "failIfMissing" });
    expect((await values()).serviceMonitor.enabled).toBe(false);
  });

  it.each<[Partial<ExternalSecretsArgs>, string]>([
    [{ secretArns: [] }, "'secretArns' must be a list of at least 1 entries, got '0'"],
    [{ namespaces: [] }, "'namespaces' must be a list of at least 1 entries, got '0'"],
    [{ namespaces: ["a", "a"] }, "'namespaces' must be distinct, got 'a'"],
    [
      { namespaces: ["Ml"] },
      "'namespaces' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'Ml'",
    ],
    [{ replicas: 0 }, "'replicas' must be a whole number of at least 1, got '0'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ExternalSecrets("secrets", { ...minimal, ...args }))).toBe(message);
  });
});

import { describe, expect, it } from "vitest";
import { Team, type TeamArgs } from "#components/teams/team";
import { record, refusal } from "../../harness/graph.ts";
import { jobsIdentity, team as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const MLFLOW = { namespace: "mlflow", ports: [5_000] };
const team = (args: Partial<TeamArgs> = {}) => record(() => new Team("risk", { ...minimal, ...args }));

type Graph = Awaited<ReturnType<typeof team>>;
const objects = (graph: Graph) =>
  graph
    .filter(({ custom, type }) => custom && type.startsWith("kubernetes:"))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
const inputs = (graph: Graph, name: string): Record<string, any> => named(graph, name).inputs;

describe("Team", () => {
  it("has a namespace for jobs, one for model servers, and rights in each", async () => {
    expect(objects(await team()).sort()).toEqual([
      "LimitRange risk-jobs-limits",
      "LimitRange risk-models-limits",
      "Namespace risk-jobs",
      "Namespace risk-models",
      "NetworkPolicy risk-jobs-default-deny",
      "NetworkPolicy risk-jobs-reach",
      "NetworkPolicy risk-models-default-deny",
      "ResourceQuota risk-jobs-priorities",
      "ResourceQuota risk-jobs-quota",
      "ResourceQuota risk-models-priorities",
      "ResourceQuota risk-models-quota",
      "Role risk-observe",
      "Role risk-operate",
      "Role risk-train",
      "RoleBinding risk-observe-binding",
      "RoleBinding risk-operate-binding",
      "RoleBinding risk-train-binding",
    ]);
  });

  it("gives jobs the team's folders in the stores, by a service account of their own", async () => {
    const graph = await team({ identity: jobsIdentity });
    expect(inputs(graph, "risk-identity-account")).toMatchObject({
      metadata: { name: "jobs", namespace: "team-risk" },
      automountServiceAccountToken: false,
    });
    const { Statement } = JSON.parse(inputs(graph, "risk-identity-role-permissions")["policy"]);
    const resourcesOf = (sid: string) => Statement.find(({ Sid }: any) => Sid === sid).Resource;
    expect(resourcesOf("ReadData")).toEqual(
      ["raw", "validated", "new-data", "scores"].map((folder) => `arn:aws:s3:::millrace-test-data-1/${folder}/risk/*`),
    );
    expect(resourcesOf("KeepArtifacts")).toEqual(["arn:aws:s3:::millrace-test-artifacts-1/teams/risk/*"]);
    expect(inputs(graph, "risk-identity-role-association")).toMatchObject({ namespace: "team-risk", serviceAccount: "jobs" });
  });

  it("lets Kueue manage jobs and never model servers", async () => {
    const graph = await team();
    const security = { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" };
    expect(inputs(graph, "risk-jobs")["metadata"]).toEqual({
      name: "team-risk",
      labels: { "millrace.dev/team": "risk", "millrace.dev/tracking": "client", ...security },
    });
    expect(inputs(graph, "risk-models")["metadata"]).toEqual({
      name: "models-risk",
      labels: { "millrace.dev/serves": "risk", ...security },
    });
  });

  it("bounds what each namespace holds, and opens no way in beside the gateway", async () => {
    const graph = await team({ servers: 9 });
    const closed = { "services.loadbalancers": "0", "services.nodeports": "0" };
    expect(inputs(graph, "risk-jobs-quota")["spec"]).toEqual({
      hard: { pods: "200", "requests.nvidia.com/gpu": "8", ...closed },
    });
    expect(inputs(graph, "risk-models-quota")["spec"]).toEqual({
      hard: { pods: "9", "requests.nvidia.com/gpu": "4", ...closed },
    });
  });

  it.each(["jobs", "models"])("lets no pod of its %s take a priority of the platform", async (namespace) => {
    expect(inputs(await team(), `risk-${namespace}-priorities`)["spec"]).toEqual({
      hard: { pods: "0" },
      scopeSelector: {
        matchExpressions: [
          {
            scopeName: "PriorityClass",
            operator: "In",
            values: ["system-cluster-critical", "system-node-critical", "millrace-platform"],
          },
        ],
      },
    });
  });

  it("denies all traffic first; jobs reach their neighbours and what they are told", async () => {
    const graph = await team({ jobsReach: [MLFLOW, { namespace: "monitoring", podLabels: { app: "push" }, ports: [9_091] }] });
    for (const name of ["risk-jobs-default-deny", "risk-models-default-deny"]) {
      expect(inputs(graph, name)["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    }
    const { ingress, egress } = inputs(graph, "risk-jobs-reach")["spec"];
    expect(ingress).toEqual([{ from: [{ podSelector: {} }] }]);
    const named = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    expect(egress.slice(-2)).toEqual([
      { to: [named("mlflow")], ports: [{ protocol: "TCP", port: 5_000 }] },
      {
        to: [{ ...named("monitoring"), podSelector: { matchLabels: { app: "push" } } }],
        ports: [{ protocol: "TCP", port: 9_091 }],
      },
    ]);
    expect(egress).toHaveLength(6);
    expect(inputs(await team(), "risk-jobs-reach")["spec"].egress).toHaveLength(4);
  });

  it("lets both groups train, data scientists look at models, ML engineers operate releases", async () => {
    const graph = await team();
    const groups = (role: string) => inputs(graph, `risk-${role}-binding`)["subjects"].map(({ name }: { name: string }) => name);
    expect(groups("train")).toEqual(["risk-data-scientists", "risk-ml-engineers"]);
    expect(groups("observe")).toEqual(["risk-data-scientists"]);
    expect(groups("operate")).toEqual(["risk-ml-engineers"]);
  });

  it("makes no role that nobody has", async () => {
    const graph = await team({ people: { train: ["risk"], observe: [], operate: [] } });
    expect(objects(graph).filter((each) => each.startsWith("Role"))).toEqual([
      "Role risk-train",
      "RoleBinding risk-train-binding",
    ]);
  });

  it("grants no wildcard, no pod made by hand, and no Rollout's spec", async () => {
    const rules = (await team())
      .filter(({ type }) => type.endsWith(":Role"))
      .flatMap((role) => role.inputs["rules"].map((rule: object) => ({ role: role.name, ...rule })));
    expect(JSON.stringify(rules)).not.toContain('"*"');
    const writes = rules
      .filter(({ verbs }) => verbs.includes("patch"))
      .map(({ role, resources }) => `${role as string}: ${resources.join(", ") as string}`);
    expect(writes.toSorted()).toEqual([
      "risk-operate: rollouts/status",
      "risk-train: configmaps",
      "risk-train: jobs",
      "risk-train: trainjobs",
    ]);
  });

  it.each([
    [{ trainingGpus: 1.5 }, "'trainingGpus' must be a whole number of at least 0, got '1.5'"],
    [{ servingGpus: -1 }, "'servingGpus' must be a whole number of at least 0, got '-1'"],
    [{ servers: 0 }, "'servers' must be a whole number of at least 1, got '0'"],
    [
      { people: { train: [], observe: ["risk"], operate: ["risk"] } },
      "'people.observe and people.operate' must be distinct, got 'risk'",
    ],
    [{ people: { train: ["risk", "risk"], observe: [], operate: [] } }, "'people.train' must be distinct, got 'risk'"],
    [
      { people: { train: ["system:masters"], observe: [], operate: [] } },
      "'people.train[0]' must be a group outside system:, eks:, aws:, amazon: and iam:, got 'system:masters'",
    ],
    [{ jobsReach: [MLFLOW, MLFLOW] }, "'reaches' must be distinct, got 'mlflow'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Team("risk", { ...minimal, ...args }))).toBe(message);
  });

  it("refuses a name that cannot be part of a namespace's name", async () => {
    expect(await refusal(() => new Team("Risk", minimal))).toBe(
      "'name' must be lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters, got 'Risk'",
    );
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const RBAC = "kubernetes:rbac.authorization.k8s.io/v1";

const clusterRole = (name: string, rule: object) => ({
  type: `${RBAC}:ClusterRole`,
  name,
  inputs: { metadata: { name }, rules: [rule] },
});

describeRule("K8S-05", [
  {
    what: "every verb",
    layer: "workloads",
    resource: "risk-operate",
    change: ({ rules }) => (rules[0].verbs = ["*"]),
    says: "workloads-prod/risk-operate: 'rules[0].verbs' must be verbs by name, got '*'",
    unknown: "rules.0.verbs",
  },
  {
    what: "every resource",
    layer: "workloads",
    resource: "risk-train",
    change: ({ rules }) => (rules[1].resources = ["*"]),
    says: "workloads-prod/risk-train: 'rules[1].resources' must be resources by name, got '*'",
    unknown: "rules.1.resources",
  },
  ...["escalate", "bind", "impersonate"].map((verb) => ({
    what: `the verb ${verb}`,
    layer: "workloads" as const,
    resource: "risk-observe",
    change: ({ rules }: any) => rules[0].verbs.push(verb),
    says: `workloads-prod/risk-observe: 'rules[0].verbs' must be verbs other than escalate, bind, impersonate, got '${verb}'`,
  })),
  {
    what: "all secrets of a namespace",
    layer: "workloads",
    resource: "risk-observe",
    change: ({ rules }) => rules[0].resources.push("secrets"),
    says: "workloads-prod/risk-observe: 'rules[0].resources' must be `get` of secrets by `resourceNames`, unless the role is listed in 'secretReaders', got 'secrets'",
    unknown: "rules.0.resources",
  },
  {
    what: "a list of named secrets, which is a list of all",
    layer: "workloads",
    add: clusterRole("reader", { apiGroups: [""], resources: ["secrets"], resourceNames: ["one"], verbs: ["list"] }),
    says: "workloads-prod/reader: 'rules[0].resources' must be `get` of secrets by `resourceNames`, unless the role is listed in 'secretReaders', got 'secrets'",
  },
  {
    what: "tokens of other accounts",
    layer: "workloads",
    add: clusterRole("minter", { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }),
    says: "workloads-prod/minter: 'rules[0].resources' must be resources that give no token of another account, got 'serviceaccounts/token'",
  },
  ...(
    [
      ["persistentvolumes", "create"],
      ["nodes/proxy", "get"],
      ["certificatesigningrequests/approval", "update"],
      ["validatingwebhookconfigurations", "patch"],
      ["mutatingwebhookconfigurations", "delete"],
    ] as const
  ).map(([granted, verb]) => ({
    what: `${verb} of ${granted}`,
    layer: "workloads" as const,
    add: clusterRole("way-round", { apiGroups: [""], resources: [granted], verbs: [verb] }),
    says: `workloads-prod/way-round: 'rules[0].resources' must be resources that do not bypass the cluster's own checks, got '${granted}'`,
  })),
  ...["pods/exec", "pods/attach"].map((shell) => ({
    what: `${shell} in prod`,
    layer: "workloads" as const,
    resource: "risk-observe",
    change: ({ rules }: any) => rules.push({ apiGroups: [""], resources: [shell], verbs: ["create"] }),
    says: `workloads-prod/risk-observe: 'rules[4].resources' must be resources that do not lead into a running pod, got '${shell}'`,
  })),
  {
    what: "an administrator who is not listed",
    layer: "platform",
    resource: "queues-metrics",
    change: ({ roleRef }) => (roleRef.name = "cluster-admin"),
    says: "platform-prod/queues-metrics: 'subjects[0].name' must be a listed administrator, for 'cluster-admin', got 'kube-prometheus-stack-prometheus'",
    unknown: "roleRef.name",
  },
  {
    what: "rights for everybody",
    layer: "workloads",
    resource: "risk-observe-binding",
    change: ({ subjects }) => (subjects[0].name = "system:unauthenticated"),
    says: "workloads-prod/risk-observe-binding: 'subjects[0].name' must be a person, a group of your own or a service account of one program, got 'system:unauthenticated'",
    unknown: "subjects.0.name",
  },
]);

describe("K8S-05, ways to more", () => {
  const RBAC = "kubernetes:rbac.authorization.k8s.io/v1:";
  const role = (resources: string[], verbs: string[], kind = "Role", apiGroups = [""]) =>
    found("K8S-05", of(`${RBAC}${kind}`, "r", { rules: [{ apiGroups, resources, verbs }] }));
  const binding = (subject: object, name = "view", kind = "ClusterRole") =>
    found("K8S-05", of(`${RBAC}RoleBinding`, "b", { roleRef: { kind, name }, subjects: [subject] }));

  it.each(["system:authenticated", "system:serviceaccounts", "system:serviceaccounts:team-risk", "system:masters"])(
    "refuses the group %s",
    (name) => expect(binding({ kind: "Group", name })).toEqual([`subjects[0].name: ${name}`]),
  );

  it("refuses the account of every pod, and roles of Kubernetes that read secrets", () => {
    expect(binding({ kind: "ServiceAccount", name: "default" })).toHaveLength(1);
    expect(binding({ kind: "Group", name: "people" }, "admin")).toHaveLength(1);
    expect(binding({ kind: "Group", name: "people" }, "edit")).toHaveLength(1);
    expect(binding({ kind: "User", name: "ada" }, "admin", "Role")).toEqual([]);
    expect(binding({ kind: "Group", name: "default" })).toEqual([]);
    expect(binding({ kind: "ServiceAccount", name: "builder" })).toEqual([]);
  });

  it.each([
    [["pods/portforward"], ["create"], "Role"],
    [["pods/ephemeralcontainers"], ["patch"], "Role"],
    [["networkpolicies"], ["delete"], "Role"],
    [["resourcequotas"], ["update"], "Role"],
    [["namespaces"], ["patch"], "ClusterRole"],
    [["validatingadmissionpolicybindings"], ["delete"], "ClusterRole"],
  ])("refuses %s %s in a %s", (resources, verbs, kind) => {
    expect(role(resources, verbs, kind)).toEqual([`rules[0].resources: ${resources[0]}`]);
  });

  it("refuses every group, and accepts reading", () => {
    expect(role(["deployments"], ["get"], "Role", ["*"])).toEqual(["rules[0].apiGroups: *"]);
    expect(role(["namespaces", "resourcequotas", "networkpolicies"], ["get", "list", "watch"])).toEqual([]);
    expect(role(["networkpolicies"], ["create"], "ClusterRole")).toEqual([]);
  });
});

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
      ["validatingadmissionpolicybindings", "delete"],
      ["networkpolicies", "patch"],
      ["resourcequotas", "update"],
      ["clusterqueues", "create"],
      ["nodes", "patch"],
      ["namespaces", "update"],
    ] as const
  ).map(([granted, verb]) => ({
    what: `${verb} of ${granted}`,
    layer: "workloads" as const,
    add: clusterRole("way-round", { apiGroups: [""], resources: [granted], verbs: [verb] }),
    says: `workloads-prod/way-round: 'rules[0].resources' must be resources that do not bypass the cluster's own checks, got '${granted}'`,
  })),
  ...["pods/exec", "pods/attach", "pods/portforward"].map((shell) => ({
    what: `${shell} in prod`,
    layer: "workloads" as const,
    resource: "risk-observe",
    change: ({ rules }: any) => rules.push({ apiGroups: [""], resources: [shell], verbs: ["create"] }),
    says: `workloads-prod/risk-observe: 'rules[4].resources' must be resources that do not open a way into a pod, got '${shell}'`,
  })),
  {
    what: "every API group",
    layer: "workloads",
    add: clusterRole("groups", { apiGroups: ["*"], resources: ["deployments"], verbs: ["get"] }),
    says: "workloads-prod/groups: 'rules[0].apiGroups' must be API groups by name, got '*'",
  },
  {
    what: "verbs that write secrets",
    layer: "workloads",
    add: clusterRole("writer", { apiGroups: [""], resources: ["secrets"], verbs: ["create", "patch"] }),
    says: "workloads-prod/writer: 'rules[0].verbs' must be verbs that change no secret, unless they name it in `resourceNames`, got 'create, patch'",
  },
  {
    what: "a role that moves requests",
    layer: "workloads",
    add: clusterRole("mover", { apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["patch"] }),
    says: "workloads-prod/mover: 'rules[0].resources' must be resources that no controller of releases or routes owns, got 'virtualservices'",
  },
  {
    what: "a role that starts pods next to a release",
    layer: "workloads",
    resource: "risk-operate",
    change: ({ rules }) => (rules[0] = { apiGroups: [""], resources: ["pods"], verbs: ["create"] }),
    says: "workloads-prod/risk-operate: 'rules[0].resources' must be resources that no controller of releases or routes owns, got 'pods'",
  },
  {
    what: "an administrator who is not listed",
    layer: "platform",
    resource: "queues-metrics",
    change: ({ roleRef }) => (roleRef.name = "cluster-admin"),
    says: "platform-prod/queues-metrics: 'subjects[0].name' must be a listed administrator, or the subject of a narrower role, got 'kube-prometheus-stack-prometheus'",
    unknown: "roleRef.name",
  },
  {
    what: "rights for everybody",
    layer: "workloads",
    resource: "risk-observe-binding",
    change: ({ subjects }) => (subjects[0].name = "system:unauthenticated"),
    says: "workloads-prod/risk-observe-binding: 'subjects[0].name' must be a subject that stands for named people or for one service account, got 'system:unauthenticated'",
    unknown: "subjects.0.name",
  },
  ...["system:authenticated", "system:serviceaccounts", "system:serviceaccounts:team-risk"].map((everybody) => ({
    what: `rights for ${everybody}`,
    layer: "workloads" as const,
    resource: "risk-observe-binding",
    change: ({ subjects }: any) => (subjects[0].name = everybody),
    says: `workloads-prod/risk-observe-binding: 'subjects[0].name' must be a subject that stands for named people or for one service account, got '${everybody}'`,
  })),
  ...["admin", "edit"].map((wide) => ({
    what: `the role ${wide} for people who are not listed`,
    layer: "workloads" as const,
    resource: "risk-observe-binding",
    change: ({ roleRef, subjects }: any) => {
      Object.assign(roleRef, { kind: "ClusterRole", name: wide });
      subjects.splice(1);
    },
    says: "workloads-prod/risk-observe-binding: 'subjects[0].name' must be a listed administrator, or the subject of a narrower role, got 'risk-data-scientists'",
  })),
  {
    what: "the account of every pod",
    layer: "workloads",
    resource: "risk-observe-binding",
    change: ({ subjects }) => subjects.push({ kind: "ServiceAccount", name: "default", namespace: "team-risk" }),
    says: "workloads-prod/risk-observe-binding: 'subjects[1].name' must be a service account that only the pods have that need the role, got 'default'",
  },
  {
    what: "an account of another team",
    layer: "workloads",
    resource: "risk-observe-binding",
    change: ({ subjects }) => subjects.push({ kind: "ServiceAccount", name: "jobs", namespace: "team-other" }),
    says: "workloads-prod/risk-observe-binding: 'subjects[1].namespace' must be 'models-risk', the namespace of the binding, got 'team-other'",
  },
]);

describe("K8S-05, by other types", () => {
  const GROUP = "kubernetes:rbac.authorization.k8s.io";
  const subjects = [{ kind: "Group", name: "system:authenticated" }];
  const collector = (selector: object) =>
    found("K8S-05", of(`${GROUP}/v1:ClusterRole`, "r", { aggregationRule: { clusterRoleSelectors: [selector] } }));

  it.each(["v1:ClusterRoleBindingPatch", "v1:RoleBindingPatch", "v1beta1:ClusterRoleBinding", "v1alpha1:RoleBinding"])(
    "reads a %s",
    (type) => {
      expect(found("K8S-05", of(`${GROUP}/${type}`, "b", { subjects }))).toEqual(["subjects[0].name: system:authenticated"]);
    },
  );

  it("reads the rights of a patch", () => {
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }];
    expect(found("K8S-05", of(`${GROUP}/v1:RolePatch`, "r", { rules }))).toEqual(["rules[0].verbs: *"]);
    expect(found("K8S-05", of(`${GROUP}/v1:RolePatch`, "r", { metadata: { labels: { a: "b" } } }))).toEqual([]);
  });

  it("refuses a role that collects all others, or those of administrators", () => {
    expect(collector({})).toEqual(["aggregationRule.clusterRoleSelectors[0]: every role"]);
    expect(collector({ matchExpressions: [{ key: "a", operator: "Exists" }] })).toEqual([
      "aggregationRule.clusterRoleSelectors[0]: a Exists",
    ]);
    expect(collector({ matchLabels: { "rbac.authorization.k8s.io/aggregate-to-admin": "true" } })).toHaveLength(1);
  });

  it("accepts a role that collects roles of its own", () => {
    expect(collector({ matchLabels: { "example.com/aggregate-to-metrics": "true" } })).toEqual([]);
    expect(collector({ matchExpressions: [{ key: "example.com/for", operator: "In", values: ["metrics"] }] })).toEqual([]);
  });
});

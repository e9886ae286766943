import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const RBAC = "rbac.authorization.k8s.io";
const OBSERVE = kubernetes("workloads", `${RBAC}/v1:Role`, "risk-observe");
const OPERATE = kubernetes("workloads", `${RBAC}/v1:Role`, "risk-operate");
const TRAIN = kubernetes("workloads", `${RBAC}/v1:Role`, "risk-train");
const OBSERVERS = kubernetes("workloads", `${RBAC}/v1:RoleBinding`, "risk-observe-binding");
const TRAINERS = kubernetes("workloads", `${RBAC}/v1:RoleBinding`, "risk-train-binding");
const PLAN = kubernetes("platform", `${RBAC}/v1:ClusterRole`, "plan-reader");
const PLANNERS = kubernetes("platform", `${RBAC}/v1:ClusterRoleBinding`, "plan-reader-binding");
const DASHBOARDS = kubernetes("platform", `${RBAC}/v1:Role`, "monitoring-grafana-dashboards");

const may = (apiGroup: string, resources: string | string[], verbs: string | string[]) => (inputs: any) =>
  inputs.rules.push({ apiGroups: [apiGroup], resources: [resources].flat(), verbs: [verbs].flat() });
const subject =
  (kind: string, name: string, rest: object = {}) =>
  (inputs: any) =>
    inputs.subjects.push({ kind, name, ...(kind !== "ServiceAccount" && { apiGroup: RBAC }), ...rest });

const clusterRole = (what: string, rules: object[], metadata: object = {}): StackMutant => {
  const { type, inputs } = object(`${RBAC}/v1`, "ClusterRole", { metadata: { name: "added", ...metadata }, rules });
  return added("platform", type, what, inputs);
};
const binding = (what: string, roleRef: string, subjects: object[]): StackMutant => {
  const { type, inputs } = object(`${RBAC}/v1`, "ClusterRoleBinding", {
    metadata: { name: "added" },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: roleRef },
    subjects,
  });
  return added("platform", type, what, inputs);
};
const group = (name: string): object => ({ kind: "Group", apiGroup: RBAC, name });

/** Rights in the cluster: what a role may do, and who has it. */
export const ACCESS: readonly StackMutant[] = [
  OBSERVERS.bad("a role for all service accounts", subject("Group", "system:serviceaccounts")),
  OBSERVERS.bad("a role for all service accounts of a namespace", subject("Group", "system:serviceaccounts:team-risk")),
  OBSERVERS.bad("a role for everybody with a login", subject("Group", "system:authenticated")),
  OBSERVERS.bad("a role for a person without a login", subject("User", "system:anonymous")),
  TRAINERS.bad("a role for the account of every pod", subject("ServiceAccount", "default", { namespace: "team-risk" })),
  TRAINERS.bad("a role for a service account of another team", subject("ServiceAccount", "jobs", { namespace: "team-fraud" })),
  PLANNERS.bad("a plan that everybody reads", subject("Group", "system:authenticated")),
  PLANNERS.bad("a plan for the service accounts of all teams", (inputs) => {
    inputs["subjects"] = [{ kind: "Group", name: "system:serviceaccounts" }];
  }),
  OBSERVERS.bad("people of a team as administrators of its namespace", (inputs) => {
    inputs["roleRef"] = { apiGroup: RBAC, kind: "ClusterRole", name: "admin" };
  }),
  OBSERVERS.bad("people of a team as `cluster-admin` in their namespace", (inputs) => {
    inputs["roleRef"] = { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" };
  }),
  OBSERVE.bad("a role with every verb", may("", "pods", "*")),
  OBSERVE.bad("a role for every resource of a group", may("apps", "*", "get")),
  OBSERVE.bad("a role for every group", may("*", "deployments", ["get", "update"])),
  OBSERVE.bad("a role that watches secrets", may("", "secrets", "watch")),
  OBSERVE.bad(
    "a role that reads one kind of secret by a wildcard in a group of two",
    may("", ["configmaps", "secrets"], ["list"]),
  ),
  OBSERVE.bad("a role that writes secrets", may("", "secrets", ["create", "patch"])),
  OBSERVE.bad("a role that attaches to pods", may("", "pods/attach", "create")),
  OBSERVE.bad("a role that reaches every port of a pod", may("", "pods/portforward", "create")),
  OBSERVE.bad("a role that opens shells, by the other verb", may("", "pods/exec", "get")),
  OBSERVE.bad("a role that adds containers to pods", may("", "pods/ephemeralcontainers", ["update", "patch"])),
  OBSERVE.bad("a role with the subresources of pods by a wildcard", may("", "pods/*", "create")),
  OBSERVE.bad("a role that makes tokens", may("", "serviceaccounts/token", "create")),
  OBSERVE.bad("a role that becomes somebody else", may("", ["users", "groups"], "impersonate")),
  OBSERVE.bad("a role that binds roles", may(RBAC, "rolebindings", ["create", "bind"])),
  OBSERVE.bad("a role that writes roles", may(RBAC, "roles", ["update", "escalate"])),
  OBSERVE.bad(
    "a role that moves requests beside the controller",
    may("networking.istio.io", "virtualservices", ["patch", "update"]),
  ),
  OPERATE.bad("a role that writes the gates of a release", may("argoproj.io", "analysistemplates", ["update", "patch"])),
  OPERATE.bad("a role that writes releases as it likes", may("argoproj.io", "rollouts", ["create", "update", "delete"])),
  OPERATE.bad("a role that starts pods beside a release", may("", "pods", "create")),
  TRAIN.bad("a role that opens the network", may("networking.k8s.io", "networkpolicies", ["delete", "update"])),
  TRAIN.bad("a role that raises its own quota", may("", "resourcequotas", "update")),
  TRAIN.bad("a role that widens its own queue", may("kueue.x-k8s.io", "clusterqueues", ["update", "patch"])),
  DASHBOARDS.bad("dashboards that read secrets", may("", "secrets", ["get", "list", "watch"])),
  PLAN.bad("a plan that reads secrets", may("", "secrets", ["get", "list"])),
  PLAN.bad("a plan that writes", (inputs) => {
    inputs["rules"][0].verbs.push("update");
  }),
  PLAN.bad("a plan that reads everything", may("*", "*", ["get", "list", "watch"])),
  PLAN.bad("a plan that asks kubelets", may("", "nodes/proxy", ["get", "create"])),
  clusterRole("a role for every address of the API", [{ nonResourceURLs: ["*"], verbs: ["*"] }]),
  clusterRole("a role that switches guardrails off", [
    {
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
      verbs: ["delete", "update"],
    },
  ]),
  clusterRole("a role that makes volumes of the node", [
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["create"] },
  ]),
  clusterRole("a role that takes taints off nodes", [{ apiGroups: [""], resources: ["nodes"], verbs: ["patch", "update"] }]),
  clusterRole("a role that changes labels of namespaces", [{ apiGroups: [""], resources: ["namespaces"], verbs: ["patch"] }]),
  clusterRole("secrets for everybody who may view", [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }], {
    labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" },
  }),
  binding("everybody with a login as administrator", "cluster-admin", [group("system:authenticated")]),
  binding("the pods of a namespace as administrators", "cluster-admin", [
    { kind: "ServiceAccount", name: "default", namespace: "team-risk" },
  ]),
  binding("people who may edit everything", "edit", [group("risk-data-scientists")]),

  OBSERVE.harmless("a role that also reads ReplicaSets", may("apps", "replicasets", ["get", "list", "watch"])),
  OBSERVE.harmless("verbs of a role in another order", (inputs) => {
    for (const rule of inputs["rules"]) {
      rule.verbs.reverse();
    }
  }),
  OBSERVE.harmless("rules of a role in another order", (inputs) => inputs["rules"].reverse()),
  OBSERVE.harmless("a role with a rule for each resource", (inputs) => {
    inputs["rules"] = inputs["rules"].flatMap((rule: any) =>
      rule.resources.map((resource: string) => ({ ...rule, resources: [resource] })),
    );
  }),
  OBSERVE.harmless("a role that reads settings", may("", "configmaps", ["get", "list"])),
  OBSERVERS.harmless("a role for one more group of people", subject("Group", "risk-reviewers")),
  OBSERVERS.harmless("a role for one person", subject("User", "ada@example.com")),
  TRAIN.harmless("a role that also reads the state of its quota", may("", "resourcequotas", ["get"])),
  PLAN.harmless("a plan that also reads classes of storage", may("storage.k8s.io", "storageclasses", ["get", "list", "watch"])),
  ((it) => welcome("workloads", it.type, "one more role with leases of its own", it.inputs))(
    object(`${RBAC}/v1`, "Role", {
      metadata: { name: "leader", namespace: "team-risk" },
      rules: [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] }],
    }),
  ),
];

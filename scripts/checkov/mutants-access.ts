import type { Mutant } from "./mutants.ts";

const RBAC = "rbac.authorization.k8s.io";

/** One more rule in the role of a team's people. */
const granted = (what: string, apiGroups: string[], resources: string[], verbs: string[]): Mutant => ({
  what,
  layer: "workloads",
  change: ({ get }) => get("risk-observe").inputs["rules"].push({ apiGroups, resources, verbs }),
});

/** A right in the hands of a service account, behind the other rules of its role, or as its only one. */
const handed = (what: string, right: { resources: string[]; verbs: string[] }, others: "others" | "alone"): Mutant => ({
  what,
  layer: "workloads",
  change: ({ get }) => {
    const role = get("risk-observe").inputs;
    role["rules"] = [...(others === "others" ? role["rules"] : []), { apiGroups: [""], ...right }];
    get("risk-observe-binding").inputs["subjects"] = [{ kind: "ServiceAccount", name: "fraud", namespace: "models-risk" }];
  },
});

/** A new role for the whole cluster. */
const clusterRole = (what: string, rules: object[]): Mutant => ({
  what,
  layer: "platform",
  change: ({ add }) =>
    add(`kubernetes:${RBAC}/v1:ClusterRole`, {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: "added" },
      rules,
    }),
});

/** Who may do what, who reaches whom, and where secrets stand. */
export const ACCESS_MUTANTS: readonly Mutant[] = [
  {
    what: "wildcards in a Role",
    layer: "workloads",
    change: ({ get }) => {
      get("risk-observe").inputs["rules"] = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
    },
  },
  granted("wildcards in the last rule of a Role", [""], ["*"], ["*"]),
  granted("a Role that may raise its own rights", [RBAC], ["roles"], ["escalate", "bind"]),
  granted("a Role that reads all secrets", [""], ["secrets"], ["get", "list"]),
  granted("a Role that opens shells", [""], ["pods/exec"], ["create"]),
  handed("a service account that reads all secrets", { resources: ["secrets"], verbs: ["list"] }, "alone"),
  handed("a service account that reads all secrets, among other things", { resources: ["secrets"], verbs: ["list"] }, "others"),
  handed("a service account that opens shells", { resources: ["pods/exec"], verbs: ["create"] }, "alone"),
  clusterRole("a ClusterRole that rewrites admission webhooks", [
    {
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
      verbs: ["create", "update", "patch"],
    },
  ]),
  clusterRole("a ClusterRole that approves certificates", [
    { apiGroups: ["certificates.k8s.io"], resources: ["certificatesigningrequests/approval"], verbs: ["update"] },
    { apiGroups: ["certificates.k8s.io"], resources: ["signers"], verbs: ["approve"] },
  ]),
  {
    what: "Prometheus as `cluster-admin`",
    layer: "platform",
    change: ({ get }) => {
      get("queues-metrics").inputs["roleRef"].name = "cluster-admin";
    },
  },
  {
    what: "a role for people who have not signed in",
    layer: "workloads",
    change: ({ get }) => {
      get("risk-observe-binding").inputs["subjects"] = [{ kind: "Group", apiGroup: RBAC, name: "system:unauthenticated" }];
    },
  },
  {
    what: "a namespace that admits privileged pods",
    layer: "platform",
    change: ({ get }) => {
      get("tracking-namespace").inputs["metadata"].labels["pod-security.kubernetes.io/enforce"] = "privileged";
    },
  },
  { what: "a namespace that denies nothing by default", layer: "platform", change: ({ remove }) => remove("tracking-deny") },
  {
    what: "a namespace without any NetworkPolicy",
    layer: "platform",
    change: ({ remove }) => ["tracking-deny", "tracking-traffic"].forEach(remove),
  },
  {
    what: "a password in a ConfigMap",
    layer: "platform",
    change: ({ get }) => {
      get("tracking-accounts").inputs["data"].admin_password = "q7Rk9sLw2mXvB4tZ";
    },
  },
  {
    what: "a Secret whose text stands in the program",
    layer: "platform",
    change: ({ get }) => {
      get("monitoring-grafana-admin").inputs["stringData"] = { "admin-password": "q7Rk9sLw2mXvB4tZ" };
    },
  },
  {
    what: "a Service that the internet reaches",
    layer: "platform",
    change: ({ get }) => {
      const service = get("tracking-service").inputs;
      service["spec"].type = "LoadBalancer";
      service["metadata"].annotations = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
    },
  },
  {
    what: "an Ingress with a snippet for nginx",
    layer: "platform",
    change: ({ add }) =>
      add("kubernetes:networking.k8s.io/v1:Ingress", {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          name: "added",
          namespace: "mlflow",
          annotations: { "nginx.ingress.kubernetes.io/server-snippet": "access_by_lua_block { }" },
        },
        spec: { defaultBackend: { service: { name: "mlflow", port: { number: 80 } } } },
      }),
  },
];

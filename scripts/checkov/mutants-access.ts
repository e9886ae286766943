import { object, type ProdMutant } from "./mutant.ts";

const RBAC = "rbac.authorization.k8s.io";
const ROLE = object(`${RBAC}/v1:Role`, "risk-observe");
const BINDING = object(`${RBAC}/v1:RoleBinding`, "risk-observe-binding");
const FENCES = [
  object("networking.k8s.io/v1:NetworkPolicy", "tracking-deny"),
  object("networking.k8s.io/v1:NetworkPolicy", "tracking-traffic"),
] as const;

/** One more rule in the role of a team's people. */
const granted = (what: string, apiGroups: string[], resources: string[], verbs: string[]): ProdMutant => ({
  what,
  layer: "workloads",
  resource: ROLE,
  change: (inputs) => inputs["rules"].push({ apiGroups, resources, verbs }),
});

/** A right in the hands of a service account, behind the other rules of its role, or as its only one. */
const handed = (what: string, right: { resources: string[]; verbs: string[] }, others: "others" | "alone"): ProdMutant => ({
  what,
  layer: "workloads",
  edits: [
    {
      resource: ROLE,
      change: (role) => {
        role["rules"] = [...(others === "others" ? role["rules"] : []), { apiGroups: [""], ...right }];
      },
    },
    {
      resource: BINDING,
      change: (binding) => {
        binding["subjects"] = [{ kind: "ServiceAccount", name: "fraud", namespace: "models-risk" }];
      },
    },
  ],
});

/** A new role for the whole cluster. */
const clusterRole = (what: string, rules: object[]): ProdMutant => ({
  what,
  layer: "platform",
  adds: {
    type: `kubernetes:${RBAC}/v1:ClusterRole`,
    inputs: { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name: "added" }, rules },
  },
});

/** Bad changes to rights, network access and secrets. */
export const ACCESS_MUTANTS: readonly ProdMutant[] = [
  {
    what: "wildcards in a Role",
    layer: "workloads",
    resource: ROLE,
    change: (inputs) => {
      inputs["rules"] = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
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
    resource: object(`${RBAC}/v1:ClusterRoleBinding`, "queues-metrics"),
    change: (inputs) => {
      inputs["roleRef"].name = "cluster-admin";
    },
  },
  {
    what: "a role for anonymous users",
    layer: "workloads",
    resource: BINDING,
    change: (inputs) => {
      inputs["subjects"] = [{ kind: "Group", apiGroup: RBAC, name: "system:unauthenticated" }];
    },
  },
  {
    what: "a namespace that admits privileged pods",
    layer: "platform",
    resource: object("core/v1:Namespace", "tracking-namespace"),
    change: (inputs) => {
      inputs["metadata"].labels["pod-security.kubernetes.io/enforce"] = "privileged";
    },
  },
  { what: "a namespace that denies nothing by default", layer: "platform", removes: [FENCES[0]] },
  {
    what: "a namespace without any NetworkPolicy",
    layer: "platform",
    removes: FENCES,
  },
  {
    what: "a password in a ConfigMap",
    layer: "platform",
    resource: object("core/v1:ConfigMap", "tracking-access"),
    change: (inputs) => {
      inputs["data"].admin_password = "q7Rk9sLw2mXvB4tZ";
    },
  },
  {
    what: "a Secret with a value in plain text in the program",
    layer: "platform",
    resource: object("core/v1:Secret", "monitoring-grafana-admin"),
    change: (inputs) => {
      inputs["stringData"] = { "admin-password": "q7Rk9sLw2mXvB4tZ" };
    },
  },
  {
    what: "a Service that the internet reaches",
    layer: "platform",
    resource: object("core/v1:Service", "tracking-service"),
    change: (service) => {
      service["spec"].type = "LoadBalancer";
      service["metadata"].annotations = { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" };
    },
  },
  {
    what: "an Ingress with a snippet for nginx",
    layer: "platform",
    adds: {
      type: "kubernetes:networking.k8s.io/v1:Ingress",
      inputs: {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          name: "added",
          namespace: "mlflow",
          annotations: { "nginx.ingress.kubernetes.io/server-snippet": "access_by_lua_block { }" },
        },
        spec: { defaultBackend: { service: { name: "mlflow", port: { number: 80 } } } },
      },
    },
  },
];

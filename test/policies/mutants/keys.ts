import { added, aws, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const SYSTEM = aws("platform", "eks/nodeGroup:NodeGroup", "system-nodes");
const POOL = kubernetes("platform", "karpenter.sh/v1:NodePool", "cpu");
const STORE = kubernetes("platform", "external-secrets.io/v1:ClusterSecretStore", "external-secrets-store");
const MASTER = kubernetes("platform", "external-secrets.io/v1:ExternalSecret", "tracking-master");
const RDS = "arn:aws:secretsmanager:eu-north-1:333333333333:secret:rds!db-7aa6e329cfc9009263130d9cdf-AbCdEf";

const sized = (minSize: number, desiredSize: number, maxSize: number) => (inputs: any) => {
  inputs["scalingConfig"] = { minSize, desiredSize, maxSize };
};
const asked =
  (...requirements: object[]) =>
  ({ spec }: any) => {
    spec.template.spec.requirements = [
      ...requirements,
      { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
    ];
  };
const TYPE = "node.kubernetes.io/instance-type";
const more = (layer: "platform" | "workloads", what: string, { type, inputs }: ReturnType<typeof object>): StackMutant =>
  added(layer, type, what, inputs);
const passwords = "iam/accountPasswordPolicy:AccountPasswordPolicy";
const strict = {
  minimumPasswordLength: 14,
  passwordReusePrevention: 24,
  requireLowercaseCharacters: true,
  requireUppercaseCharacters: true,
  requireNumbers: true,
  requireSymbols: true,
  maxPasswordAge: 90,
};
const account = (what: string, inputs: object): StackMutant =>
  added("foundation", `aws:${passwords}`, what, { ...strict, ...inputs });

const secret = (namespace: string, spec: object, kind = "ExternalSecret", apiVersion = "external-secrets.io/v1") =>
  object(apiVersion, kind, { metadata: { name: "admin", namespace }, spec });
const fetched = (key: string, extra: object = {}) => ({
  data: [{ remoteRef: { key, property: "password" }, secretKey: "password" }],
  refreshInterval: "1h",
  secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets" },
  target: { name: "admin" },
  ...extra,
});

/** Who starts builds, gets secrets and nodes. */
export const KEYS: readonly StackMutant[] = [
  account("passwords of eight letters for people", { minimumPasswordLength: 8 }),
  account("passwords of six letters for people, by default", { minimumPasswordLength: undefined }),
  account("passwords that come back", { passwordReusePrevention: undefined }),
  account("passwords that come back after the next", { passwordReusePrevention: 1 }),
  account("passwords of twelve letters for people, as text", { minimumPasswordLength: "12" }),
  welcome("foundation", `aws:${passwords}`, "long passwords for people", strict),
  welcome("foundation", `aws:${passwords}`, "longer passwords for people, as text", { ...strict, minimumPasswordLength: "20" }),

  SYSTEM.bad("a cluster whose controllers have one node", sized(1, 1, 1)),
  SYSTEM.bad("a cluster whose controllers may have one node", sized(1, 3, 6)),
  SYSTEM.bad("a cluster whose controllers have no node", sized(0, 0, 6)),
  SYSTEM.bad("a cluster whose controllers get no second node, as text", sized("1" as never, "1" as never, "1" as never)),
  SYSTEM.bad("nodes for controllers in one zone", (inputs) => {
    inputs["subnetIds"] = inputs["subnetIds"].slice(0, 1);
  }),
  SYSTEM.harmless("a cluster whose controllers have two nodes", sized(2, 2, 4)),
  SYSTEM.harmless("a cluster whose controllers have four nodes", sized(4, 4, 8)),

  POOL.bad("nodes of almost every type", asked({ key: TYPE, operator: "NotIn", values: ["t3.nano"] })),
  POOL.bad("nodes of every type", asked()),
  POOL.bad("nodes of every type that exists", asked({ key: TYPE, operator: "Exists" })),
  POOL.bad(
    "nodes of every family but one",
    asked({ key: "karpenter.k8s.aws/instance-family", operator: "NotIn", values: ["t3"] }),
  ),
  POOL.bad(
    "nodes of every later generation",
    asked({ key: "karpenter.k8s.aws/instance-generation", operator: "Gt", values: ["2"] }),
  ),
  POOL.bad(
    "nodes of types and of what is not a GPU",
    asked({ key: "karpenter.k8s.aws/instance-gpu-count", operator: "DoesNotExist" }),
  ),
  kubernetes("platform", "karpenter.sh/v1:NodePool", "training").bad(
    "training on almost every type",
    asked({ key: TYPE, operator: "NotIn", values: ["t3.nano"] }),
  ),
  POOL.harmless(
    "nodes of one type more",
    asked({ key: TYPE, operator: "In", values: ["m7i.2xlarge", "m6i.2xlarge", "m7i.xlarge"] }),
  ),
  POOL.harmless(
    "nodes of a family with a size",
    asked(
      { key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["m7i"] },
      { key: "karpenter.k8s.aws/instance-size", operator: "In", values: ["xlarge", "2xlarge"] },
    ),
  ),

  more("workloads", "the administrator of a database for a team", secret("team-risk", fetched(RDS))),
  more(
    "workloads",
    "the administrator of a database for a team, by its name",
    secret("team-risk", fetched("rds!db-7aa6e329cfc9009263130d9cdf")),
  ),
  more("platform", "the administrator of a database for a team, from the platform", secret("team-risk", fetched(RDS))),
  more(
    "workloads",
    "all of the administrator's secret for a team",
    secret("team-risk", {
      ...fetched(RDS),
      data: undefined,
      dataFrom: [{ extract: { key: RDS } }],
    }),
  ),
  more(
    "platform",
    "the administrator of a database for every team",
    object("external-secrets.io/v1", "ClusterExternalSecret", {
      metadata: { name: "admin" },
      spec: { namespaceSelectors: [{ matchLabels: { "millrace.dev/team": "risk" } }], externalSecretSpec: fetched(RDS) },
    }),
  ),
  more(
    "workloads",
    "whatever secrets are named alike for a team",
    secret("team-risk", {
      ...fetched(RDS),
      data: undefined,
      dataFrom: [{ find: { name: { regexp: ".*" } } }],
    }),
  ),
  more(
    "workloads",
    "a secret of a team that goes out",
    secret(
      "team-risk",
      {
        secretStoreRefs: [{ kind: "ClusterSecretStore", name: "aws-secrets" }],
        selector: { secret: { name: "scores" } },
        data: [{ match: { secretKey: "x", remoteRef: { remoteKey: "x" } } }],
      },
      "PushSecret",
      "external-secrets.io/v1alpha1",
    ),
  ),
  more(
    "platform",
    "secrets of the cluster that go out",
    object("external-secrets.io/v1alpha1", "ClusterPushSecret", {
      metadata: { name: "out" },
      spec: {
        pushSecretSpec: {
          secretStoreRefs: [{ kind: "ClusterSecretStore", name: "aws-secrets" }],
          selector: { secret: { name: "mlflow-database-master" } },
          data: [{ match: { remoteRef: { remoteKey: "x" } } }],
        },
      },
    }),
  ),
  MASTER.bad("the administrator of a database in another namespace", (inputs) => {
    inputs["metadata"].namespace = "team-risk";
  }),
  STORE.bad("a store of secrets for a team too", ({ spec }) => {
    spec.conditions[0].namespaces.push("team-risk");
  }),
  more(
    "workloads",
    "a store of secrets in a team's namespace",
    secret("team-risk", { provider: { aws: { region: "eu-north-1", service: "SecretsManager" } } }, "SecretStore"),
  ),
  ((it) => welcome("workloads", it.type, "a secret of a team's own", it.inputs))(
    secret("team-risk", fetched("team-risk/features")),
  ),
];

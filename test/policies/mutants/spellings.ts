import { allowed, aws, kubernetes, option, policy, type StackMutant, statement } from "./mutant.ts";

const DATABASE = aws("foundation", "rds/instance:Instance", "tracking-database");
const CLUSTER = aws("platform", "eks/cluster:Cluster", "cluster");
const DATA = aws("foundation", "s3/bucketPolicy:BucketPolicy", "predictions-policy");
const KEY = aws("foundation", "kms/key:Key", "database-key");
const ROLE = aws("foundation", "iam/role:Role", "publishers-images");
const PLAN = aws("foundation", "iam/role:Role", "ci-plan");
const PERMISSIONS = aws("platform", "iam/rolePolicy:RolePolicy", "tracking-role-permissions");
const RULE = aws("platform", "vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress-https-on-nodes");
const ROLLOUT = kubernetes("workloads", "argoproj.io/v1alpha1:Rollout", "fraud-rollout");
const GATE = kubernetes("workloads", "argoproj.io/v1alpha1:AnalysisTemplate", "fraud-gate");
const POOL = kubernetes("platform", "karpenter.k8s.aws/v1:EC2NodeClass", "inference-class");
const CHART = kubernetes("platform", "helm.sh/v3:Release", "certificates-controller");

const GITHUB = "token.actions.githubusercontent.com";
const OURS = "333333333333";

const set = (what: string, target: typeof DATABASE, key: string, value: unknown): StackMutant =>
  target.bad(what, (inputs) => {
    inputs[key] = value;
  });
const open = (what: string, rest: object): StackMutant =>
  DATA.bad(
    what,
    allowed({
      Sid: "Added",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::millrace-prod-predictions-f4f526f/*",
      ...rest,
    }),
  );
const key = (what: string, rest: object): StackMutant =>
  KEY.bad(what, allowed({ Sid: "Added", Principal: { AWS: "*" }, Action: "kms:Decrypt", Resource: "*", ...rest }));
const may = (what: string, Action: string | string[], Resource: string | string[], rest: object = {}): StackMutant =>
  PERMISSIONS.bad(what, allowed({ Sid: "Added", Action, Resource, ...rest }));
const trusted = (what: string, target: typeof ROLE, edit: (statement: any) => void): StackMutant =>
  target.bad(what, statement("GitHubActions", edit, "assumeRolePolicy"));
const from = (what: string, address: object): StackMutant =>
  RULE.bad(what, (inputs) => {
    delete inputs["referencedSecurityGroupId"];
    Object.assign(inputs, address);
  });
const server = (what: string, edit: (container: any, pod: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.template.spec.containers[0], spec.template.spec));
const canary = (what: string, edit: (canary: any) => void): StackMutant =>
  ROLLOUT.bad(what, ({ spec }) => edit(spec.strategy.canary));

/** What is wrong elsewhere in this table, spelt another way. */
export const SPELLINGS: readonly StackMutant[] = [
  set("a database on the internet, as a digit", DATABASE, "publiclyAccessible", "1"),
  set("a database on an open disk, as a digit", DATABASE, "storageEncrypted", "0"),
  set("a database without backups, as text", DATABASE, "backupRetentionPeriod", "0"),
  set("a database that may be deleted, as text", DATABASE, "deletionProtection", "false"),
  set("a database that leaves nothing behind, as text", DATABASE, "skipFinalSnapshot", "true"),
  set("a key that is never renewed, as a digit", KEY, "enableKeyRotation", "0"),
  set("a cluster of a version without support, with its patch", CLUSTER, "version", "1.30.2"),
  CLUSTER.bad("an API for everybody, as a list with more in it", ({ vpcConfig }) => {
    Object.assign(vpcConfig, { endpointPublicAccess: true, publicAccessCidrs: ["10.0.0.0/8", "0.0.0.0/0"] });
  }),
  CLUSTER.bad("an API for everybody, as a digit", ({ vpcConfig }) => {
    vpcConfig.endpointPublicAccess = "1";
  }),
  CLUSTER.bad("logs of a cluster without the record of who did what", (inputs) => {
    inputs["enabledClusterLogTypes"] = ["api", "authenticator", "controllerManager", "scheduler"];
  }),
  KEY.bad("a key that a slip deletes, in another place", option({ protect: false })),
  open("predictions that everybody reads, in a list with us", { Principal: { AWS: [`arn:aws:iam::${OURS}:root`, "*"] } }),
  open("predictions that the root of every account reads", { Principal: { AWS: "arn:aws:iam::*:root" } }),
  open("predictions that everybody with a login elsewhere reads", { Principal: { Federated: "*" } }),
  open("predictions that a user of another account reads", { Principal: { AWS: "arn:aws:iam::999999999999:user/ada" } }),
  open("predictions that everybody reads but from one address", {
    Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.7/32" } },
  }),
  open("predictions that accounts like ours read", { Condition: { StringLike: { "aws:PrincipalAccount": "33333333333?" } } }),
  open("predictions that every part of every organisation reads", {
    Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "*" } },
  }),
  open("predictions that everybody reads from another network", { Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } }),
  open("predictions that everybody lists and more", { Action: ["s3:List*", "s3:Get*"], Resource: "*" }),
  DATA.bad(
    "a denial of HTTP that leaves listing out",
    statement("TlsOnly", (it) => {
      delete it["Action"];
      it["NotAction"] = "s3:ListBucket";
    }),
  ),
  DATA.bad(
    "a denial of HTTP for one service",
    statement("TlsOnly", (it) => {
      it["Principal"] = { Service: "logging.s3.amazonaws.com" };
    }),
  ),
  DATA.bad(
    "a denial of HTTP in another bucket",
    statement("TlsOnly", (it) => {
      it["Resource"] = ["arn:aws:s3:::millrace-prod-data-c9eac55", "arn:aws:s3:::millrace-prod-data-c9eac55/*"];
    }),
  ),
  DATA.bad(
    "a denial of HTTP for one folder",
    statement("TlsOnly", (it) => {
      it["Resource"] = [it["Resource"][0], `${it["Resource"][0]}/public/*`];
    }),
  ),
  key("a key for callers of another account", { Condition: { StringEquals: { "kms:CallerAccount": "999999999999" } } }),
  key("a key for callers of every account but one", { Condition: { StringNotEquals: { "kms:CallerAccount": "999999999999" } } }),
  key("a key for callers of accounts like ours", { Condition: { StringLike: { "kms:CallerAccount": "3*" } } }),
  key("a key for callers whose account is not told", { Condition: { StringEqualsIfExists: { "kms:CallerAccount": OURS } } }),
  key("a key for callers of ours or of others", { Condition: { StringEquals: { "kms:CallerAccount": [OURS, "999999999999"] } } }),
  key("a key for all but one thing", { Action: undefined, NotAction: "kms:ScheduleKeyDeletion" }),
  KEY.bad(
    "a key that people of every account administer",
    policy(({ Statement: [first] }) => {
      (first as Record<string, unknown>)["Principal"] = { AWS: "arn:aws:iam::*:root" };
    }),
  ),
  trusted("a plan for pull requests of anybody, beside the others", PLAN, (it) => {
    it.Condition.StringEquals[`${GITHUB}:sub`].push("repo:example/millrace:pull_request");
  }),
  trusted("a plan for every branch, in a list", PLAN, (it) => {
    const subjects = it.Condition.StringEquals[`${GITHUB}:sub`];
    delete it.Condition.StringEquals[`${GITHUB}:sub`];
    it.Condition.StringLike = { [`${GITHUB}:sub`]: [...subjects, "repo:example/millrace:ref:refs/heads/*"] };
  }),
  trusted("a publishing role with a subject of any case and any end", ROLE, (it) => {
    delete it.Condition.StringEquals[`${GITHUB}:sub`];
    it.Condition["ForAnyValue:StringLike"] = { [`${GITHUB}:sub`]: "repo:example/millrace:environment:*" };
  }),
  trusted("a publishing role without conditions", ROLE, (it) => {
    delete it.Condition;
  }),
  trusted("a publishing role with a second audience", ROLE, (it) => {
    it.Condition.StringEquals[`${GITHUB}:aud`] = ["sts.amazonaws.com", "https://github.com/example"];
  }),
  trusted("a publishing role for whatever its provider says", ROLE, (it) => {
    it.Action = ["sts:*"];
    it.Condition = { StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" } };
  }),
  ROLE.bad(
    "a publishing role that everybody but one takes",
    allowed({ NotPrincipal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "sts:AssumeRole" }, "assumeRolePolicy"),
  ),
  ROLE.bad(
    "a publishing role for every pod of a cluster",
    allowed(
      {
        Principal: { Federated: `arn:aws:iam::${OURS}:oidc-provider/oidc.eks.eu-north-1.amazonaws.com/id/52BC` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringLike: { "oidc.eks.eu-north-1.amazonaws.com/id/52BC:sub": "system:serviceaccount:*:*" } },
      },
      "assumeRolePolicy",
    ),
  ),
  may("MLflow that does all with identities, in a list", ["s3:GetObject", "iam:*"], "*"),
  may("MLflow that passes every role, in other letters", "iam:passrole", "*"),
  may("MLflow that does all with roles", "iam:*Role*", "*"),
  may("MLflow that does all with machines", ["ec2:*"], ["*"]),
  may("MLflow that passes every role to whatever service", "iam:PassRole", `arn:aws:iam::${OURS}:role/*`, {
    Condition: { StringLike: { "iam:PassedToService": "*" } },
  }),
  may("MLflow that does everything in one region", "*", "*", {
    Condition: { StringEquals: { "aws:RequestedRegion": "eu-north-1" } },
  }),
  may("MLflow that reads every object of every bucket, among others", "s3:GetObject", [
    "arn:aws:s3:::millrace-prod-artifacts-cf93925/*",
    "*",
  ]),
  may("MLflow that writes every object of every partition", "s3:PutObject", "arn:*:s3:::*/*"),
  may("MLflow that deletes every version of everything", "s3:Delete*", "arn:aws:s3:::*"),
  may("MLflow that decrypts with every key of the account", ["kms:Decrypt", "kms:ReEncrypt*"], `arn:aws:kms:*:${OURS}:key/*`),
  from("nodes for every address, with a space", { cidrIpv4: " 0.0.0.0/0" }),
  from("nodes for three bits of the internet", { cidrIpv4: "32.0.0.0/3" }),
  from("nodes for every address of IPv4 inside of IPv6", { cidrIpv6: "::ffff:0:0/96" }),
  from("nodes for a list of addresses that nobody sees", { prefixListId: "pl-0123456789" }),
  from("nodes for every address, on ports as text", { cidrIpv4: "0.0.0.0/0", fromPort: "22", toPort: "22" }),
  server("a container as root, as text", (container) => {
    container.securityContext.runAsUser = "0";
  }),
  server("a container that may be root, as text", (_, pod) => {
    pod.securityContext.runAsNonRoot = "false";
  }),
  server("a capability with its old prefix", (container) => {
    container.securityContext.capabilities.add = ["CAP_SYS_ADMIN"];
  }),
  server("all capabilities", (container) => {
    container.securityContext.capabilities.add = ["ALL"];
  }),
  server("a request of nothing", (container) => {
    container.resources.requests = { cpu: "0", memory: "0" };
  }),
  server("a limit of nothing", (container) => {
    container.resources.limits.memory = "0";
  }),
  server("an image whose digest is of another kind", (container) => {
    container.image = container.image.replace("sha256:", "sha1:").slice(0, -24);
  }),
  server("a socket of the node", (_, pod) =>
    pod.volumes.push({ name: "run", hostPath: { path: "/run/containerd/containerd.sock", type: "Socket" } }),
  ),
  server("the folder of all folders of the node", (_, pod) => pod.volumes.push({ name: "root", hostPath: { path: "/var/../" } })),
  canary("all requests with any browser on the new version", ({ steps }) => {
    const route = steps.find(({ setHeaderRoute }: any) => setHeaderRoute).setHeaderRoute;
    route.match = [{ headerName: "user-agent", headerValue: { regex: ".*" } }];
  }),
  canary("a step that mirrors all requests", ({ steps, trafficRouting }) => {
    trafficRouting.managedRoutes.push({ name: "mirror" });
    steps.splice(3, 0, { setMirrorRoute: { name: "mirror", percentage: 100, match: [{ path: { prefix: "/" } }] } });
  }),
  canary("no steps", (it) => {
    it.steps = [];
  }),
  canary("a jump from five to one hundred", ({ steps }) => {
    steps.find(({ setWeight }: any) => setWeight === 20).setWeight = 100;
  }),
  canary("an old version that ends because of its age", (it) => {
    it.scaleDownDelayRevisionLimit = 0;
  }),
  ROLLOUT.bad("a stuck release that is ended after a month", ({ spec }) => {
    spec.progressDeadlineSeconds = 2_592_000;
  }),
  GATE.bad("a gate that forgives every failure", ({ spec }) => {
    spec.metrics[0].failureLimit = -1;
  }),
  GATE.bad("a gate that forgives failures, as text", ({ spec }) => {
    spec.metrics[0].failureLimit = "1000";
  }),
  POOL.bad("a second disk in the clear", ({ spec }) =>
    spec.blockDeviceMappings.push({ deviceName: "/dev/xvdb", ebs: { volumeSize: "1Ti" } }),
  ),
  POOL.bad("machines whose pods reach the metadata service, as text", ({ spec }) => {
    spec.metadataOptions.httpPutResponseHopLimit = "3";
  }),
  set("a chart of the newest version", CHART, "version", "latest"),
  set("a chart of a line of versions", CHART, "version", "v1.21"),
  set("a chart of two versions", CHART, "version", "v1.21.2 || v1.22.0"),
  set("a chart of about a version", CHART, "version", "~1.21.2"),

  ROLLOUT.harmless("a pause until somebody goes on", ({ spec }) => {
    spec.strategy.canary.steps.find(({ pause }: any) => pause).pause = {};
  }),
  ROLLOUT.harmless("pods apart by a rule of affinity instead of a spread", ({ spec }) => {
    const pod = spec.template.spec;
    delete pod.topologySpreadConstraints;
    pod.affinity = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: { app: "fraud" } }, topologyKey: "topology.kubernetes.io/zone" },
        ],
      },
    };
  }),
  DATA.harmless("a denial of HTTP that also holds where nothing is told", (inputs, options) =>
    statement("TlsOnly", (it) => {
      it["Condition"] = { BoolIfExists: { "aws:SecureTransport": "false" } };
    })(inputs, options),
  ),
  DATA.harmless(
    "a condition with its key in other letters",
    statement("TlsOnly", (it) => {
      it["Condition"] = { Bool: { "aws:securetransport": "false" } };
    }),
  ),
  PERMISSIONS.harmless("actions in other letters", (inputs) => {
    inputs["policy"] = inputs["policy"].replace("s3:ListBucket", "s3:listbucket");
  }),
  PLAN.harmless("the key of a subject in other letters", (inputs) => {
    inputs["assumeRolePolicy"] = inputs["assumeRolePolicy"].replace(`${GITHUB}:sub`, `${GITHUB}:Sub`);
  }),
  CLUSTER.harmless("an API for one network of ours over the internet is closed, in a list of none", ({ vpcConfig }) => {
    Object.assign(vpcConfig, { endpointPublicAccess: false, publicAccessCidrs: [] });
  }),
  POOL.harmless("a second disk under the same key", ({ spec }) =>
    spec.blockDeviceMappings.push({ ...spec.blockDeviceMappings[0], deviceName: "/dev/xvdb" }),
  ),
];

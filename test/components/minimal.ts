import type { AccessHostArgs } from "#components/access/access-host";
import type { BreakGlassArgs } from "#components/access/break-glass";
import type { CiRunnerArgs } from "#components/access/ci-runner";
import type { AuditTrailArgs } from "#components/audit/trail";
import type { PrivateCertificateArgs } from "#components/certificates/private-certificate";
import type { CiRolesArgs } from "#components/ci/ci-roles";
import type { PublishersArgs } from "#components/ci/publishers";
import type { ClusterAccessArgs } from "#components/cluster/access-entries";
import type { ClusterArgs } from "#components/cluster/cluster";
import type { ClusterLogsArgs } from "#components/cluster/cluster-logs";
import type { SystemNodesArgs } from "#components/cluster/system-nodes";
import type { PostgresArgs } from "#components/database/postgres";
import type { KarpenterArgs } from "#components/gpu/karpenter";
import type { GpuPoolArgs } from "#components/gpu/node-pool-args";
import type { PodRoleArgs } from "#components/identity/pod-role";
import type { RoleBoundaryArgs } from "#components/identity/role-boundary";
import type { EncryptionKeyArgs } from "#components/keys/key";
import type { GatewayBalancerArgs } from "#components/mesh/gateway-balancer";
import type { SignOn } from "#components/monitoring/grafana";
import type { GrafanaRouteArgs } from "#components/monitoring/grafana-route";
import type { InterfaceEndpointsArgs } from "#components/network/endpoints";
import type { NetworkArgs } from "#components/network/network";
import type { ImageRepositoryArgs } from "#components/registry/image-repository";
import type { ExternalSecretsArgs } from "#components/secrets/external-secrets";
import type { ObjectStoreArgs } from "#components/storage/object-store";
import type { JobsIdentityArgs } from "#components/teams/jobs-identity";
import type { TeamArgs } from "#components/teams/team";
import type { TrainingQueuesArgs } from "#components/training/queues";
import type { TeamQueueArgs } from "#components/training/team-queue";

/** The fewest arguments of each component, for the tests of components. Serving and tracking have theirs in a fixture of their own. */

const roleArn = (name: string): string => `arn:aws:iam::111111111111:role/${name}`;

export const auditTrail: AuditTrailArgs = {
  trailName: "millrace-test-audit",
  bucketName: "audit-1",
  prefix: "trail",
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
};

export const breakGlass: BreakGlassArgs = {
  roleName: "millrace-test-break-glass",
  roleArn: roleArn("millrace-test-break-glass"),
  region: "eu-west-1",
  principals: [roleArn("platform-engineers")],
  person: "ada@example.com",
  from: "2026-12-01T14:00:00Z",
  until: "2026-12-01T18:00:00Z",
  reason: "INC-7: Argo is stuck",
  statements: [
    {
      sid: "FindCluster",
      actions: ["eks:DescribeCluster"],
      resources: ["arn:aws:eks:eu-west-1:111111111111:cluster/millrace-test"],
    },
  ],
  topicArn: "arn:aws:sns:eu-west-1:111111111111:security",
};

export const ciRoles: CiRolesArgs = {
  repository: "example/millrace",
  environment: "test",
  prefix: "millrace-test",
  account: "111111111111",
  region: "eu-west-1",
  tags: { project: "millrace", environment: "test" },
  roleBoundary: "arn:aws:iam::111111111111:policy/millrace-test-roles",
  domain: "models.internal",
};

export const publishers: PublishersArgs = {
  repository: "example/millrace",
  identityProviderArn: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
  prefix: "millrace-test",
  environment: "test",
  repositories: ["arn:aws:ecr:eu-west-1:111111111111:repository/millrace-test/model-server"],
  models: {
    bucketArn: "arn:aws:s3:::millrace-test-models-1",
    folder: "models",
    keyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
    region: "eu-west-1",
  },
};

export const roleBoundary: RoleBoundaryArgs = {
  prefix: "millrace-test",
  account: "111111111111",
  region: "eu-west-1",
  tags: { project: "millrace", environment: "test" },
};

export const pulumiState = {
  bucketArn: "arn:aws:s3:::state",
  keyArn: "arn:aws:kms:eu-west-1:111111111111:key/s",
  project: "millrace",
  stacks: ["foundation-test"],
};

export const promotionLedger = {
  bucketArn: "arn:aws:s3:::ledger",
  keyArn: "arn:aws:kms:eu-west-1:111111111111:key/l",
};

export const clusterLogs: ClusterLogsArgs = {
  clusterName: "millrace-test",
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/logs",
  days: 30,
};

export const cluster: ClusterArgs = {
  clusterName: "millrace-test",
  subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
  secretsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/secrets",
  endpoint: { access: "private" },
};

export const clusterAccess: ClusterAccessArgs = {
  clusterName: "millrace-test",
  admins: [roleArn("platform")],
  deployRole: roleArn("deploy"),
  planRole: roleArn("plan"),
};

export const systemNodes: SystemNodesArgs = {
  clusterName: "millrace-test",
  subnetIds: ["subnet-a", "subnet-b"],
  instanceType: "m7i.large",
  minNodes: 2,
  maxNodes: 4,
  diskGiB: 50,
  tags: { project: "millrace" },
};

export const postgres: PostgresArgs = {
  identifier: "millrace-test-tracking",
  vpcId: "vpc-1",
  subnetIds: ["subnet-1", "subnet-2"],
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
  logs: { kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/2", days: 30 },
  instanceClass: "db.t4g.small",
  storageGiB: 20,
  multiZone: false,
  backupDays: 1,
};

export const karpenter: KarpenterArgs = { clusterName: "millrace-test", account: "111111111111", region: "eu-west-1" };

export const nodePool: GpuPoolArgs = {
  instanceType: "g6.xlarge",
  maxGpus: 8,
  capacity: ["spot", "on-demand"],
  consolidation: { when: "empty", afterSeconds: 600 },
  expireAfterHours: 336,
  terminationGraceHours: 24,
  diskGiB: 300,
  use: "training",
  nodeRoleName: "karpenter-node",
  subnetIds: ["subnet-a", "subnet-b"],
  securityGroupId: "sg-nodes",
  tags: { project: "millrace" },
};

export const encryptionKey: EncryptionKeyArgs = { account: "111111111111", alias: "millrace-test-data", description: "Data" };

export const network: NetworkArgs = {
  cidr: "10.10.0.0/16",
  region: "eu-west-1",
  zones: ["euw1-az1", "euw1-az2", "euw1-az3"],
  account: "111111111111",
  clusterName: "millrace-test",
};

export const imageRepository: ImageRepositoryArgs = {
  repository: "millrace-test/model-server",
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
};

export const externalSecrets: ExternalSecretsArgs = {
  clusterName: "ml-dev",
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
  namespaces: ["mlflow"],
  region: "eu-west-1",
  secretArns: ["arn:aws:secretsmanager:eu-west-1:111111111111:secret:rds!db-1"],
};

export const objectStore: ObjectStoreArgs = {
  bucketPrefix: "millrace-test-data",
  kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
};

export const fencedNamespace = { namespace: "models-risk", labels: {}, gpus: 0 };

export const team: TeamArgs = {
  people: {
    train: ["risk-data-scientists", "risk-ml-engineers"],
    observe: ["risk-data-scientists"],
    operate: ["risk-ml-engineers"],
  },
  trainingGpus: 8,
  servingGpus: 4,
};

export const jobsIdentity: JobsIdentityArgs = {
  team: "risk",
  namespace: "team-risk",
  clusterName: "millrace-test",
  stores: {
    dataArn: "arn:aws:s3:::millrace-test-data-1",
    artifactsArn: "arn:aws:s3:::millrace-test-artifacts-1",
    keyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
    region: "eu-west-1",
  },
};

export const teamQueue: TeamQueueArgs = {
  team: "risk",
  namespace: "team-risk",
  pool: { flavor: "gpu-training", gpus: 8, cpus: 4, memoryGiB: 16, gpusPerNode: 1 },
  gpus: 4,
  cpu: { pool: { flavor: "cpu", cpus: 4, memoryGiB: 16 }, cpus: 6 },
};

export const gpuPool = {
  gpus: 8,
  flavor: "gpu-training",
  nodeLabels: { "millrace.dev/pool": "gpu-training", "millrace.dev/accelerator": "l4" },
};

export const trainingQueues: TrainingQueuesArgs = { pools: [gpuPool] };

export const podRole: PodRoleArgs = {
  clusterName: "millrace-test",
  namespace: "ml",
  serviceAccount: "reader",
  statements: [{ sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::models/*"] }],
};

export const accessHost: AccessHostArgs = {
  hostName: "millrace-test-access",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  volumeKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
  tags: { project: "millrace" },
};

export const ciRunner: CiRunnerArgs = {
  runnerName: "millrace-test-runner",
  repository: "example/millrace",
  connectionArn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/11111111-2222-3333-4444-555555555555",
  account: "111111111111",
  region: "eu-west-1",
  workflows: ["preview", "up"],
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  logsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
  logDays: 30,
};

export const gatewayBalancer: GatewayBalancerArgs = {
  balancerName: "millrace-test-models",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
  networks: ["10.10.0.0/16"],
  nodeGroupId: "sg-nodes",
  autoScalingGroup: "eks-system-nodes",
  zoneId: "Z1",
  domain: "models.internal",
};

export const privateCertificate: PrivateCertificateArgs = {
  namespace: "istio-ingress",
  secretName: "ingress-certificate",
  dnsNames: ["*.models.internal"],
};

export const grafanaRoute: GrafanaRouteArgs = {
  host: "grafana.models.internal",
  namespace: "monitoring",
  gateway: { namespace: "istio-ingress", name: "ingress" },
};

export const signOn: SignOn = {
  clientId: "grafana",
  secretArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:grafana-abc",
  secretStore: "aws-secrets",
  authorizeUrl: "https://id.example.com/authorize",
  tokenUrl: "https://id.example.com/token",
  userInfoUrl: "https://id.example.com/userinfo",
};

export const interfaceEndpoints: InterfaceEndpointsArgs = {
  vpcId: "vpc-1",
  vpcCidr: "10.10.0.0/16",
  region: "eu-west-1",
  subnetIds: ["subnet-a"],
  services: ["ecr.api", "sts"],
};

export const admissionPolicy = (name: string, action = "Deny") => ({
  name,
  spec: { failurePolicy: "Fail", validations: [{ expression: "true" }] },
  binding: { policyName: name, validationActions: [action] },
});

export const alerting = { environment: "dev", runbookBaseUrl: "https://runbooks.example.test" };

export const modelMonitoring = {
  ...alerting,
  model: "fraud",
  namespace: "ml-risk",
  team: "risk",
  dashboardNamespace: "monitoring",
};

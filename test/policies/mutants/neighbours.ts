import { added, object, type StackMutant, type Statement, welcome } from "./mutant.ts";
import { pod } from "./pod.ts";

const FOREIGN = "arn:aws:iam::999999999999:root";
const PUBLIC: Statement = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const json = (...Statement: Statement[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

/** One more resource of AWS. */
const more = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  added("foundation", `aws:${type}`, what, inputs);
/** One more Kubernetes object. */
const kubernetes = (what: string, apiVersion: string, kind: string, rest: Record<string, unknown>): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, rest);
  return added("workloads", type, what, inputs);
};
const fine = (what: string, apiVersion: string, kind: string, rest: Record<string, unknown>): StackMutant => {
  const { type, inputs } = object(apiVersion, kind, rest);
  return welcome("workloads", type, what, inputs);
};

const privileged = ({ containers: [container] }: any): void => {
  container.securityContext = { privileged: true };
};
const metadata = { name: "added", namespace: "team-risk" };
const template = (edit?: (pod: any) => void): object => ({ metadata: { labels: { app: "added" } }, spec: pod(edit) });
const selector = { matchLabels: { app: "added" } };

/** What is wrong elsewhere in this table, at a resource of another type. */
export const NEIGHBOURS: readonly StackMutant[] = [
  more("a queue whose own policy is for everybody", "sqs/queue:Queue", {
    name: "jobs",
    sqsManagedSseEnabled: true,
    policy: json(PUBLIC),
  }),
  more("a topic whose own policy is for everybody", "sns/topic:Topic", {
    name: "alarms",
    kmsMasterKeyId: "alias/alarms",
    policy: json(PUBLIC),
  }),
  more("an entrance to a bucket for everybody", "s3/accessPoint:AccessPoint", {
    bucket: "millrace-prod-data-c9eac55",
    policy: json({ ...PUBLIC, Action: "s3:GetObject" }),
    publicAccessBlockConfiguration: { blockPublicPolicy: false, restrictPublicBuckets: false },
  }),
  more("a shared file system for everybody", "efs/fileSystemPolicy:FileSystemPolicy", {
    fileSystemId: "fs-1",
    policy: json(PUBLIC),
  }),
  more("a store of backups for another account", "backup/vaultPolicy:VaultPolicy", {
    backupVaultName: "nightly",
    policy: json({ ...PUBLIC, Principal: { AWS: FOREIGN }, Action: "backup:CopyIntoBackupVault" }),
  }),
  more("a search engine for everybody", "opensearch/domainPolicy:DomainPolicy", {
    domainName: "logs",
    accessPolicies: json({ ...PUBLIC, Action: "es:*" }),
  }),
  more("a table for another account", "dynamodb/resourcePolicy:ResourcePolicy", {
    resourceArn: "arn:aws:dynamodb:eu-north-1:333333333333:table/features",
    policy: json({ ...PUBLIC, Principal: { AWS: FOREIGN }, Action: "dynamodb:*" }),
  }),
  more("a grant of a key to another account", "kms/grant:Grant", {
    keyId: "56113cde-5bd0-d2d9-d60e-47986d2e4d1d",
    granteePrincipal: "arn:aws:iam::999999999999:role/reader",
    operations: ["Decrypt"],
  }),
  more("a copy of a key in another place without a policy of ours", "kms/replicaKey:ReplicaKey", {
    primaryKeyArn: "arn:aws:kms:eu-west-1:333333333333:key/mrk-1",
    policy: json({ ...PUBLIC, Action: "kms:*" }),
  }),
  more("a key whose policy stands apart and is for everybody", "kms/keyPolicy:KeyPolicy", {
    keyId: "56113cde-5bd0-d2d9-d60e-47986d2e4d1d",
    policy: json({ ...PUBLIC, Action: "kms:*" }),
  }),
  more("an image of a machine for everybody", "ec2/amiLaunchPermission:AmiLaunchPermission", { imageId: "ami-1", group: "all" }),
  more("a copy of a disk for another account", "ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission", {
    snapshotId: "snap-1",
    accountId: "999999999999",
  }),
  more("a copy of a database for everybody", "rds/snapshot:Snapshot", {
    dbInstanceIdentifier: "millrace-prod-tracking",
    dbSnapshotIdentifier: "copy",
    sharedAccounts: ["all"],
  }),
  more("a share with accounts outside of the organisation", "ram/resourceShare:ResourceShare", {
    name: "network",
    allowExternalPrincipals: true,
  }),
  more("a way to a database without TLS", "rds/proxy:Proxy", { name: "tracking", engineFamily: "POSTGRESQL", requireTls: false }),
  more("a server of a cluster of databases on the internet", "rds/clusterInstance:ClusterInstance", {
    clusterIdentifier: "features",
    engine: "aurora-postgresql",
    instanceClass: "db.r7g.large",
    publiclyAccessible: true,
  }),
  more("a store of documents on open disks", "docdb/cluster:Cluster", {
    clusterIdentifier: "documents",
    storageEncrypted: false,
  }),
  more("a balancer of the older kind for HTTP", "elb/loadBalancer:LoadBalancer", {
    listeners: [{ instancePort: 80, instanceProtocol: "http", lbPort: 80, lbProtocol: "http" }],
    subnets: ["subnet-9cde0079ff966dc07"],
  }),
  more("a balancer on the internet, by the older name of its type", "alb/loadBalancer:LoadBalancer", {
    internal: false,
    loadBalancerType: "application",
    subnets: ["subnet-9cde0079ff966dc07", "subnet-2"],
  }),
  more("a listener in the clear, by the older name of its type", "alb/listener:Listener", {
    loadBalancerArn: "arn:aws:elasticloadbalancing:eu-north-1:333333333333:loadbalancer/app/pages/1",
    port: 80,
    protocol: "HTTP",
    defaultActions: [
      { type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:eu-north-1:333333333333:targetgroup/pages/1" },
    ],
  }),
  more("pages of the world over HTTP", "cloudfront/distribution:Distribution", {
    enabled: true,
    defaultCacheBehavior: { viewerProtocolPolicy: "allow-all", targetOriginId: "models" },
    origins: [{ originId: "models", domainName: "models.example.com" }],
    viewerCertificate: { cloudfrontDefaultCertificate: true },
  }),
  more("an interface of HTTP without a login", "apigatewayv2/route:Route", {
    apiId: "a1",
    routeKey: "ANY /",
    authorizationType: "NONE",
  }),
  more("a template of machines with the old metadata service", "ec2/launchConfiguration:LaunchConfiguration", {
    imageId: "ami-1",
    instanceType: "m7i.large",
    associatePublicIpAddress: true,
  }),
  more("a login with a password for a person", "iam/userLoginProfile:UserLoginProfile", { user: "operator" }),
  more("a group of people who do everything", "iam/groupPolicy:GroupPolicy", {
    group: "ops",
    policy: json({ Effect: "Allow", Action: "*", Resource: "*" }),
  }),
  more("administrators by a list of an attachment", "iam/policyAttachment:PolicyAttachment", {
    name: "all",
    roles: ["millrace-prod-fraud-reader-8ce485d"],
    policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
  }),
  more("one more role that everybody takes", "iam/role:Role", {
    name: "millrace-prod-open",
    permissionsBoundary: "arn:aws:iam::333333333333:policy/millrace-prod-roles",
    assumeRolePolicy: json({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
  }),
  more("a broker of messages on the internet", "mq/broker:Broker", { brokerName: "events", publiclyAccessible: true }),
  more("messages between machines in the clear", "msk/cluster:Cluster", {
    clusterName: "events",
    encryptionInfo: { encryptionInTransit: { clientBroker: "PLAINTEXT", inCluster: false } },
  }),
  more("a notebook with a way to the internet as root", "sagemaker/notebookInstance:NotebookInstance", {
    name: "lab",
    roleArn: "arn:aws:iam::333333333333:role/millrace-prod-lab",
    instanceType: "ml.t3.large",
    directInternetAccess: "Enabled",
    rootAccess: "Enabled",
  }),
  more("a model of SageMaker with files that nobody compares, in no network of its own", "sagemaker/model:Model", {
    name: "millrace-prod-added",
    executionRoleArn: "arn:aws:iam::333333333333:role/millrace-prod-added",
    primaryContainer: { image: "docker.io/library/python:3", modelDataUrl: "s3://elsewhere/model.tar.gz" },
  }),
  more("an endpoint with a shell, and disks that only AWS encrypts", "sagemaker/endpointConfiguration:EndpointConfiguration", {
    name: "millrace-prod-added",
    productionVariants: [{ instanceType: "ml.m7i.large", enableSsmAccess: true }],
  }),
  more("an endpoint whose releases nobody measures", "sagemaker/endpoint:Endpoint", {
    name: "millrace-prod-added",
    endpointConfigName: "millrace-prod-added",
  }),
  more("one more cluster with the defaults of AWS", "eks/cluster:Cluster", {
    name: "other",
    roleArn: "arn:aws:iam::333333333333:role/millrace-prod-cluster-7daf192",
    vpcConfig: { subnetIds: ["subnet-2ae8a3580ab48a36f", "subnet-12cc4f88d2bf68d39"] },
  }),

  kubernetes("a privileged pod by itself", "v1", "Pod", { metadata, spec: pod(privileged) }),
  kubernetes("a privileged DaemonSet", "apps/v1", "DaemonSet", { metadata, spec: { selector, template: template(privileged) } }),
  kubernetes("a privileged StatefulSet", "apps/v1", "StatefulSet", {
    metadata,
    spec: { selector, serviceName: "added", replicas: 3, template: template(privileged) },
  }),
  kubernetes("a privileged ReplicaSet", "apps/v1", "ReplicaSet", {
    metadata,
    spec: { selector, replicas: 3, template: template(privileged) },
  }),
  kubernetes("a privileged controller of the oldest kind", "v1", "ReplicationController", {
    metadata,
    spec: { selector: { app: "added" }, replicas: 3, template: template(privileged) },
  }),
  kubernetes("a patch that makes pods privileged", "apps/v1", "DeploymentPatch", {
    kind: "Deployment",
    metadata: { name: "mlflow", namespace: "mlflow" },
    spec: { template: { spec: { containers: [{ name: "server", securityContext: { privileged: true } }] } } },
  }),
  kubernetes("a patch that takes the level of a namespace away", "v1", "NamespacePatch", {
    kind: "Namespace",
    metadata: { name: "models-risk", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
  }),
  kubernetes("a patch that makes everybody an administrator", "rbac.authorization.k8s.io/v1", "ClusterRoleBindingPatch", {
    kind: "ClusterRoleBinding",
    metadata: { name: "millrace-plan" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "system:authenticated" }],
  }),
  kubernetes("an administrator by an older version of the API", "rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", {
    metadata: { name: "added" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "system:authenticated" }],
  }),
  kubernetes("a role that collects every other role", "rbac.authorization.k8s.io/v1", "ClusterRole", {
    metadata: { name: "added" },
    aggregationRule: { clusterRoleSelectors: [{}] },
    rules: [],
  }),
  kubernetes("a volume that is a folder of the node", "v1", "PersistentVolume", {
    metadata: { name: "added" },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/etc" } },
  }),
  kubernetes("a gateway in the clear, by an older version of the API", "networking.istio.io/v1beta1", "Gateway", {
    metadata,
    spec: {
      selector: { istio: "ingress" },
      servers: [{ hosts: ["*.models.internal"], port: { name: "http", number: 80, protocol: "HTTP" } }],
    },
  }),
  kubernetes("a gateway of the newer kind in the clear", "gateway.networking.k8s.io/v1", "Gateway", {
    metadata,
    spec: { gatewayClassName: "istio", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
  }),
  kubernetes("a route for every host, by an older version of the API", "networking.istio.io/v1alpha3", "VirtualService", {
    metadata,
    spec: { gateways: ["istio-ingress/ingress"], hosts: ["*"], http: [{ route: [{ destination: { host: "fraud-canary" } }] }] },
  }),
  kubernetes("a mesh that takes one port in the clear", "security.istio.io/v1beta1", "PeerAuthentication", {
    metadata: { name: "added", namespace: "models-risk" },
    spec: {
      selector: { matchLabels: { app: "fraud" } },
      mtls: { mode: "STRICT" },
      portLevelMtls: { 8080: { mode: "PERMISSIVE" } },
    },
  }),
  kubernetes("one more model whose release nobody measures", "argoproj.io/v1alpha1", "Rollout", {
    metadata: { name: "added", namespace: "models-risk" },
    spec: {
      replicas: 3,
      selector,
      template: template(),
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: "60s" } }] } },
    },
  }),
  kubernetes("one more pool of GPUs without a limit", "karpenter.sh/v1", "NodePool", {
    metadata: { name: "added" },
    spec: {
      template: {
        spec: {
          expireAfter: "720h",
          nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "training" },
          requirements: [{ key: "node.kubernetes.io/instance-type", operator: "In", values: ["p5.48xlarge"] }],
        },
      },
    },
  }),
  kubernetes("a template of pods that is privileged", "v1", "PodTemplate", { metadata, template: template(privileged) }),
  kubernetes("a list of pods of which the second is privileged", "v1", "PodList", {
    items: [
      { metadata, spec: pod() },
      { metadata, spec: pod(privileged) },
    ],
  }),
  kubernetes("a list of objects with a privileged pod", "v1", "List", {
    items: [{ apiVersion: "v1", kind: "Pod", metadata, spec: pod(privileged) }],
  }),
  kubernetes("a list of deployments on the node's network", "apps/v1", "DaemonSetList", {
    items: [{ metadata, spec: { selector, template: template((spec) => void (spec.hostNetwork = true)) } }],
  }),
  kubernetes("a pod with a privileged container for debugging", "v1", "Pod", {
    metadata,
    spec: pod((spec) => {
      spec.ephemeralContainers = [{ ...spec.containers[0], name: "debug", securityContext: { privileged: true } }];
    }),
  }),
  kubernetes("a chart of the newer kind over HTTP", "helm.sh/v4", "Chart", {
    chart: "http://charts.example.com/tool-1.0.0.tgz",
    namespace: "team-risk",
  }),

  fine("one more pod by itself", "v1", "Pod", { metadata, spec: pod() }),
  fine("one more template of pods", "v1", "PodTemplate", { metadata, template: template() }),
  fine("one more list of pods", "v1", "PodList", { items: [{ metadata, spec: pod() }] }),
  fine("one more list of other objects", "v1", "List", { items: [{ apiVersion: "v1", kind: "Endpoints", metadata }] }),
  fine("one more account without a token", "v1", "ServiceAccount", { metadata, automountServiceAccountToken: false }),
  fine("one more Service inside of the cluster", "v1", "Service", {
    metadata,
    spec: { selector: { app: "added" }, ports: [{ port: 80, targetPort: 8080 }] },
  }),
];

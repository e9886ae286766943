/** Pulumi's types of AWS resources that several rules look at. */

export const PROVIDER = "pulumi:providers:aws";

export const CLUSTER = "aws:eks/cluster:Cluster";
export const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
export const ADDON = "aws:eks/addon:Addon";
/** Gives a service account of a cluster a role. */
export const POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
export const ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";
export const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
export const VPC = "aws:ec2/vpc:Vpc";
/** A group of machines. */
export const MACHINES = "aws:autoscaling/group:Group";
export const BALANCERS: readonly string[] = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];
export const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
export const VPC_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

export const ROLE = "aws:iam/role:Role";
export const POLICY = "aws:iam/policy:Policy";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

export const DB_INSTANCE = "aws:rds/instance:Instance";
export const DB_CLUSTER = "aws:rds/cluster:Cluster";
export const DB_CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";

export const KEY = "aws:kms/key:Key";
/** Every kind of key. */
export const KEYS: readonly string[] = [
  KEY,
  "aws:kms/externalKey:ExternalKey",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:kms/replicaExternalKey:ReplicaExternalKey",
];

/** A policy of a key that is a resource of its own. */
export const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
export const REPOSITORY = "aws:ecr/repository:Repository";
export const SECRET_OF_MANAGER = "aws:secretsmanager/secret:Secret";

/** What SageMaker hosts: a model, what it runs on, and what answers. */
export const HOSTED_MODEL = "aws:sagemaker/model:Model";
export const ENDPOINT_CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
export const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";

export const BUILD = "aws:codebuild/project:Project";
export const BUILD_FLEET = "aws:codebuild/fleet:Fleet";

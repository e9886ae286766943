import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { account, policyDocument, type Statement, tagged } from "../iam.ts";
import { anyText, fields, label, listOf, mapOf, optional, text } from "../shape.ts";

export interface RoleBoundaryArgs {
  /** Beginning of the names of everything in the environment, for example `millrace-dev`. */
  prefix: string;

  /** Account and region in which the roles may act. */
  account: string;
  region: string;

  /** Tags that every key of the environment carries, and no other key. */
  tags: Readonly<Record<string, string>>;

  /**
   * Purposes of the buckets that no such role touches, for example `audit` for `<prefix>-audit-*`. A pipeline decides who takes the
   * roles that it makes, and IAM cannot limit whom their trust names: what must not leave the account is kept from all of them.
   * @default - none
   */
  closedStores?: readonly string[];

  /** ARN of the connection to GitHub that the runner uses. @default - no role uses any */
  connectionArn?: string | undefined;

  /** ARN of the cluster of MSK whose topics pods may read and write. @default - no role reaches any */
  kafkaClusterArn?: string | undefined;
}

/** ARN of the boundary of an environment's roles, known before it is made. */
export const roleBoundaryArn = ({ account, prefix }: { account: string; prefix: string }): string =>
  `arn:aws:iam::${account}:policy/${prefix}-roles`;

/**
 * The most that a role of the cluster, its nodes and its pods can ever do, whatever is attached to it. A pipeline may make such roles
 * because none of them can do more than this: it cannot administer identities, keys, trails or the rules of a bucket, reads no
 * state of Pulumi, and takes no other role.
 *
 * @throws {pulumi.ResourceError} when the prefix or the account is invalid.
 */
export class RoleBoundary extends Component {
  static override readonly shape = fields<RoleBoundaryArgs>({
    prefix: label,
    account,
    region: text,
    tags: mapOf(anyText),
    closedStores: optional(listOf(text)),
    connectionArn: optional(text),
    kafkaClusterArn: optional(text),
  });

  readonly policyArn: pulumi.Output<string>;

  constructor(name: string, args: RoleBoundaryArgs, opts?: ComponentOptions) {
    super("identity:RoleBoundary", name, args, opts);

    const policy = new aws.iam.Policy(
      name,
      {
        name: `${args.prefix}-roles`,
        description: `The most that a role of ${args.prefix} can ever do`,
        policy: policyDocument(statements(args)),
      },
      { parent: this },
    );

    this.policyArn = policy.arn;
    this.registerOutputs({ policyArn: policy.arn });
  }
}

function statements({
  prefix,
  account,
  region,
  tags,
  closedStores = [],
  connectionArn,
  kafkaClusterArn,
}: RoleBoundaryArgs): Statement[] {
  const inRegion = { StringEquals: { "aws:RequestedRegion": region } };
  const named = (service: string, name: string): string => `arn:aws:${service}:${region}:${account}:${name}`;
  return [
    // Nodes, volumes and load balancers (AWS managed policies AmazonEKSClusterPolicy, AmazonEKS_CNI_Policy, AmazonEBSCSIDriverPolicy;
    // Karpenter's own policies).
    { sid: "Compute", actions: COMPUTE, resources: ["*"], conditions: inRegion },
    { sid: "Prices", actions: ["pricing:GetProducts"], resources: ["*"] },
    { sid: "Parameters", actions: ["ssm:GetParameter"], resources: [`arn:aws:ssm:${region}::parameter/aws/service/*`] },
    { sid: "Images", actions: IMAGES, resources: ["*"] },
    { sid: "Objects", actions: OBJECTS, resources: [`arn:aws:s3:::${prefix}-*`] },
    { sid: "KeysOfOurs", actions: KEY_USE, resources: ["*"], conditions: { StringEquals: tagged("ResourceTag", tags) } },
    {
      sid: "Secrets",
      actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      resources: [named("secretsmanager", "secret:rds!db-*"), named("secretsmanager", `secret:${prefix}*`)],
    },
    { sid: "Queues", actions: QUEUES, resources: [named("sqs", `${prefix}-*`)] },
    // Streams and topics have names of their owners; the tables that remember their positions have ours.
    { sid: "Streams", actions: STREAMS, resources: [named("kinesis", "stream/*")] },
    { sid: "Positions", actions: POSITIONS, resources: [named("dynamodb", `table/${prefix}-*`)] },
    ...(kafkaClusterArn === undefined ? [] : [{ sid: "Topics", actions: TOPICS, resources: partsOf(kafkaClusterArn) }]),
    { sid: "Logs", actions: LOGS, resources: [named("logs", "*")] },
    // Sessions with the access host (AWS managed policy AmazonSSMManagedInstanceCore).
    { sid: "Sessions", actions: SESSIONS, resources: ["*"], conditions: inRegion },
    // The runner fetches the repository through the connection (CodeBuild user guide, "GitHub and GitHub Enterprise Server connections").
    ...(connectionArn === undefined ? [] : [{ sid: "Connection", actions: CONNECTIONS, resources: [connectionArn] }]),
    { sid: "Cluster", actions: ["eks:Describe*", "eks:List*", "eks-auth:AssumeRoleForPodIdentity"], resources: ["*"] },
    {
      sid: "NodeRoles",
      actions: ["iam:PassRole"],
      resources: [`arn:aws:iam::${account}:role/${prefix}-*`],
      conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      sid: "NodeProfiles",
      actions: [
        "iam:AddRoleToInstanceProfile",
        "iam:CreateInstanceProfile",
        "iam:DeleteInstanceProfile",
        "iam:GetInstanceProfile",
        "iam:RemoveRoleFromInstanceProfile",
        "iam:TagInstanceProfile",
      ],
      resources: [`arn:aws:iam::${account}:instance-profile/*`],
    },
    {
      sid: "FindProfiles",
      actions: ["iam:ListInstanceProfiles", "iam:GetRole", "iam:ListAttachedRolePolicies"],
      resources: ["*"],
    },
    {
      sid: "LoadBalancerRole",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: ["*"],
      conditions: { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } },
    },
    {
      sid: "HandsOffPipelines",
      effect: "Deny",
      actions: ["iam:*"],
      resources: [`arn:aws:iam::${account}:role/${prefix}-ci-*`],
    },
    // What is there already does not get the tags by which a pipeline knows its own (`CiRoles`); what a role makes may have them.
    {
      sid: "HandsOffTags",
      effect: "Deny",
      actions: ["autoscaling:*Tags", "ec2:*Tags", "elasticloadbalancing:*Tags"],
      resources: ["*"],
      conditions: {
        "ForAnyValue:StringEquals": { "aws:TagKeys": [...Object.keys(tags), "eks:cluster-name"] },
        Null: { "ec2:CreateAction": "true", "elasticloadbalancing:CreateAction": "true" },
      },
    },
    ...(closedStores.length === 0
      ? []
      : [
          {
            sid: "HandsOffStores",
            effect: "Deny" as const,
            actions: ["s3:*"],
            resources: closedStores.map((purpose) => `arn:aws:s3:::${prefix}-${purpose}-*`),
          },
        ]),
  ];
}

const COMPUTE = [
  "arc-zonal-shift:*ManagedResource*",
  "autoscaling:*",
  "ec2:*Address*",
  "ec2:*Fleet*",
  "ec2:*LaunchTemplate*",
  "ec2:*NetworkInterface*",
  "ec2:*Route",
  "ec2:*SecurityGroup*",
  "ec2:*Snapshot*",
  "ec2:*Tags",
  "ec2:*Volume*",
  "ec2:Describe*",
  "ec2:ModifyInstanceAttribute",
  "ec2:RunInstances",
  "ec2:TerminateInstances",
  "elasticloadbalancing:*",
];

const IMAGES = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:BatchImportUpstreamImage",
  "ecr:DescribeImages",
  "ecr:DescribeRepositories",
  "ecr:GetAuthorizationToken",
  "ecr:GetDownloadUrlForLayer",
];

const OBJECTS = [
  "s3:AbortMultipartUpload",
  "s3:DeleteObject",
  "s3:GetBucketLocation",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3:ListBucket",
  "s3:ListMultipartUploadParts",
  "s3:PutObject",
];

const KEY_USE = [
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey*",
  "kms:ListGrants",
  "kms:ReEncrypt*",
  "kms:RevokeGrant",
];

const QUEUES = [
  "sqs:ChangeMessageVisibility",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:GetQueueUrl",
  "sqs:ReceiveMessage",
  "sqs:SendMessage",
];

/** A cluster of MSK, with its topics, groups and transactional ids. */
const partsOf = (cluster: string): string[] => [
  cluster,
  ...["topic", "group", "transactional-id"].map((kind) => `${cluster.replace(":cluster/", `:${kind}/`)}/*`),
];

const STREAMS = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:PutRecords"];

const POSITIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];

/** Amazon MSK developer guide, "Common use cases for client authorization policy". None of them makes, changes or ends a topic. */
const TOPICS = [
  "kafka-cluster:AlterGroup",
  "kafka-cluster:AlterTransactionalId",
  "kafka-cluster:Connect",
  "kafka-cluster:Describe*",
  "kafka-cluster:ReadData",
  "kafka-cluster:WriteData",
  "kafka-cluster:WriteDataIdempotently",
];

const LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];

/** AWS managed policy AmazonSSMManagedInstanceCore, without the parameters. */
const SESSIONS = [
  "ec2messages:*",
  "ssm:DescribeAssociation",
  "ssm:DescribeDocument",
  "ssm:GetDeployablePatchSnapshotForInstance",
  "ssm:GetDocument",
  "ssm:GetManifest",
  "ssm:ListAssociations",
  "ssm:ListInstanceAssociations",
  "ssm:PutComplianceItems",
  "ssm:PutConfigurePackageResult",
  "ssm:PutInventory",
  "ssm:UpdateAssociationStatus",
  "ssm:UpdateInstanceAssociationStatus",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:*",
];

const CONNECTIONS = ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection"];

import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";

export interface KarpenterReach {
  clusterName: string;
  account: string;
  region: string;
  nodeRoleArn: pulumi.Input<string>;
  queueArn: pulumi.Input<string>;
  /** Key of the nodes' volumes. @default - the account's key for EBS, which everybody in the account may use through EC2 */
  volumeKeyArn?: pulumi.Input<string>;
}

/**
 * What Karpenter 1.14 may do: start instances from anything, but tag, change and end only what carries this cluster's tag and a
 * node pool's name (Karpenter 1.14 documentation, "CloudFormation": the six controller policies).
 */
export function karpenterStatements(reach: KarpenterReach): Statement[] {
  return [
    ...nodeLifecycle(reach),
    ...(reach.volumeKeyArn === undefined ? [] : encryptedVolumes(reach.volumeKeyArn, reach.region)),
    ...instanceProfiles(reach),
    ...clusterAndQueue(reach),
    ...discovery(reach),
  ];
}

type Tagged = Record<string, string>;

const POOL = "karpenter.sh/nodepool";
const NODE_CLASS = "karpenter.k8s.aws/ec2nodeclass";
const MADE = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"];
const TAKEN = ["security-group", "subnet", "capacity-reservation", "placement-group"];

function nodeLifecycle({ clusterName, region }: KarpenterReach): Statement[] {
  const ours = (kind: string): string => `arn:aws:ec2:${region}:*:${kind}/*`;
  const amazons = (kind: string): string => `arn:aws:ec2:${region}::${kind}/*`;
  const start = ["ec2:RunInstances", "ec2:CreateFleet"];
  const marks: Tagged = { ...owned("RequestTag", clusterName), "aws:RequestTag/eks:eks-cluster-name": clusterName };
  const alreadyOwned = {
    StringEquals: owned("ResourceTag", clusterName),
    StringLike: { [`aws:ResourceTag/${POOL}`]: "*" },
  };
  const marked = { StringEquals: marks, StringLike: { [`aws:RequestTag/${POOL}`]: "*" } };
  return [
    { sid: "StartFromShared", actions: start, resources: [...["image", "snapshot"].map(amazons), ...TAKEN.map(ours)] },
    { sid: "StartFromTemplate", actions: start, resources: [ours("launch-template")], conditions: alreadyOwned },
    { sid: "StartMarked", actions: [...start, "ec2:CreateLaunchTemplate"], resources: MADE.map(ours), conditions: marked },
    {
      sid: "MarkWhatIsMade",
      actions: ["ec2:CreateTags"],
      resources: MADE.map(ours),
      conditions: {
        ...marked,
        StringEquals: { ...marks, "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"] },
      },
    },
    {
      sid: "NameInstances",
      actions: ["ec2:CreateTags"],
      resources: [ours("instance")],
      conditions: {
        ...alreadyOwned,
        StringEqualsIfExists: { "aws:RequestTag/eks:eks-cluster-name": clusterName },
        "ForAllValues:StringEquals": { "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] },
      },
    },
    {
      sid: "EndOwned",
      actions: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
      resources: [ours("instance"), ours("launch-template")],
      conditions: alreadyOwned,
    },
  ];
}

/**
 * EC2 encrypts a new instance's volumes with the rights of the role that starts it: without these rights the instance ends as soon as it has
 * begun (AWS managed policy ROSAKarpenterControllerPolicy names the same actions; aws/karpenter-provider-aws, issue 4935).
 */
function encryptedVolumes(keyArn: pulumi.Input<string>, region: string): Statement[] {
  const throughEc2: Tagged = { "kms:ViaService": `ec2.${region}.amazonaws.com` };
  return [
    {
      sid: "EncryptVolumes",
      actions: ["kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext"],
      resources: [keyArn],
      conditions: { StringEquals: throughEc2 },
    },
    {
      sid: "LetVolumesDecrypt",
      actions: ["kms:CreateGrant"],
      resources: [keyArn],
      conditions: { StringEquals: throughEc2, Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

function instanceProfiles({ clusterName, account, region, nodeRoleArn }: KarpenterReach): Statement[] {
  const resources = [`arn:aws:iam::${account}:instance-profile/*`];
  const there = (tag: "RequestTag" | "ResourceTag"): Tagged => ({
    ...owned(tag, clusterName),
    [`aws:${tag}/topology.kubernetes.io/region`]: region,
  });
  const requested: Tagged = { ...there("RequestTag"), "aws:RequestTag/eks:eks-cluster-name": clusterName };
  const requestedClass: Tagged = { [`aws:RequestTag/${NODE_CLASS}`]: "*" };
  const ownedClass: Tagged = { [`aws:ResourceTag/${NODE_CLASS}`]: "*" };
  return [
    {
      sid: "GiveNodesTheirRole",
      actions: ["iam:PassRole"],
      resources: [nodeRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    {
      sid: "MakeProfiles",
      actions: ["iam:CreateInstanceProfile"],
      resources,
      conditions: { StringEquals: requested, StringLike: requestedClass },
    },
    {
      sid: "MarkProfiles",
      actions: ["iam:TagInstanceProfile"],
      resources,
      conditions: {
        StringEquals: { ...there("ResourceTag"), ...requested },
        StringLike: { ...ownedClass, ...requestedClass },
      },
    },
    {
      sid: "ChangeOwnedProfiles",
      actions: ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
      resources,
      conditions: { StringEquals: there("ResourceTag"), StringLike: ownedClass },
    },
    { sid: "ReadProfiles", actions: ["iam:GetInstanceProfile"], resources },
    { sid: "ListProfiles", actions: ["iam:ListInstanceProfiles"], resources: ["*"] },
  ];
}

function clusterAndQueue({ clusterName, account, region, queueArn }: KarpenterReach): Statement[] {
  const cluster = `arn:aws:eks:${region}:${account}:cluster/${clusterName}`;
  return [
    { sid: "ReadCluster", actions: ["eks:DescribeCluster"], resources: [cluster] },
    {
      sid: "ReadZonalShift",
      actions: ["arc-zonal-shift:GetManagedResource"],
      resources: ["*"],
      conditions: { StringEquals: { "arc-zonal-shift:ResourceIdentifier": cluster } },
    },
    { sid: "ReadInterruptions", actions: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], resources: [queueArn] },
  ];
}

/** EC2's read actions and the price list know no resources (Service Authorization Reference, "Amazon EC2", "AWS Price List"). */
function discovery({ region }: KarpenterReach): Statement[] {
  return [
    {
      sid: "ReadRegion",
      actions: DESCRIBED.map((what) => `ec2:Describe${what}`),
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": region } },
    },
    { sid: "ReadImageVersions", actions: ["ssm:GetParameter"], resources: [`arn:aws:ssm:${region}::parameter/aws/service/*`] },
    { sid: "ReadPrices", actions: ["pricing:GetProducts"], resources: ["*"] },
  ];
}

const DESCRIBED = [
  "CapacityReservations",
  "Images",
  "Instances",
  "InstanceStatus",
  "InstanceTypeOfferings",
  "InstanceTypes",
  "LaunchTemplates",
  "PlacementGroups",
  "SecurityGroups",
  "SpotPriceHistory",
  "Subnets",
];

const owned = (tag: "RequestTag" | "ResourceTag", clusterName: string): Tagged => ({
  [`aws:${tag}/kubernetes.io/cluster/${clusterName}`]: "owned",
});

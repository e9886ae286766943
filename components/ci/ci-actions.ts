// Actions of AWS that CI needs, by service (Service Authorization Reference). Which types of resources need which of them is tested
// against the list in test/iam/actions-of-types.ts.

/** Roles of clusters, nodes and pods, by the boundary that they carry (`iam:PermissionsBoundary`). */
export const BOUNDED_ROLE_WRITES = [
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
];

/** AWS knows no boundary as a condition of these; they change no right. */
export const ROLE_TAGS = ["iam:TagRole", "iam:UntagRole", "iam:UpdateRoleDescription"];

/**
 * What makes a part of the network, each with its tags, and the types of EC2 that it makes. A tier refers to types of the tiers before it
 * and to none of its own: so a right to make one with our tags is no right on somebody else's.
 */
export const NETWORK_TIERS = [
  {
    actions: ["ec2:AllocateAddress", "ec2:CreateInternetGateway", "ec2:CreateLaunchTemplate", "ec2:CreateVpc"],
    types: ["elastic-ip", "internet-gateway", "launch-template", "vpc"],
  },
  {
    actions: ["ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"],
    types: ["route-table", "security-group", "subnet"],
  },
  {
    actions: [
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:CreateNatGateway",
      "ec2:CreateVpcEndpoint",
    ],
    types: ["natgateway", "security-group-rule", "vpc-endpoint"],
  },
  { actions: ["ec2:CreateFlowLogs"], types: ["vpc-flow-log"] },
];

/** What is done to a part of the network that is there. */
export const NETWORK_CHANGES = [
  "ec2:AssociateNatGatewayAddress",
  "ec2:AssociateRouteTable",
  "ec2:AttachInternetGateway",
  "ec2:CreateLaunchTemplateVersion",
  "ec2:CreateRoute",
  "ec2:CreateTags",
  "ec2:DeleteFlowLogs",
  "ec2:DeleteInternetGateway",
  "ec2:DeleteLaunchTemplate",
  "ec2:DeleteLaunchTemplateVersions",
  "ec2:DeleteNatGateway",
  "ec2:DeleteRoute",
  "ec2:DeleteRouteTable",
  "ec2:DeleteSecurityGroup",
  "ec2:DeleteSubnet",
  "ec2:DeleteTags",
  "ec2:DeleteVpc",
  "ec2:DeleteVpcEndpoints",
  "ec2:DetachInternetGateway",
  "ec2:DisassociateAddress",
  "ec2:DisassociateNatGatewayAddress",
  "ec2:DisassociateRouteTable",
  "ec2:ModifyLaunchTemplate",
  "ec2:ModifySecurityGroupRules",
  "ec2:ModifySubnetAttribute",
  "ec2:ModifyVpcAttribute",
  "ec2:ModifyVpcEndpoint",
  "ec2:ReleaseAddress",
  "ec2:ReplaceRoute",
  "ec2:ReplaceRouteTableAssociation",
  "ec2:RevokeSecurityGroupEgress",
  "ec2:RevokeSecurityGroupIngress",
  "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
  "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
];

/** What comes into being with a node, and has its tags from the launch template. */
export const NODE_TYPES = ["instance", "network-interface", "volume"];

/** Rules of a security group. */
export const GROUP_OPENINGS = [
  "ec2:AuthorizeSecurityGroupEgress",
  "ec2:AuthorizeSecurityGroupIngress",
  "ec2:ModifySecurityGroupRules",
  "ec2:RevokeSecurityGroupEgress",
  "ec2:RevokeSecurityGroupIngress",
  "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
  "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
];

/** The cluster, its node groups, add-ons, access entries and identities of pods. */
export const CLUSTER_WRITES = [
  "eks:AssociateAccessPolicy",
  "eks:AssociateEncryptionConfig",
  "eks:CreateAccessEntry",
  "eks:CreateAddon",
  "eks:CreateNodegroup",
  "eks:CreatePodIdentityAssociation",
  "eks:DeleteAccessEntry",
  "eks:DeleteAddon",
  "eks:DeleteCluster",
  "eks:DeleteNodegroup",
  "eks:DeletePodIdentityAssociation",
  "eks:DisassociateAccessPolicy",
  "eks:TagResource",
  "eks:UntagResource",
  "eks:UpdateAccessEntry",
  "eks:UpdateAddon",
  "eks:UpdateClusterConfig",
  "eks:UpdateClusterVersion",
  "eks:UpdateNodegroupConfig",
  "eks:UpdateNodegroupVersion",
  "eks:UpdatePodIdentityAssociation",
];

export const QUEUE_WRITES = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"];

/** Tables that remember how far streams were read. Never what stands in them. */
export const TABLE_WRITES = [
  "dynamodb:CreateTable",
  "dynamodb:DeleteTable",
  "dynamodb:TagResource",
  "dynamodb:UntagResource",
  "dynamodb:UpdateContinuousBackups",
  "dynamodb:UpdateTable",
];

export const EVENT_WRITES = [
  "events:DeleteRule",
  "events:PutRule",
  "events:PutTargets",
  "events:RemoveTargets",
  "events:TagResource",
  "events:UntagResource",
];

export const LOG_WRITES = [
  "logs:AssociateKmsKey",
  "logs:CreateLogGroup",
  "logs:DeleteLogGroup",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
  "logs:PutRetentionPolicy",
  "logs:TagResource",
  "logs:UntagResource",
];

export const IMAGE_WRITES = [
  "ecr:CreateRepository",
  "ecr:DeleteLifecyclePolicy",
  "ecr:DeleteRepository",
  "ecr:PutImageScanningConfiguration",
  "ecr:PutImageTagMutability",
  "ecr:PutLifecyclePolicy",
  "ecr:TagResource",
  "ecr:UntagResource",
];

export const DATABASE_WRITES = [
  "rds:AddTagsToResource",
  "rds:CreateDBInstance",
  "rds:CreateDBParameterGroup",
  "rds:CreateDBSnapshot",
  "rds:CreateDBSubnetGroup",
  "rds:DeleteDBInstance",
  "rds:DeleteDBParameterGroup",
  "rds:DeleteDBSubnetGroup",
  "rds:ModifyDBInstance",
  "rds:ModifyDBParameterGroup",
  "rds:ModifyDBSubnetGroup",
  "rds:RebootDBInstance",
  "rds:RemoveTagsFromResource",
  "rds:ResetDBParameterGroup",
];

/** The tags of a trail, by which nothing is decided. */
export const TRAIL_TAGS = ["cloudtrail:AddTags", "cloudtrail:RemoveTags"];

/** Configuration of buckets, and not the objects in them. */
export const BUCKET_WRITES = [
  "s3:CreateBucket",
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketLogging",
  "s3:PutBucketNotification",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
];

export const BUCKET_TAGS = ["s3:PutBucketTagging", "s3:TagResource", "s3:UntagResource"];

/** Managed policies for clusters and nodes: never one that administers. */
export const NODE_POLICIES = [
  "arn:aws:iam::aws:policy/AmazonEKS*",
  "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
  "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriver*",
];

/** Services that act through a role of their own, which comes into being at their first use in an account. */
export const LINKED_SERVICES = [
  "autoscaling.amazonaws.com",
  "eks.amazonaws.com",
  "eks-nodegroup.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "rds.amazonaws.com",
  "spot.amazonaws.com",
];

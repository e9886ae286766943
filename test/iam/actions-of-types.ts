/**
 * What the role that runs Pulumi calls for each type of resource, from its creation to its end.
 *
 * Source: `handlers.permissions` of the CloudFormation registry's schemas (as cfn-lint 1.58.0 carries them, 2026-11), without the parts of
 * a resource that Millrace does not use, and with what Pulumi's AWS provider asks besides (its own "read" after each write).
 */
export interface Needs {
  create: readonly Call[];
  read: readonly Call[];
  /** Includes tagging and untagging where the type has tags. */
  change: readonly Call[];
  remove: readonly Call[];
}

/**
 * An action on the resource itself; or on something else: `<action> @<what>`.
 *
 * - `@any`: the action knows no resource, or AWS makes the resource up (`*`)
 * - `@cluster`, `@role`, `@key`, `@bucket`: the resource that the inputs name
 * - anything with a colon: an ARN, with `{region}` and `{account}`
 */
export type Call = string;

const tags = (service: string, tag = "TagResource", untag = "UntagResource") => ({
  tag: `${service}:${tag}`,
  untag: `${service}:${untag}`,
});

const EC2 = { tag: "ec2:CreateTags", untag: "ec2:DeleteTags" };
const EKS = tags("eks");
const RDS = tags("rds", "AddTagsToResource", "RemoveTagsFromResource");

/** Of one EC2 type: made, described, tagged and deleted alike. */
const ec2 = (create: string[], read: string[], remove: string[], change: string[] = []): Needs => ({
  create: [...create, EC2.tag],
  read,
  change: [...change, EC2.tag, EC2.untag],
  remove,
});

const bucketPart = (put: string, get: string, remove = put): Needs => ({
  create: [put],
  read: [get],
  change: [put],
  remove: [remove],
});

const PASS = "iam:PassRole @role";
/** Who hands over a launch template needs what it starts (Auto Scaling user guide, "Launch template support"; EKS user guide, "Launch templates"). */
const START = [
  ...["instance", "network-interface", "volume"].flatMap((type) =>
    ["ec2:RunInstances", "ec2:CreateTags"].map((action) => `${action} @arn:aws:ec2:{region}:{account}:${type}/*`),
  ),
  "ec2:RunInstances @arn:aws:ec2:{region}::image/ami-1",
];
const USE_KEY = ["kms:DescribeKey @key", "kms:CreateGrant @key"];

export const ACTIONS: Readonly<Record<string, Needs>> = {
  "aws:budgets/budget:Budget": {
    create: ["budgets:ModifyBudget", "budgets:TagResource"],
    read: ["budgets:ViewBudget", "budgets:ListTagsForResource"],
    change: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
    remove: ["budgets:ModifyBudget"],
  },
  "aws:cloudtrail/trail:Trail": {
    create: ["cloudtrail:CreateTrail", "cloudtrail:AddTags", "cloudtrail:PutEventSelectors", "cloudtrail:StartLogging"],
    read: [
      "cloudtrail:DescribeTrails @any",
      "cloudtrail:GetTrail",
      "cloudtrail:GetTrailStatus",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetInsightSelectors",
      "cloudtrail:ListTags",
    ],
    change: ["cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors", "cloudtrail:AddTags", "cloudtrail:RemoveTags"],
    remove: ["cloudtrail:DeleteTrail"],
  },
  "aws:cloudwatch/eventRule:EventRule": {
    create: ["events:PutRule", "events:TagResource"],
    read: ["events:DescribeRule", "events:ListTagsForResource"],
    change: ["events:PutRule", "events:TagResource", "events:UntagResource"],
    remove: ["events:DeleteRule"],
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    create: ["events:PutTargets"],
    read: ["events:ListTargetsByRule"],
    change: ["events:PutTargets"],
    remove: ["events:RemoveTargets"],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    create: ["logs:CreateLogGroup", "logs:TagResource", "logs:PutRetentionPolicy", "logs:AssociateKmsKey"],
    read: ["logs:DescribeLogGroups @any", "logs:ListTagsForResource"],
    change: [
      "logs:PutRetentionPolicy",
      "logs:DeleteRetentionPolicy",
      "logs:AssociateKmsKey",
      "logs:DisassociateKmsKey",
      "logs:TagResource",
      "logs:UntagResource",
    ],
    remove: ["logs:DeleteLogGroup"],
  },
  "aws:dynamodb/table:Table": {
    create: [
      "dynamodb:CreateTable",
      "dynamodb:TagResource",
      "dynamodb:UpdateContinuousBackups",
      ...USE_KEY,
      "kms:Decrypt @key",
      "kms:Encrypt @key",
      "kms:GenerateDataKey @key",
      "kms:ReEncryptFrom @key",
      "kms:ReEncryptTo @key",
    ],
    read: [
      "dynamodb:DescribeTable",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
    ],
    change: [
      "dynamodb:UpdateTable",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      ...USE_KEY,
    ],
    remove: ["dynamodb:DeleteTable"],
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    create: ["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", EC2.tag],
    read: ["ec2:DescribeSecurityGroups @any"],
    change: ["ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress", EC2.tag, EC2.untag],
    remove: [],
  },
  "aws:ec2/eip:Eip": ec2(
    ["ec2:AllocateAddress"],
    ["ec2:DescribeAddresses @any", "ec2:DescribeAddressesAttribute @any"],
    ["ec2:ReleaseAddress", "ec2:DisassociateAddress"],
  ),
  "aws:ec2/flowLog:FlowLog": ec2(
    ["ec2:CreateFlowLogs", "logs:CreateLogDelivery @any", "s3:GetBucketPolicy @logs", "s3:PutBucketPolicy @logs"],
    ["ec2:DescribeFlowLogs @any"],
    ["ec2:DeleteFlowLogs", "logs:DeleteLogDelivery @any"],
  ),
  "aws:ec2/internetGateway:InternetGateway": ec2(
    ["ec2:CreateInternetGateway", "ec2:AttachInternetGateway"],
    ["ec2:DescribeInternetGateways @any"],
    ["ec2:DetachInternetGateway", "ec2:DeleteInternetGateway"],
  ),
  "aws:ec2/launchTemplate:LaunchTemplate": ec2(
    ["ec2:CreateLaunchTemplate"],
    ["ec2:DescribeLaunchTemplates @any", "ec2:DescribeLaunchTemplateVersions @any"],
    ["ec2:DeleteLaunchTemplate"],
    ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
  ),
  "aws:ec2/natGateway:NatGateway": ec2(
    ["ec2:CreateNatGateway"],
    ["ec2:DescribeNatGateways @any"],
    ["ec2:DeleteNatGateway"],
    ["ec2:AssociateNatGatewayAddress", "ec2:DisassociateNatGatewayAddress"],
  ),
  "aws:ec2/route:Route": {
    create: ["ec2:CreateRoute"],
    read: ["ec2:DescribeRouteTables @any"],
    change: ["ec2:ReplaceRoute"],
    remove: ["ec2:DeleteRoute"],
  },
  "aws:ec2/routeTable:RouteTable": ec2(
    ["ec2:CreateRouteTable"],
    ["ec2:DescribeRouteTables @any"],
    ["ec2:DisassociateRouteTable", "ec2:DeleteRouteTable"],
  ),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    create: ["ec2:AssociateRouteTable"],
    read: ["ec2:DescribeRouteTables @any"],
    change: ["ec2:ReplaceRouteTableAssociation"],
    remove: ["ec2:DisassociateRouteTable"],
  },
  "aws:ec2/securityGroup:SecurityGroup": ec2(
    ["ec2:CreateSecurityGroup", "ec2:RevokeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupEgress"],
    ["ec2:DescribeSecurityGroups @any", "ec2:DescribeNetworkInterfaces @any"],
    ["ec2:DeleteSecurityGroup"],
    ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress"],
  ),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ec2(
    ["ec2:AuthorizeSecurityGroupIngress"],
    ["ec2:DescribeSecurityGroupRules @any"],
    ["ec2:RevokeSecurityGroupIngress"],
    ["ec2:ModifySecurityGroupRules"],
  ),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ec2(
    ["ec2:AuthorizeSecurityGroupEgress"],
    ["ec2:DescribeSecurityGroupRules @any"],
    ["ec2:RevokeSecurityGroupEgress"],
    ["ec2:ModifySecurityGroupRules"],
  ),
  "aws:ec2/subnet:Subnet": ec2(
    ["ec2:CreateSubnet"],
    ["ec2:DescribeSubnets @any", "ec2:DescribeNetworkAcls @any"],
    ["ec2:DeleteSubnet"],
    ["ec2:ModifySubnetAttribute"],
  ),
  "aws:ec2/vpc:Vpc": ec2(
    ["ec2:CreateVpc", "ec2:ModifyVpcAttribute"],
    ["ec2:DescribeVpcs @any", "ec2:DescribeVpcAttribute @any", "ec2:DescribeNetworkAcls @any", "ec2:DescribeRouteTables @any"],
    ["ec2:DeleteVpc"],
    ["ec2:ModifyVpcAttribute"],
  ),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2(
    // The private name of an endpoint joins a zone of AWS's to the network.
    ["ec2:CreateVpcEndpoint", "route53:AssociateVPCWithHostedZone @arn:aws:route53:::hostedzone/Z0123456789"],
    ["ec2:DescribeVpcEndpoints @any", "ec2:DescribePrefixLists @any"],
    ["ec2:DeleteVpcEndpoints", "route53:DisassociateVPCFromHostedZone @arn:aws:route53:::hostedzone/Z0123456789"],
    ["ec2:ModifyVpcEndpoint"],
  ),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    create: ["ecr:PutLifecyclePolicy"],
    read: ["ecr:GetLifecyclePolicy"],
    change: ["ecr:PutLifecyclePolicy"],
    remove: ["ecr:DeleteLifecyclePolicy"],
  },
  "aws:ecr/repository:Repository": {
    create: ["ecr:CreateRepository", "ecr:TagResource", ...USE_KEY, "kms:RetireGrant @key"],
    read: ["ecr:DescribeRepositories", "ecr:ListTagsForResource"],
    change: ["ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:TagResource", "ecr:UntagResource"],
    remove: ["ecr:DeleteRepository", "kms:RetireGrant @key"],
  },
  "aws:eks/accessEntry:AccessEntry": {
    create: ["eks:CreateAccessEntry @cluster", EKS.tag],
    read: ["eks:DescribeAccessEntry"],
    change: ["eks:UpdateAccessEntry", EKS.tag, EKS.untag],
    remove: ["eks:DeleteAccessEntry"],
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    create: ["eks:AssociateAccessPolicy"],
    read: ["eks:ListAssociatedAccessPolicies"],
    change: ["eks:AssociateAccessPolicy"],
    remove: ["eks:DisassociateAccessPolicy"],
  },
  "aws:eks/addon:Addon": {
    create: ["eks:CreateAddon @cluster", "eks:CreatePodIdentityAssociation @cluster", EKS.tag, PASS, "iam:GetRole @role"],
    read: [
      "eks:DescribeAddon",
      "eks:DescribePodIdentityAssociation @arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/a-1",
    ],
    change: [
      "eks:UpdateAddon",
      "eks:DescribeUpdate",
      "eks:UpdatePodIdentityAssociation @arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/a-1",
      "eks:DeletePodIdentityAssociation @arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/a-1",
      EKS.tag,
      EKS.untag,
      PASS,
    ],
    remove: ["eks:DeleteAddon"],
  },
  "aws:eks/cluster:Cluster": {
    create: [
      "eks:CreateCluster @any",
      EKS.tag,
      PASS,
      "iam:GetRole @role",
      "iam:ListAttachedRolePolicies @role",
      "iam:CreateServiceLinkedRole @eks.amazonaws.com",
      ...USE_KEY,
      "ec2:DescribeSubnets @any",
      "ec2:DescribeVpcs @any",
    ],
    read: ["eks:DescribeCluster"],
    change: [
      "eks:UpdateClusterConfig",
      "eks:UpdateClusterVersion",
      "eks:AssociateEncryptionConfig",
      "eks:DescribeUpdate",
      EKS.tag,
      EKS.untag,
      PASS,
    ],
    remove: ["eks:DeleteCluster"],
  },
  "aws:eks/nodeGroup:NodeGroup": {
    create: [
      "eks:CreateNodegroup @cluster",
      EKS.tag,
      PASS,
      "iam:GetRole @role",
      "iam:ListAttachedRolePolicies @role",
      "iam:CreateServiceLinkedRole @eks-nodegroup.amazonaws.com",
      ...START,
      "ec2:DescribeLaunchTemplateVersions @any",
    ],
    read: ["eks:DescribeNodegroup"],
    change: ["eks:UpdateNodegroupConfig", "eks:UpdateNodegroupVersion", "eks:DescribeUpdate", EKS.tag, EKS.untag, PASS],
    remove: ["eks:DeleteNodegroup"],
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    create: ["eks:CreatePodIdentityAssociation @cluster", EKS.tag, PASS, "iam:GetRole @role"],
    read: ["eks:DescribePodIdentityAssociation"],
    change: ["eks:UpdatePodIdentityAssociation", EKS.tag, EKS.untag, PASS],
    remove: ["eks:DeletePodIdentityAssociation"],
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    create: ["iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"],
    read: ["iam:GetOpenIDConnectProvider"],
    change: ["iam:AddClientIDToOpenIDConnectProvider", "iam:TagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider"],
    remove: ["iam:DeleteOpenIDConnectProvider"],
  },
  "aws:iam/policy:Policy": {
    create: ["iam:CreatePolicy", "iam:TagPolicy"],
    read: ["iam:GetPolicy", "iam:GetPolicyVersion", "iam:ListPolicyVersions"],
    change: ["iam:CreatePolicyVersion", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:TagPolicy"],
    remove: ["iam:DeletePolicy", "iam:DeletePolicyVersion"],
  },
  "aws:iam/role:Role": {
    create: ["iam:CreateRole", "iam:TagRole"],
    read: ["iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"],
    change: [
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
      "iam:PutRolePermissionsBoundary",
      "iam:TagRole",
      "iam:UntagRole",
    ],
    remove: ["iam:DeleteRole", "iam:ListInstanceProfilesForRole"],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    create: ["iam:PutRolePolicy"],
    read: ["iam:GetRolePolicy"],
    change: ["iam:PutRolePolicy"],
    remove: ["iam:DeleteRolePolicy"],
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    create: ["iam:AttachRolePolicy"],
    read: ["iam:ListAttachedRolePolicies"],
    change: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
    remove: ["iam:DetachRolePolicy"],
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    create: ["iam:CreateServiceLinkedRole"],
    read: ["iam:GetRole"],
    change: [],
    // `retainOnDelete`: nothing removes it.
    remove: [],
  },
  "aws:kms/alias:Alias": {
    create: ["kms:CreateAlias", "kms:CreateAlias @key"],
    read: ["kms:ListAliases @any"],
    change: ["kms:UpdateAlias", "kms:UpdateAlias @key"],
    remove: ["kms:DeleteAlias", "kms:DeleteAlias @key"],
  },
  "aws:kms/key:Key": {
    create: ["kms:CreateKey @any", "kms:TagResource"],
    read: ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
    change: [
      "kms:EnableKeyRotation",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:DisableKey",
      "kms:PutKeyPolicy",
      "kms:UpdateKeyDescription",
      "kms:TagResource",
      "kms:UntagResource",
    ],
    remove: ["kms:ScheduleKeyDeletion"],
  },
  "aws:rds/instance:Instance": {
    create: [
      "rds:CreateDBInstance",
      "rds:CreateDBInstance @arn:aws:rds:{region}:{account}:og:default:postgres-17",
      RDS.tag,
      "iam:CreateServiceLinkedRole @rds.amazonaws.com",
      "secretsmanager:CreateSecret @arn:aws:secretsmanager:{region}:{account}:secret:rds!db-0123-a1b2c3",
      "secretsmanager:TagResource @arn:aws:secretsmanager:{region}:{account}:secret:rds!db-0123-a1b2c3",
      ...USE_KEY,
      "kms:Decrypt @key",
      "kms:GenerateDataKey @key",
    ],
    read: ["rds:DescribeDBInstances", "rds:ListTagsForResource"],
    change: ["rds:ModifyDBInstance", "rds:RebootDBInstance", RDS.tag, RDS.untag],
    remove: ["rds:DeleteDBInstance", "rds:CreateDBSnapshot"],
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    create: ["rds:CreateDBParameterGroup", "rds:ModifyDBParameterGroup", RDS.tag],
    read: ["rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:ListTagsForResource"],
    change: ["rds:ModifyDBParameterGroup", "rds:ResetDBParameterGroup", RDS.tag, RDS.untag],
    remove: ["rds:DeleteDBParameterGroup"],
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    create: ["rds:CreateDBSubnetGroup", RDS.tag],
    read: ["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"],
    change: ["rds:ModifyDBSubnetGroup", RDS.tag, RDS.untag],
    remove: ["rds:DeleteDBSubnetGroup"],
  },
  "aws:s3/bucket:Bucket": {
    create: ["s3:CreateBucket", "s3:PutBucketTagging", "s3:TagResource"],
    read: [
      "s3:ListBucket",
      "s3:GetBucketAcl",
      "s3:GetBucketCORS",
      "s3:GetBucketLocation",
      "s3:GetBucketLogging",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetBucketPolicy",
      "s3:GetBucketRequestPayment",
      "s3:GetBucketTagging",
      "s3:GetBucketVersioning",
      "s3:GetBucketWebsite",
      "s3:GetAccelerateConfiguration",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
    ],
    change: ["s3:PutBucketTagging", "s3:TagResource", "s3:UntagResource"],
    remove: ["s3:DeleteBucket"],
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart(
    "s3:PutLifecycleConfiguration",
    "s3:GetLifecycleConfiguration",
  ),
  "aws:s3/bucketLogging:BucketLogging": bucketPart("s3:PutBucketLogging", "s3:GetBucketLogging"),
  "aws:s3/bucketNotification:BucketNotification": bucketPart("s3:PutBucketNotification", "s3:GetBucketNotification"),
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": bucketPart(
    "s3:PutBucketObjectLockConfiguration",
    "s3:GetBucketObjectLockConfiguration",
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": bucketPart(
    "s3:PutBucketOwnershipControls",
    "s3:GetBucketOwnershipControls",
  ),
  "aws:s3/bucketPolicy:BucketPolicy": bucketPart("s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart(
    "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketPublicAccessBlock",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": bucketPart(
    "s3:PutEncryptionConfiguration",
    "s3:GetEncryptionConfiguration",
  ),
  "aws:s3/bucketVersioning:BucketVersioning": bucketPart("s3:PutBucketVersioning", "s3:GetBucketVersioning"),
  "aws:sqs/queue:Queue": {
    create: ["sqs:CreateQueue", "sqs:TagQueue"],
    read: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
    change: ["sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
    remove: ["sqs:DeleteQueue"],
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    create: ["sqs:SetQueueAttributes"],
    read: ["sqs:GetQueueAttributes"],
    change: ["sqs:SetQueueAttributes"],
    remove: ["sqs:SetQueueAttributes"],
  },
  "aws:autoscaling/attachment:Attachment": {
    create: [
      "autoscaling:AttachLoadBalancerTargetGroups @arn:aws:autoscaling:{region}:{account}:autoScalingGroup:1:autoScalingGroupName/eks-system-1",
    ],
    read: ["autoscaling:DescribeAutoScalingGroups @any"],
    change: [],
    remove: [
      "autoscaling:DetachLoadBalancerTargetGroups @arn:aws:autoscaling:{region}:{account}:autoScalingGroup:1:autoScalingGroupName/eks-system-1",
    ],
  },
  "aws:autoscaling/group:Group": {
    create: ["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", ...START],
    read: ["autoscaling:DescribeAutoScalingGroups @any"],
    change: ["autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"],
    remove: ["autoscaling:DeleteAutoScalingGroup"],
  },
  "aws:codebuild/project:Project": {
    create: ["codebuild:CreateProject", PASS],
    read: ["codebuild:BatchGetProjects"],
    change: ["codebuild:UpdateProject"],
    remove: ["codebuild:DeleteProject"],
  },
  "aws:codebuild/webhook:Webhook": {
    create: ["codebuild:CreateWebhook"],
    read: ["codebuild:BatchGetProjects"],
    change: ["codebuild:UpdateWebhook"],
    remove: ["codebuild:DeleteWebhook"],
  },
  // The tags of listeners and target groups are not asked: the evaluator knows `AddTags` on balancers only.
  "aws:lb/listener:Listener": {
    create: ["elasticloadbalancing:CreateListener"],
    read: ["elasticloadbalancing:DescribeListeners @any", "elasticloadbalancing:DescribeTags @any"],
    change: ["elasticloadbalancing:ModifyListener"],
    remove: ["elasticloadbalancing:DeleteListener"],
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    create: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:AddTags"],
    read: ["elasticloadbalancing:DescribeLoadBalancers @any", "elasticloadbalancing:DescribeLoadBalancerAttributes @any"],
    change: [
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:RemoveTags",
    ],
    remove: ["elasticloadbalancing:DeleteLoadBalancer"],
  },
  "aws:lb/targetGroup:TargetGroup": {
    create: ["elasticloadbalancing:CreateTargetGroup"],
    read: ["elasticloadbalancing:DescribeTargetGroups @any", "elasticloadbalancing:DescribeTargetGroupAttributes @any"],
    change: ["elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes"],
    remove: ["elasticloadbalancing:DeleteTargetGroup"],
  },
  "aws:route53/record:Record": {
    create: [
      "route53:ChangeResourceRecordSets @arn:aws:route53:::hostedzone/Z0123456789",
      "route53:GetChange @arn:aws:route53:::change/C1",
    ],
    read: ["route53:ListResourceRecordSets @arn:aws:route53:::hostedzone/Z0123456789"],
    change: ["route53:ChangeResourceRecordSets @arn:aws:route53:::hostedzone/Z0123456789"],
    remove: ["route53:ChangeResourceRecordSets @arn:aws:route53:::hostedzone/Z0123456789"],
  },
  "aws:route53/zone:Zone": {
    create: ["route53:CreateHostedZone @any", "route53:ChangeTagsForResource @arn:aws:route53:::hostedzone/Z0123456789"],
    read: [
      "route53:GetHostedZone @arn:aws:route53:::hostedzone/Z0123456789",
      "route53:ListTagsForResource @arn:aws:route53:::hostedzone/Z0123456789",
    ],
    change: [
      "route53:UpdateHostedZoneComment @arn:aws:route53:::hostedzone/Z0123456789",
      "route53:ChangeTagsForResource @arn:aws:route53:::hostedzone/Z0123456789",
    ],
    remove: ["route53:DeleteHostedZone @arn:aws:route53:::hostedzone/Z0123456789"],
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    create: ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:TagInstanceProfile"],
    read: ["iam:GetInstanceProfile"],
    change: ["iam:TagInstanceProfile", "iam:UntagInstanceProfile"],
    remove: ["iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
  },
};

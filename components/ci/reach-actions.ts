// Actions that CI needs for the ways in and out: load balancer, hosted zone, access host, runner (Service Authorization Reference).

/** How they are configured. */
export const REACH_READS = [
  "autoscaling:Describe*",
  "codebuild:BatchGetProjects",
  "elasticloadbalancing:Describe*",
  "iam:GetInstanceProfile",
  "route53:GetChange",
  "route53:GetHostedZone",
  "route53:ListHostedZonesByVPC",
  "route53:ListResourceRecordSets",
  "route53:ListTagsForResource",
];

/** `AccessHost`, and the targets of the load balancer. */
export const GROUP_WRITES = [
  "autoscaling:AttachLoadBalancerTargetGroups",
  "autoscaling:AttachTrafficSources",
  "autoscaling:CreateAutoScalingGroup",
  "autoscaling:CreateOrUpdateTags",
  "autoscaling:DeleteAutoScalingGroup",
  "autoscaling:DeleteTags",
  "autoscaling:DetachLoadBalancerTargetGroups",
  "autoscaling:DetachTrafficSources",
  "autoscaling:UpdateAutoScalingGroup",
];

/** Carries the access host's role to EC2. */
export const PROFILE_WRITES = [
  "iam:AddRoleToInstanceProfile",
  "iam:CreateInstanceProfile",
  "iam:DeleteInstanceProfile",
  "iam:RemoveRoleFromInstanceProfile",
  "iam:TagInstanceProfile",
  "iam:UntagInstanceProfile",
];

/** `GatewayBalancer`. */
export const BALANCER_WRITES = [
  "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateListener",
  "elasticloadbalancing:CreateLoadBalancer",
  "elasticloadbalancing:CreateTargetGroup",
  "elasticloadbalancing:DeleteListener",
  "elasticloadbalancing:DeleteLoadBalancer",
  "elasticloadbalancing:DeleteTargetGroup",
  "elasticloadbalancing:ModifyListener",
  "elasticloadbalancing:ModifyListenerAttributes",
  "elasticloadbalancing:ModifyLoadBalancerAttributes",
  "elasticloadbalancing:ModifyTargetGroup",
  "elasticloadbalancing:ModifyTargetGroupAttributes",
  "elasticloadbalancing:RemoveTags",
  "elasticloadbalancing:SetSecurityGroups",
  "elasticloadbalancing:SetSubnets",
];

/** `CiRunner`. */
export const RUNNER_WRITES = [
  "codebuild:CreateProject",
  "codebuild:CreateWebhook",
  "codebuild:DeleteProject",
  "codebuild:DeleteWebhook",
  "codebuild:UpdateProject",
  "codebuild:UpdateWebhook",
];

/** The connection to GitHub is a person's: CI hands it to the runner and does not change it. */
export const CONNECTION_USES = [
  "codeconnections:GetConnection",
  "codeconnections:PassConnection",
  "codeconnections:UseConnection",
];

/**
 * The hosted zone and its names; an endpoint with a private name joins one of AWS's own to the network (VPC user guide, "Manage DNS
 * names"). Route 53 has no regions.
 */
export const ZONE_WRITES = [
  "route53:AssociateVPCWithHostedZone",
  "route53:ChangeResourceRecordSets",
  "route53:ChangeTagsForResource",
  "route53:DeleteHostedZone",
  "route53:DisassociateVPCFromHostedZone",
  "route53:UpdateHostedZoneComment",
];

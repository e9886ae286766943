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

/** `AccessHost`. */
export const GROUP_WRITES = [
  "autoscaling:CreateAutoScalingGroup",
  "autoscaling:CreateOrUpdateTags",
  "autoscaling:DeleteAutoScalingGroup",
  "autoscaling:DeleteTags",
  "autoscaling:UpdateAutoScalingGroup",
];

/** The nodes of the cluster become targets of the load balancer. */
export const TARGET_ATTACHMENTS = [
  "autoscaling:AttachLoadBalancerTargetGroups",
  "autoscaling:AttachTrafficSources",
  "autoscaling:DetachLoadBalancerTargetGroups",
  "autoscaling:DetachTrafficSources",
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

/** `GatewayBalancer`, without its targets. */
export const BALANCER_WRITES = [
  "elasticloadbalancing:AddTags",
  "elasticloadbalancing:CreateListener",
  "elasticloadbalancing:CreateLoadBalancer",
  "elasticloadbalancing:DeleteListener",
  "elasticloadbalancing:DeleteLoadBalancer",
  "elasticloadbalancing:ModifyListener",
  "elasticloadbalancing:ModifyListenerAttributes",
  "elasticloadbalancing:ModifyLoadBalancerAttributes",
  "elasticloadbalancing:RemoveTags",
  "elasticloadbalancing:SetSecurityGroups",
  "elasticloadbalancing:SetSubnets",
];

/** The targets of the load balancer, once they are there. */
export const TARGET_WRITES = [
  "elasticloadbalancing:AddTags",
  "elasticloadbalancing:DeleteTargetGroup",
  "elasticloadbalancing:ModifyTargetGroup",
  "elasticloadbalancing:ModifyTargetGroupAttributes",
  "elasticloadbalancing:RemoveTags",
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

import { type Statement, tagged } from "../iam.ts";
import {
  BALANCER_WRITES,
  CONNECTION_USES,
  GROUP_WRITES,
  PROFILE_WRITES,
  RUNNER_WRITES,
  TARGET_ATTACHMENTS,
  TARGET_WRITES,
} from "./reach-actions.ts";
import type { Scope } from "./scope.ts";

type Place = Pick<Scope, "prefix" | "account" | "region" | "tags" | "domain" | "connectionArn">;

/** What the deploying role does for the ways in and out, by the names or the tags that they have. */
export function reachPermissions(scope: Place): Statement[] {
  const { prefix, account, region } = scope;
  const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;
  const group = (name: string): string => arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${name}`);
  return [
    { sid: "ManageGroups", actions: GROUP_WRITES, resources: [group(`${prefix}-*`)] },
    // EKS names and tags the Auto Scaling group of a node group, from which the load balancer takes its targets.
    {
      sid: "AttachNodes",
      actions: TARGET_ATTACHMENTS,
      resources: [group("eks-*")],
      conditions: { StringEquals: { "aws:ResourceTag/eks:cluster-name": prefix } },
    },
    {
      sid: "ManageBalancers",
      actions: BALANCER_WRITES,
      resources: [`loadbalancer/net/${prefix}-*`, `listener/net/${prefix}-*`].map((name) => arn("elasticloadbalancing", name)),
    },
    ...targets(scope),
    { sid: "ManageRunner", actions: RUNNER_WRITES, resources: [arn("codebuild", `project/${prefix}-*`)] },
    passRunner(scope),
    manageProfiles(scope),
    ...useConnection(scope),
    writeNames(scope),
    // Auto Scaling reads the parameter of an image with the rights of the role that makes the group.
    { sid: "ReadImage", actions: ["ssm:GetParameters"], resources: [`arn:aws:ssm:${region}::parameter/aws/service/ami-*`] },
  ];
}

/** The part of the boundary that these permissions need. */
export const reachCeiling = (scope: Place): Statement[] => [
  {
    sid: "Reach",
    actions: ["autoscaling:*", "codebuild:*", "elasticloadbalancing:*", "route53:Get*", "route53:List*", "ssm:GetParameters"],
    resources: ["*"],
  },
  ...useConnection(scope),
  writeNames(scope),
  passRunner(scope),
  manageProfiles(scope),
];

/** A target group has no name of ours: 32 characters are too few for the prefix. ELB says which action a new tag belongs to. */
function targets({ account, region, tags }: Place): Statement[] {
  const resources = [`arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/*`];
  const asked = tagged("RequestTag", tags);
  return [
    {
      sid: "MakeTargets",
      actions: ["elasticloadbalancing:CreateTargetGroup"],
      resources,
      conditions: { StringEquals: asked },
    },
    {
      sid: "TagNewTargets",
      actions: ["elasticloadbalancing:AddTags"],
      resources,
      conditions: { StringEquals: { ...asked, "elasticloadbalancing:CreateAction": "CreateTargetGroup" } },
    },
    { sid: "ManageTargets", actions: TARGET_WRITES, resources, conditions: { StringEquals: tagged("ResourceTag", tags) } },
  ];
}

const useConnection = ({ connectionArn }: Place): Statement[] =>
  connectionArn === undefined ? [] : [{ sid: "UseConnection", actions: CONNECTION_USES, resources: [connectionArn] }];

/**
 * Names of the domain alone. A zone is known by a number that AWS deals, and Route 53 compares no tags: a person makes, changes and
 * removes it, and joins it to networks.
 */
const writeNames = ({ domain }: Place): Statement => {
  const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
  return {
    sid: "WriteNames",
    actions: ["route53:ChangeResourceRecordSets"],
    resources: ["arn:aws:route53:::hostedzone/*"],
    conditions: { "ForAllValues:StringLike": { [names]: [domain, `*.${domain}`] }, Null: { [names]: "false" } },
  };
};

const manageProfiles = ({ prefix, account }: Place): Statement => ({
  sid: "ManageProfiles",
  actions: PROFILE_WRITES,
  resources: [`arn:aws:iam::${account}:instance-profile/${prefix}-*`],
});

/** The runner's role, to CodeBuild alone. */
const passRunner = ({ prefix, account }: Place): Statement => ({
  sid: "PassRunner",
  actions: ["iam:PassRole"],
  resources: [`arn:aws:iam::${account}:role/${prefix}-runner-*`],
  conditions: { StringEquals: { "iam:PassedToService": "codebuild.amazonaws.com" } },
});

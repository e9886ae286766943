import type { Statement } from "../iam.ts";
import { BALANCER_WRITES, CONNECTION_USES, GROUP_WRITES, PROFILE_WRITES, RUNNER_WRITES, ZONE_WRITES } from "./reach-actions.ts";

/** Where CI may act. */
interface Place {
  prefix: string;
  account: string;
  region: string;
}

/** What the deploying role does for the ways in and out, by the names that they have. */
export function reachPermissions(scope: Place): Statement[] {
  const { prefix, account, region } = scope;
  const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;
  return [
    // A node group's own Auto Scaling group is named by EKS: the load balancer takes its targets from it.
    {
      sid: "ManageGroups",
      actions: GROUP_WRITES,
      resources: ["access-host-*", "eks-*"].map((name) => arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${name}`)),
    },
    {
      sid: "ManageBalancers",
      actions: BALANCER_WRITES,
      resources: [`loadbalancer/net/${prefix}-*`, `listener/net/${prefix}-*`, "targetgroup/ingress-*"].map((name) =>
        arn("elasticloadbalancing", name),
      ),
    },
    { sid: "ManageRunner", actions: RUNNER_WRITES, resources: [arn("codebuild", `project/${prefix}-*`)] },
    passRunner(scope),
    manageProfiles(scope),
    { sid: "UseConnection", actions: CONNECTION_USES, resources: [arn("codeconnections", "connection/*")] },
    { sid: "ManageZones", actions: ZONE_WRITES, resources: ["arn:aws:route53:::hostedzone/*", `arn:aws:ec2:*:${account}:vpc/*`] },
    // Knows no resource (Service Authorization Reference).
    { sid: "MakeZone", actions: ["route53:CreateHostedZone"], resources: ["*"] },
    // Auto Scaling reads the parameter of an image with the rights of the role that makes the group.
    { sid: "ReadImage", actions: ["ssm:GetParameters"], resources: [`arn:aws:ssm:${region}::parameter/aws/service/ami-*`] },
  ];
}

/** The part of the boundary that these permissions need. */
export const reachCeiling = (scope: Place): Statement[] => [
  {
    sid: "Reach",
    actions: ["autoscaling:*", "codebuild:*", "elasticloadbalancing:*", "route53:*", "ssm:GetParameters", ...CONNECTION_USES],
    resources: ["*"],
  },
  passRunner(scope),
  manageProfiles(scope),
];

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

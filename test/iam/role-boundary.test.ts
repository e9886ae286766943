import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { accountOf } from "./account.ts";
import { ALL, bounded, OURS, takenAway } from "./boundary.ts";
import { allows, type Context, madeUp } from "./evaluate.ts";

/**
 * Actions that the managed policies of AWS give to the cluster, nodes, network plug-in and volume driver, as they are called every day
 * (AmazonEKSClusterPolicy, AmazonEKSWorkerNodePolicy, AmazonEC2ContainerRegistryPullOnly, AmazonEKS_CNI_Policy, AmazonEBSCSIDriverPolicy).
 */
const MANAGED: Readonly<Record<string, readonly string[]>> = {
  "cluster-role": [
    "autoscaling:DescribeAutoScalingGroups",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateNetworkInterface",
    "ec2:CreateSecurityGroup",
    "ec2:CreateTags",
    "ec2:DescribeInstances",
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:CreateTargetGroup",
    "elasticloadbalancing:RegisterTargets",
  ],
  "system-nodes-role": [
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "eks:DescribeCluster",
    "eks-auth:AssumeRoleForPodIdentity",
  ],
  "karpenter-node": [
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "eks:DescribeCluster",
    "eks-auth:AssumeRoleForPodIdentity",
  ],
  "addons-before-nodes-vpc-cni-role": [
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
  ],
  "addons-after-nodes-aws-ebs-csi-driver-role": [
    "ec2:AttachVolume",
    "ec2:CreateSnapshot",
    "ec2:CreateTags",
    "ec2:CreateVolume",
    "ec2:DeleteSnapshot",
    "ec2:DeleteVolume",
    "ec2:DescribeVolumes",
    "ec2:DescribeVolumesModifications",
    "ec2:DetachVolume",
    "ec2:ModifyVolume",
  ],
};

describe.each(ENVIRONMENTS)("the boundary of roles in %s", (environment) => {
  it("is on every role but CI's own", async () => {
    const account = await accountOf(environment);
    const without = [...account.roles].filter(
      ([name, { boundary }]) => boundary?.name !== "role-boundary" && !/^(ci|publishers)-/.test(name),
    );
    expect(without.map(([name]) => name)).toEqual([]);
    expect(bounded(account).length).toBeGreaterThanOrEqual(9);
  });

  it("takes nothing away that a role's own policy gives", async () => {
    const account = await accountOf(environment);
    expect(await takenAway(account, bounded(account))).toEqual([]);
  });

  it.each(Object.entries(MANAGED))("lets %s do what AWS's own policy gives it", async (name, actions) => {
    const account = await accountOf(environment);
    const { arn, boundary } = account.roles.get(name)!;
    const lost: string[] = [];
    for (const action of actions) {
      const request = { action, resource: await madeUp(action, account), context: OURS(environment) };
      if (!(await allows(account, { arn, policies: ALL, boundary: boundary! }, request))) {
        lost.push(action);
      }
    }
    expect(lost).toEqual([]);
  });

  // Whatever CI may attach to such a role, and however it changes who may take it.
  it.each([
    ["iam:CreateUser", "arn:aws:iam::{account}:user/eve"],
    ["iam:PutRolePolicy", "arn:aws:iam::{account}:role/millrace-{env}-tracking"],
    ["iam:UpdateAssumeRolePolicy", "arn:aws:iam::{account}:role/millrace-{env}-ci-deploy"],
    ["iam:PassRole", "arn:aws:iam::{account}:role/millrace-{env}-ci-deploy"],
    ["iam:CreatePolicyVersion", "arn:aws:iam::{account}:policy/millrace-{env}-roles"],
    ["sts:AssumeRole", "arn:aws:iam::{account}:role/platform-engineers"],
    ["kms:PutKeyPolicy", "arn:aws:kms:{region}:{account}:key/1"],
    ["kms:ScheduleKeyDeletion", "arn:aws:kms:{region}:{account}:key/1"],
    ["cloudtrail:StopLogging", "arn:aws:cloudtrail:{region}:{account}:trail/millrace-{env}-audit"],
    ["s3:PutBucketPolicy", "arn:aws:s3:::millrace-{env}-predictions-1"],
    ["s3:GetObject", "arn:aws:s3:::millrace-{env}-audit-1/trail/file"],
    ["s3:GetObject", "arn:aws:s3:::millrace-{env}-predictions-1/2026/11/28/log.parquet"],
    ["s3:DeleteObject", "arn:aws:s3:::millrace-{env}-predictions-1/2026/11/28/log.parquet"],
    ["s3:ListBucket", "arn:aws:s3:::millrace-{env}-predictions-1"],
    ["codeconnections:GetConnectionToken", "arn:aws:codeconnections:{region}:{account}:connection/2"],
    ["s3:GetObject", "arn:aws:s3:::example-millrace-state-{env}/.pulumi/stacks/millrace/platform-{env}.json"],
    ["s3:BypassGovernanceRetention", "arn:aws:s3:::millrace-{env}-models-1/models/fraud/3/model.pkl"],
    ["secretsmanager:GetSecretValue", "arn:aws:secretsmanager:{region}:{account}:secret:payroll-AbCdEf"],
    ["dynamodb:GetItem", "arn:aws:dynamodb:{region}:{account}:table/orders"],
    ["dynamodb:DeleteTable", "arn:aws:dynamodb:{region}:{account}:table/millrace-{env}-fraud-checkpoints"],
    ["kinesis:DeleteStream", "arn:aws:kinesis:{region}:{account}:stream/payments"],
    [
      "kafka-cluster:DeleteTopic",
      "arn:aws:kafka:{region}:{account}:topic/events/11111111-2222-3333-4444-555555555555-1/payments",
    ],
    ["rds:DeleteDBInstance", "arn:aws:rds:{region}:{account}:db:millrace-{env}-tracking"],
    ["eks:AssociateAccessPolicy", "arn:aws:eks:{region}:{account}:access-entry/millrace-{env}/role/{account}/eve/a1"],
  ])("stops %s on %s, whatever is attached", async (action, resource) => {
    const account = await accountOf(environment);
    const { arn, boundary } = account.roles.get("tracking-role")!;
    const at = resource.replace("{account}", account.number).replaceAll("{env}", environment);
    const request = {
      action,
      resource: at.replace("{region}", account.region).replace("{account}", account.number),
      context: { ...OURS(environment), "iam:PassedToService": "ec2.amazonaws.com" },
    };
    expect(await allows(account, { arn, policies: ALL, boundary: boundary! }, request)).toBe(false);
  });
});

// Else a role that CI makes could do for it what `foreign.test.ts` says it cannot do itself.
it.each<["gives" | "does not give", string, string, string, Context]>([
  ["gives", "project", "a new volume", "volume/vol-1", { "ec2:CreateAction": "CreateVolume" }],
  ["gives", "karpenter.sh/nodeclaim", "an instance", "instance/i-1", {}],
  ["does not give", "project", "a network", "vpc/vpc-1", {}],
  ["does not give", "environment", "a network", "vpc/vpc-1", {}],
])("a role under the boundary %s the tag %s to %s", async (verdict, tag, _, resource, context) => {
  const account = await accountOf("prod");
  const { arn, boundary } = account.roles.get("karpenter-controller")!;
  const request = {
    action: "ec2:CreateTags",
    resource: `arn:aws:ec2:${account.region}:${account.number}:${resource}`,
    context: { "aws:TagKeys": [tag], [`aws:RequestTag/${tag}`]: "prod", ...context },
  };
  const allowed = await allows(account, { arn, policies: ALL, boundary: boundary! }, request, "all");
  expect(allowed).toBe(verdict === "gives");
});

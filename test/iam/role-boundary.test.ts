import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Account, accountOf, type Role } from "./account.ts";
import { allows, type Context, knows, madeUp } from "./evaluate.ts";

interface Statement {
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Roles under the boundary of roles. */
const bounded = ({ roles }: Account): [string, Role][] =>
  [...roles].filter(([, { boundary }]) => boundary?.name === "role-boundary");

/** What a request must carry to meet a statement's conditions. */
const meeting = ({ Condition = {} }: Statement): Context =>
  Object.fromEntries(
    Object.entries(Condition)
      .filter(([operator]) => !operator.startsWith("ForAllValues"))
      .flatMap(([, keys]) => Object.entries(keys))
      .map(([key, value]) => [key, [value].flat()[0]!.replaceAll("*", "x")]),
  );

async function resourceFor(action: string, patterns: readonly string[], account: Account): Promise<string> {
  for (const pattern of patterns) {
    const arn = pattern.replaceAll("*", "x").replace(/:x:(?=\w+\/)/, `:${account.number}:`);
    if (pattern !== "*" && (await knows(action, arn))) {
      return arn;
    }
  }
  return madeUp(action, account);
}

/** Public parameters belong to no account, which AWS's table of ARNs does not know. */
const PUBLIC = /::parameter\//;

const OURS = (environment: string): Context => ({
  "aws:ResourceTag/project": "millrace",
  "aws:ResourceTag/environment": environment,
});

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
    const lost: string[] = [];
    for (const [name, role] of bounded(account)) {
      const statements = role.policies.flatMap(({ policy }) => (policy as { Statement: Statement[] }).Statement);
      const asked = statements.filter(({ Effect, Resource }) => Effect === "Allow" && !Resource.some((arn) => PUBLIC.test(arn)));
      for (const statement of asked) {
        for (const action of statement.Action) {
          const resource = await resourceFor(action, statement.Resource, account);
          const context = { ...OURS(environment), ...meeting(statement) };
          if (
            !(await allows(account, { arn: role.arn, policies: ALL, boundary: role.boundary! }, { action, resource, context }))
          ) {
            lost.push(`${name}: ${action} on ${resource}`);
          }
        }
      }
    }
    expect(lost).toEqual([]);
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

const ALL = [
  { name: "everything", policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
];

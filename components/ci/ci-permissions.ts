import { type Statement, tagged } from "../iam.ts";
import {
  BOUNDED_ROLE_WRITES,
  BUCKET_TAGS,
  BUCKET_WRITES,
  CLUSTER_WRITES,
  DATABASE_WRITES,
  EVENT_WRITES,
  GROUP_OPENINGS,
  IMAGE_WRITES,
  LINKED_SERVICES,
  LOG_WRITES,
  NETWORK_CHANGES,
  NETWORK_TIERS,
  NODE_POLICIES,
  NODE_TYPES,
  QUEUE_WRITES,
  ROLE_TAGS,
  TABLE_WRITES,
  TRAIL_TAGS,
} from "./ci-actions.ts";
import { aliases, KEY_GRANTS, KEY_OF_TABLES, KEY_WRITES, keys } from "./ci-keys.ts";
import { ledgerCeiling, type PromotionLedger } from "./ci-ledger.ts";
import { CONFIGURATION_READS } from "./ci-reads.ts";
import { type PulumiState, stateCeiling } from "./ci-state.ts";
import { handsOff } from "./hands-off.ts";
import { REACH_READS } from "./reach-actions.ts";
import { reachCeiling, reachPermissions } from "./reach-permissions.ts";
import { inRegion, type Scope } from "./scope.ts";

const EVERYTHING = ["*"];

/**
 * What a preview with refresh asks of AWS: how things are configured, never what they hold. Most of these calls know no resource
 * to be limited to (Service Authorization Reference).
 */
export function planPermissions(): Statement[] {
  return [{ sid: "ReadConfiguration", actions: [...CONFIGURATION_READS, ...REACH_READS], resources: EVERYTHING }];
}

/** What the three layers make, in policies that each fit IAM (6,144 characters, "IAM and AWS STS quotas"). */
export function deployPermissions(scope: Scope): Record<string, Statement[]> {
  return {
    read: planPermissions(),
    identities: [...roles(scope), ...handsOff(scope)],
    network: network(scope),
    services: services(scope),
    data: [...buckets(scope), ...keys(scope)],
    reach: reachPermissions(scope),
  };
}

/** Roles of the environment, which stay under the boundary and go to three services. */
function roles({ prefix, account, roleBoundary }: Scope): Statement[] {
  const resources = [`arn:aws:iam::${account}:role/${prefix}-*`];
  const bounded = { StringEquals: { "iam:PermissionsBoundary": roleBoundary } };
  return [
    { sid: "ManageBoundedRoles", actions: BOUNDED_ROLE_WRITES, resources, conditions: bounded },
    {
      sid: "AttachServicePolicies",
      actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      resources,
      conditions: { ...bounded, ArnLike: { "iam:PolicyARN": NODE_POLICIES } },
    },
    { sid: "TagRoles", actions: ROLE_TAGS, resources },
    {
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources,
      conditions: {
        StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] },
      },
    },
    {
      sid: "MakeServiceLinkedRoles",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [`arn:aws:iam::${account}:role/aws-service-role/*`],
      conditions: { StringEquals: { "iam:AWSServiceName": LINKED_SERVICES } },
    },
  ];
}

/**
 * Networks are known by numbers that AWS deals: the environment's tags tell them apart. EC2 says of a request to tag which action makes
 * the thing (`ec2:CreateAction`): nothing that is there already can be given the tags first.
 */
function network({ prefix, account, region, tags }: Scope): Statement[] {
  const inEc2 = (types: readonly string[]): string[] => types.map((type) => `arn:aws:ec2:${region}:${account}:${type}/*`);
  const { StringEquals: here } = inRegion(region);
  const asked = { ...here, ...tagged("RequestTag", tags) };
  const makes = NETWORK_TIERS.flatMap(({ actions }) => actions);
  return [
    ...NETWORK_TIERS.map(({ actions, types }, tier) => ({
      sid: `MakeNetwork${tier}`,
      actions,
      resources: inEc2(types),
      conditions: { StringEquals: asked },
    })),
    {
      sid: "TagNewNetwork",
      actions: ["ec2:CreateTags"],
      resources: inEc2(NETWORK_TIERS.flatMap(({ types }) => types)),
      conditions: { StringEquals: { ...asked, "ec2:CreateAction": makes.map((action) => action.replace("ec2:", "")) } },
    },
    {
      sid: "ManageNetwork",
      actions: [...makes, ...NETWORK_CHANGES, "ec2:RunInstances"],
      resources: EVERYTHING,
      conditions: { StringEquals: { ...here, ...tagged("ResourceTag", tags) } },
    },
    // EKS makes the cluster's security group, and nobody but AWS gives tags that begin with `aws:`.
    {
      sid: "UseClusterGroup",
      actions: [...GROUP_OPENINGS, "ec2:RunInstances"],
      resources: inEc2(["security-group"]),
      conditions: { StringEquals: { "aws:ResourceTag/aws:eks:cluster-name": prefix } },
    },
    // EKS and Auto Scaling check that who hands them a template may start it, in networks of the environment.
    {
      sid: "StartNodes",
      actions: ["ec2:RunInstances"],
      resources: [...inEc2(NODE_TYPES), ...["image", "snapshot"].map((type) => `arn:aws:ec2:${region}::${type}/*`)],
    },
    {
      sid: "TagNewNodes",
      actions: ["ec2:CreateTags"],
      resources: inEc2(NODE_TYPES),
      conditions: { StringEquals: { ...asked, "ec2:CreateAction": "RunInstances" } },
    },
    {
      sid: "ManageBudgets",
      actions: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
      resources: [`arn:aws:budgets::${account}:budget/${prefix}-*`],
    },
  ];
}

/** What lies in the region, by the names that we give. */
function services({ prefix, account, region, tags }: Scope): Statement[] {
  const named = (service: string, ...names: string[]): string[] =>
    names.map((name) => `arn:aws:${service}:${region}:${account}:${name}`);
  const cluster = ["nodegroup", "addon", "access-entry", "podidentityassociation"].map((kind) => `${kind}/${prefix}/*`);
  return [
    // These know no resource (Service Authorization Reference).
    {
      sid: "MakeCluster",
      actions: ["eks:CreateCluster"],
      resources: EVERYTHING,
      conditions: { StringEquals: { "aws:RequestedRegion": region, ...tagged("RequestTag", tags) } },
    },
    {
      sid: "DeliverLogs",
      actions: ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"],
      resources: EVERYTHING,
      conditions: inRegion(region),
    },
    { sid: "ManageCluster", actions: CLUSTER_WRITES, resources: named("eks", `cluster/${prefix}`, ...cluster) },
    { sid: "ManageQueues", actions: QUEUE_WRITES, resources: named("sqs", `${prefix}-*`) },
    { sid: "ManageTables", actions: TABLE_WRITES, resources: named("dynamodb", `table/${prefix}-*`) },
    { sid: "ManageEvents", actions: EVENT_WRITES, resources: named("events", `rule/${prefix}-*`) },
    { sid: "ManageLogs", actions: LOG_WRITES, resources: named("logs", `log-group:/aws/*/${prefix}*`) },
    { sid: "ManageImages", actions: IMAGE_WRITES, resources: named("ecr", `repository/${prefix}/*`) },
    {
      sid: "ManageDatabases",
      actions: DATABASE_WRITES,
      // RDS also checks the option group of a new instance, which is one of its own.
      resources: named("rds", ...["db", "pg", "subgrp", "snapshot"].map((kind) => `${kind}:${prefix}-*`), "og:default:*"),
    },
    // RDS makes the master user's secret with the rights of the role that makes the database.
    {
      sid: "MakeMasterSecrets",
      actions: ["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
      resources: named("secretsmanager", "secret:rds!db-*"),
    },
    { sid: "TagTrail", actions: TRAIL_TAGS, resources: named("cloudtrail", `trail/${prefix}-*`) },
  ];
}

const buckets = ({ prefix }: Scope): Statement[] => [
  { sid: "ManageBuckets", actions: [...BUCKET_WRITES, ...BUCKET_TAGS], resources: [`arn:aws:s3:::${prefix}-*`] },
];

/**
 * The boundary of CI's roles: the most they can ever do, whatever else is attached to them. It holds to the boundary of roles, to the
 * environment's keys, and to what CI must not touch; services that hold no rights are whole.
 *
 * @param state Pulumi's state, and
 * @param ledger the ledger of promotions: the only objects that CI reads or writes
 */
export function ceiling(scope: Scope, state?: PulumiState, ledger?: PromotionLedger): Statement[] {
  const { account, region, prefix, roleBoundary, tags } = scope;
  const role = [`arn:aws:iam::${account}:role/${prefix}-*`];
  const key = [`arn:aws:kms:${region}:${account}:key/*`];
  const whole = ["ec2", "ecr", "eks", "events", "logs", "rds", "sqs"].map((service) => `${service}:*`);
  return [
    {
      sid: "ServicesInRegion",
      actions: [
        ...whole,
        "cloudtrail:*Tags",
        "cloudtrail:Describe*",
        "cloudtrail:Get*",
        "cloudwatch:GetMetricStatistics",
        // Tables, never what stands in them.
        "dynamodb:*Backups",
        "dynamodb:*Resource",
        "dynamodb:*Table",
        "dynamodb:*ToLive",
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
        "servicequotas:Get*",
      ],
      resources: EVERYTHING,
      conditions: inRegion(region),
    },
    {
      sid: "GlobalServices",
      actions: ["budgets:*", "iam:Get*", "iam:List*", "kms:DescribeKey", "kms:GetKey*", "kms:List*", "servicequotas:Get*"],
      resources: EVERYTHING,
    },
    { sid: "Buckets", actions: ["s3:*Bucket*", "s3:*Configuration", "s3:*Resource"], resources: EVERYTHING },
    ...(state ? stateCeiling(state) : []),
    ...(ledger ? ledgerCeiling(ledger) : []),
    {
      sid: "Keys",
      actions: [...KEY_WRITES, ...KEY_GRANTS, ...KEY_OF_TABLES],
      resources: key,
      conditions: { StringEquals: tagged("ResourceTag", tags) },
    },
    { ...aliases(scope), actions: ["kms:*Alias"] },
    {
      sid: "BoundedRoles",
      actions: [...BOUNDED_ROLE_WRITES, "iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      resources: role,
      conditions: { StringEquals: { "iam:PermissionsBoundary": roleBoundary } },
    },
    ...roles(scope).filter(({ sid }) => !["ManageBoundedRoles", "AttachServicePolicies"].includes(sid)),
    ...reachCeiling(scope),
    ...handsOff(scope),
  ];
}

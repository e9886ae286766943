import type { Statement } from "../iam.ts";
import {
  BUCKET_WRITES,
  CONFIGURATION_READS,
  IDENTITY_WRITES,
  KEY_WRITES,
  LINKED_SERVICES,
  NODE_POLICIES,
  REGIONAL_WRITES,
  ROLE_WRITES,
} from "./ci-actions.ts";
import { REACH_READS } from "./reach-actions.ts";
import { reachCeiling } from "./reach-permissions.ts";

/** Where CI may act: one account, one region, and names that begin with one prefix. */
export interface Scope {
  prefix: string;
  account: string;
  region: string;
  /** ARNs of the roles of people, which CI may not touch. */
  administrators: readonly string[];
}

const EVERYTHING = ["*"];

/**
 * What a preview with refresh asks of AWS: how things are configured, never what they hold. Most of these calls know no resource
 * to be limited to (Service Authorization Reference).
 */
export function planPermissions(): Statement[] {
  return [{ sid: "ReadConfiguration", actions: [...CONFIGURATION_READS, ...REACH_READS], resources: EVERYTHING }];
}

/** What the three layers make, in one region; what has a name of ours by that name. */
export function deployPermissions(scope: Scope): Statement[] {
  const { prefix, account, region } = scope;
  const role = `arn:aws:iam::${account}:role/*`;
  const inRegion = { StringEquals: { "aws:RequestedRegion": region } };
  return [
    ...planPermissions(),
    // Most are made before they have a name that could stand here.
    { sid: "ManageInRegion", actions: REGIONAL_WRITES, resources: EVERYTHING, conditions: inRegion },
    { sid: "ManageBuckets", actions: BUCKET_WRITES, resources: [`arn:aws:s3:::${prefix}-*`] },
    { sid: "MakeKeys", actions: ["kms:CreateKey"], resources: EVERYTHING, conditions: inRegion },
    {
      sid: "ManageKeys",
      actions: KEY_WRITES,
      resources: [`arn:aws:kms:${region}:${account}:key/*`, `arn:aws:kms:${region}:${account}:alias/${prefix}-*`],
    },
    { sid: "ManageRoles", actions: ROLE_WRITES, resources: [role] },
    {
      sid: "AttachServicePolicies",
      actions: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      resources: [role],
      conditions: { ArnLike: { "iam:PolicyARN": NODE_POLICIES } },
    },
    passRoles(account),
    {
      sid: "MakeServiceLinkedRoles",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [`arn:aws:iam::${account}:role/aws-service-role/*`],
      conditions: { StringEquals: { "iam:AWSServiceName": LINKED_SERVICES } },
    },
    {
      sid: "ManageBudgets",
      actions: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
      resources: [`arn:aws:budgets::${account}:budget/*`],
    },
    handsOff(scope),
  ];
}

/** To the services that the layers give a role to, and to no other. */
const passRoles = (account: string): Statement => ({
  sid: "PassRoles",
  actions: ["iam:PassRole"],
  resources: [`arn:aws:iam::${account}:role/*`],
  conditions: {
    StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] },
  },
});

/**
 * The boundary of both roles: the most they can ever do, whatever else is attached to them. It lacks users, access keys, other
 * identities and other regions; keys, secrets and roles are allowed by the names of the actions.
 */
export function ceiling(scope: Scope): Statement[] {
  const services = REGIONAL_WRITES.map((action) => (action.startsWith("secretsmanager:") ? action : action.replace(/:.*/, ":*")));
  return [
    {
      sid: "ServicesInRegion",
      actions: [...new Set(services)],
      resources: EVERYTHING,
      conditions: { StringEquals: { "aws:RequestedRegion": scope.region } },
    },
    {
      sid: "Buckets",
      actions: ["s3:*Bucket*", "s3:*Configuration", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: EVERYTHING,
    },
    {
      sid: "Keys",
      actions: ["kms:CreateKey", "kms:Encrypt", "kms:Get*", "kms:List*", ...KEY_WRITES],
      resources: EVERYTHING,
    },
    {
      sid: "Roles",
      actions: [
        "iam:AttachRolePolicy",
        "iam:CreateServiceLinkedRole",
        "iam:DetachRolePolicy",
        "iam:Get*",
        "iam:List*",
        ...ROLE_WRITES,
      ],
      resources: EVERYTHING,
    },
    passRoles(scope.account),
    ...reachCeiling(scope),
    { sid: "Budgets", actions: ["budgets:*"], resources: [`arn:aws:budgets::${scope.account}:budget/*`] },
    handsOff(scope),
  ];
}

/** CI does not change what CI may do, nor the roles of people. */
function handsOff({ prefix, account, administrators }: Scope): Statement {
  return {
    sid: "HandsOffIdentities",
    effect: "Deny",
    actions: IDENTITY_WRITES,
    resources: [
      `arn:aws:iam::${account}:role/${prefix}-ci-*`,
      `arn:aws:iam::${account}:policy/*`,
      `arn:aws:iam::${account}:oidc-provider/*`,
      `arn:aws:iam::${account}:user/*`,
      ...administrators,
    ],
  };
}

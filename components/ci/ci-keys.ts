import type { Statement } from "../iam.ts";
import type { Scope } from "./scope.ts";

/** Configuration of keys. */
export const KEY_WRITES = [
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** Grants by which EKS, RDS and ECR go on using a key that CI names. */
export const KEY_GRANTS = ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant", "kms:RevokeGrant"];

/**
 * Keys have no names of ours but aliases: the environment's tags tell them from others. A key gets them when it is made; KMS
 * checks that right without knowing the key (KMS developer guide, "Controlling access to tags"), so a key of somebody else that has
 * none of these tags could be given them. An account for each environment keeps that apart.
 */
export function keys(scope: Scope): [Statement, Statement, ...Statement[]] {
  const { account, region, tags } = scope;
  const every = [`arn:aws:kms:${region}:${account}:key/*`];
  const ours = { StringEquals: tagged("ResourceTag", tags) };
  const asked = tagged("RequestTag", tags);
  const untagged = { Null: Object.fromEntries(Object.keys(tags).map((tag) => [`aws:ResourceTag/${tag}`, "true"])) };
  const through = ["rds", "secretsmanager"].map((service) => `${service}.${region}.amazonaws.com`);
  return [
    {
      sid: "MakeKeys",
      actions: ["kms:CreateKey"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": region, ...asked } },
    },
    { sid: "TagNewKeys", actions: ["kms:TagResource"], resources: every, conditions: { StringEquals: asked, ...untagged } },
    { sid: "ManageKeys", actions: [...KEY_WRITES, ...KEY_GRANTS], resources: every, conditions: ours },
    aliases(scope),
    {
      sid: "UseKeysThroughServices",
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: every,
      conditions: { StringEquals: { ...ours.StringEquals, "kms:ViaService": through } },
    },
  ];
}

export const aliases = ({ prefix, account, region }: Scope): Statement => ({
  sid: "NameKeys",
  actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
  resources: [`arn:aws:kms:${region}:${account}:alias/${prefix}-*`],
});

export const tagged = (key: "RequestTag" | "ResourceTag", tags: Scope["tags"]): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${key}/${tag}`, value]));

import { type Statement, tagged } from "../iam.ts";
import type { Scope } from "./scope.ts";

/** Configuration of keys, but nothing that makes or ends one, or decides who may use it. */
export const KEY_WRITES = [
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** Grants by which EKS, RDS, ECR and DynamoDB go on using a key that CI names. */
export const KEY_GRANTS = ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant", "kms:RevokeGrant"];

/** What DynamoDB does with the key of a new table in the name of who makes it ("How Amazon DynamoDB uses AWS KMS", authorizing use of a key). */
export const KEY_OF_TABLES = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

/**
 * Keys have no names of ours but aliases: the environment's tags tell them from others. A person makes a key, with its tags: KMS checks
 * the right to tag a new key without knowing the key (KMS developer guide, "Controlling access to tags"), so who may tag new keys may
 * tag everybody's.
 */
export function keys(scope: Scope): Statement[] {
  const { account, region, tags } = scope;
  const every = [`arn:aws:kms:${region}:${account}:key/*`];
  const ours = tagged("ResourceTag", tags);
  const through = ["rds", "secretsmanager"].map((service) => `${service}.${region}.amazonaws.com`);
  return [
    { sid: "ManageKeys", actions: [...KEY_WRITES, ...KEY_GRANTS], resources: every, conditions: { StringEquals: ours } },
    aliases(scope),
    {
      sid: "UseKeysThroughServices",
      actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
      resources: every,
      conditions: { StringEquals: { ...ours, "kms:ViaService": through } },
    },
    {
      sid: "UseKeysThroughTables",
      actions: KEY_OF_TABLES,
      resources: every,
      conditions: { StringEquals: { ...ours, "kms:ViaService": `dynamodb.${region}.amazonaws.com` } },
    },
  ];
}

export const aliases = ({ prefix, account, region }: Scope): Statement => ({
  sid: "NameKeys",
  actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
  resources: [`arn:aws:kms:${region}:${account}:alias/${prefix}-*`],
});

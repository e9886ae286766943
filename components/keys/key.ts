import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { account, policyDocument, type Statement, statement } from "../iam.ts";
import { fields, listOf, matching, optional, text, wholeNumber } from "../shape.ts";

export interface EncryptionKeyArgs {
  /** Account that owns the key. */
  account: string;

  /** Beginning of the name under which people find the key, without `alias/`, for example `millrace-dev-data`. A few random characters follow. */
  alias: string;

  /** What the key encrypts, in a few words. */
  description: string;

  /** Days until KMS forgets a deleted key: 7 to 30. @default 30 */
  deletionDays?: number;

  /** Statements that let AWS services use the key, such as those of keys/services.ts. @default - none */
  services?: readonly Statement[];
}

/**
 * A customer managed symmetric key for one purpose, with an alias, renewed every year.
 *
 * Its policy hands the decision to IAM in two separate statements, one to administer and one to use, so that a role can have the
 * one without the other. Whether a role may do either is said by the role's own policy.
 *
 * @throws {pulumi.ResourceError} when the alias or the account is invalid, or the days are not 7 to 30.
 */
export class EncryptionKey extends Component {
  static override readonly shape = fields<EncryptionKeyArgs>({
    account,
    // 256 characters with the six of `alias/` (KMS API reference, CreateAlias) and the 27 that follow.
    alias: matching(
      /^(?!aws\/)[a-zA-Z0-9/_-]{1,223}$/,
      "letters, digits, '/', '_' and '-', at most 223 of them, and not begin with 'aws/'",
    ),
    description: text,
    deletionDays: optional(wholeNumber({ min: 7, max: 30 })),
    services: optional(listOf(statement)),
  });

  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: EncryptionKeyArgs, opts?: ComponentOptions) {
    super("keys:EncryptionKey", name, args, opts);

    const child = { parent: this };
    const key = new aws.kms.Key(
      name,
      {
        description: args.description,
        enableKeyRotation: true,
        rotationPeriodInDays: 365,
        deletionWindowInDays: args.deletionDays ?? 30,
        policy: policyDocument([administration(args.account), use(args.account), ...(args.services ?? [])]),
        tags: { Name: args.alias },
      },
      child,
    );
    // A key that Pulumi has only forgotten keeps its alias: the next key needs another one.
    new aws.kms.Alias(`${name}-alias`, { namePrefix: `alias/${args.alias}-`, targetKeyId: key.keyId }, child);

    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: key.arn });
  }
}

/** A key policy speaks of its own key only: `*` is that key (KMS developer guide, "Key policies"). */
const THIS_KEY = ["*"];

const root = (account: string): { AWS: string } => ({ AWS: `arn:aws:iam::${account}:root` });

function administration(account: string): Statement {
  return {
    sid: "AccountAdministers",
    principals: root(account),
    actions: [
      "kms:Describe*",
      "kms:Get*",
      "kms:List*",
      "kms:PutKeyPolicy",
      "kms:UpdateKeyDescription",
      "kms:CreateAlias",
      "kms:UpdateAlias",
      "kms:DeleteAlias",
      "kms:EnableKey",
      "kms:DisableKey",
      "kms:EnableKeyRotation",
      "kms:DisableKeyRotation",
      "kms:RotateKeyOnDemand",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
      "kms:CancelKeyDeletion",
    ],
    resources: THIS_KEY,
  };
}

/** Grants are how RDS, EBS and EKS go on using a key; EKS refuses a key whose policy demands `kms:GrantIsForAWSResource` of them (EKS user guide). */
function use(account: string): Statement {
  return {
    sid: "AccountUses",
    principals: root(account),
    actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:RetireGrant"],
    resources: THIS_KEY,
  };
}

import { covers, isLimited, type PolicyStatement, speaksOf } from "../../aws/policy-document.ts";
import { isSet, texts } from "../../read.ts";

/** Actions that read what is kept, use a key, hand on a role or raise rights: a wildcard must not bring one of them by accident. */
const SENSITIVE = [
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:CreateRole",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PassRole",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "s3:BypassGovernanceRetention",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:PutObject",
  "secretsmanager:GetSecretValue",
  "secretsmanager:PutSecretValue",
  "ssm:GetParameter",
  "sts:AssumeRole",
];

/** What such an action reaches is limited by its resource, or not at all. */
const ANYWHERE = [
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:SetDefaultPolicyVersion",
  "kms:Decrypt",
  "s3:DeleteObject",
  "s3:GetObject",
  "s3:PutObject",
  "secretsmanager:GetSecretValue",
  "ssm:GetParameter",
  "sts:AssumeRole",
];

/** Reads by their verb, and families that a sensitive action itself begins: `s3:Get*`, `kms:ReEncrypt*`, `s3:GetObject*`. */
const isFamily = (pattern: string): boolean =>
  /^[a-z0-9-]+:(get|list|describe|head)\*$/i.test(pattern) ||
  SENSITIVE.some((action) => pattern.toLowerCase() === `${action.toLowerCase()}*`);

/** Patterns of a statement that bring a sensitive action by a wildcard, with what each brings. */
export const wildcardsOf = ({ body }: PolicyStatement): { pattern: string; brings: string }[] =>
  texts(body, "Action").flatMap((pattern) => {
    const brings = /[*?]/.test(pattern) && !isFamily(pattern) ? SENSITIVE.find((action) => covers(pattern, action)) : undefined;
    return brings === undefined ? [] : [{ pattern, brings }];
  });

/** Conditions that name what is reached; a service through which it is reached names its own. */
const NAMING =
  /^(aws:Resource(Account|OrgId|OrgPaths|Tag\/.+)|kms:(ViaService|EncryptionContext(Keys)?:?.*|ResourceAliases|RequestAlias)|(secretsmanager|ssm|iam|s3):ResourceTag\/.+|s3:ExistingObjectTag\/.+|aws:CalledVia.*)$/i;

/** The first sensitive action that a statement allows on everything there is. */
export const allowedAnywhere = (statement: PolicyStatement): { action: string; resource: string } | undefined =>
  anywhere(statement, ANYWHERE);

function anywhere(statement: PolicyStatement, actions: readonly string[]): { action: string; resource: string } | undefined {
  const { body } = statement;
  const resources = isSet(body, "NotResource") ? ["everything but a few"] : texts(body, "Resource").filter(isEverything);
  const [resource] = resources;
  if (resource === undefined || isLimited(statement, NAMING, (value) => /[^*?]/.test(value))) {
    return undefined;
  }
  const action = actions.find((each) => speaksOf(statement, each) && isOf(each, resource));
  return action === undefined ? undefined : { action, resource };
}

/** Actions that rule what belongs to everybody: the record, keys, clusters, images, and the code and machines that others run. */
const CONTROL = [
  "cloudtrail:DeleteTrail",
  "cloudtrail:PutEventSelectors",
  "cloudtrail:StopLogging",
  "cloudtrail:UpdateTrail",
  "config:StopConfigurationRecorder",
  "ec2:DeleteVolume",
  "ec2:TerminateInstances",
  "ecr:PutImage",
  "ecr:SetRepositoryPolicy",
  "eks:AssociateAccessPolicy",
  "eks:CreateAccessEntry",
  "guardduty:DeleteDetector",
  "kms:DisableKey",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "lambda:UpdateFunctionCode",
  "logs:DeleteLogGroup",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketPolicy",
  "ssm:SendCommand",
  "ssm:StartSession",
];

/** The first action of control that a statement allows on everything there is. */
export const controlledAnywhere = (statement: PolicyStatement): { action: string; resource: string } | undefined =>
  anywhere(statement, CONTROL);

/** What nobody can undo, and what ends the record of it. */
const LASTING = [
  "cloudtrail:DeleteTrail",
  "cloudtrail:StopLogging",
  "kms:DisableKey",
  "kms:PutKeyPolicy",
  "kms:ScheduleKeyDeletion",
  "s3:BypassGovernanceRetention",
];

/**
 * The first of them that a statement allows by name on everything there is, which is too much of a boundary too. A boundary with whole
 * services is wide on purpose: IAM-01 judges it.
 */
export const lastsAnywhere = (statement: PolicyStatement): { action: string; resource: string } | undefined =>
  anywhere(
    statement,
    LASTING.filter((action) =>
      texts(statement.body, "Action").some((pattern) => covers(pattern, action) && !/^\*|:\*+$/.test(pattern)),
    ),
  );

/** Whether an ARN names nothing: no bucket, no key, no secret, no role. */
const isEverything = (arn: string): boolean =>
  /^[*?]+$/.test(arn) ||
  /^arn:[^:]*:[^:]*:[^:]*:[^:]*:((key|alias|role|policy|user|parameter|repository|trail|cluster)\/|(secret|function|log-group):)?[*?/]*$/.test(
    arn,
  );

const isOf = (action: string, arn: string): boolean => {
  const [, , service] = arn.split(":");
  return service === undefined || covers(service, action.split(":")[0] ?? "") || (service === "iam" && action.startsWith("sts:"));
};

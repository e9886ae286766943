import { conditionsOf, isLimited, type PolicyStatement, speaksOf } from "../../aws/policy-document.ts";
import { ROLE_POLICY_ATTACHMENT } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { levels, stackRule } from "../../rule.ts";
import { PERMISSIONS, permissionsAmong, permissionsOf } from "./permissions.ts";

/** `apart`: whether those who use something must not administer it. */
const APART = { apart: true };

/** Actions that use what is kept, and those that say who may use it, how long it stays and whether it can be replaced. */
const DUTIES: readonly { use: readonly string[]; administer: readonly string[] }[] = [
  {
    use: ["s3:GetObject", "s3:PutObject"],
    administer: [
      "s3:BypassGovernanceRetention",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:DeleteObjectVersion",
      "s3:PutBucketAcl",
      "s3:PutBucketObjectLockConfiguration",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:PutReplicationConfiguration",
    ],
  },
  {
    use: ["ecr:PutImage", "ecr:BatchGetImage"],
    administer: [
      "ecr:DeleteRepository",
      "ecr:DeleteRepositoryPolicy",
      "ecr:PutImageTagMutability",
      "ecr:PutLifecyclePolicy",
      "ecr:SetRepositoryPolicy",
    ],
  },
  { use: ["kms:Decrypt", "kms:GenerateDataKey"], administer: ["kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"] },
  {
    use: ["secretsmanager:GetSecretValue"],
    administer: ["secretsmanager:DeleteResourcePolicy", "secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy"],
  },
  {
    use: ["sqs:ReceiveMessage", "sqs:SendMessage"],
    administer: ["sqs:AddPermission", "sqs:DeleteQueue", "sqs:SetQueueAttributes"],
  },
];

export const IAM_10 = stackRule({
  id: "IAM-10",
  title: "Who uses buckets, images, keys, secrets and queues does not administer them, and hands on no key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.3", "NIST SP 800-53 AC-5"],
  remediation:
    "Leave changes of policies, locks, versions and lifetimes to the pipeline that makes the resource. Limit `kms:CreateGrant` by `kms:ViaService` or `kms:GrantIsForAWSResource`.",
  types: [...PERMISSIONS, ROLE_POLICY_ATTACHMENT],
  parameters: { dev: APART, staging: APART, prod: APART },
  // In most programs one role does both.
  elsewhere: { apart: false },
  relate: (resources, { apart }) =>
    apart
      ? ofEach(permissionsAmong(resources).given, (resource) => {
          const allowing = permissionsOf(resource.inputs).filter(({ allows }) => allows);
          return [...bothDuties(allowing), ...grants(allowing)].map((fault) => ({ ...fault, resource }));
        })
      : [],
});

const bothDuties = (statements: readonly PolicyStatement[]): Fault[] =>
  DUTIES.filter(({ use }) => statements.some((statement) => use.some((action) => speaksOf(statement, action)))).flatMap(
    ({ administer }) =>
      statements.flatMap((statement) =>
        administer
          .filter((action) => speaksOf(statement, action))
          .map((got) => ({ property: `${statement.path}.Action`, got, want: "left to those who do not use what it changes" })),
      ),
  );

/** Conditions that keep a grant with a service of AWS, with a known receiver, or with keys of a tag. */
const KEPT = /^(kms:(ViaService|GranteePrincipal|GrantConstraintType|GrantOperations)|aws:ResourceTag\/.+)$/i;

/** Whoever makes a grant hands his right to use a key to anybody. */
const grants = (statements: readonly PolicyStatement[]): Fault[] =>
  statements
    .filter((statement) => speaksOf(statement, "kms:CreateGrant"))
    .filter((statement) => !isLimited(statement, KEPT, (value) => /[^*?]/.test(value)) && !isForAws(statement))
    .map(({ path }) => ({
      property: `${path}.Condition`,
      got: "nothing for kms:CreateGrant",
      want: "limited by 'kms:ViaService' or 'kms:GrantIsForAWSResource'",
    }));

const isForAws = (statement: PolicyStatement): boolean =>
  conditionsOf(statement).some(
    ({ operator, key, values }) =>
      operator === "Bool" && /^kms:GrantIsForAWSResource$/i.test(key) && values.every((value) => value === "true"),
  );

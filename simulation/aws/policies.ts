// Refusals of policy documents: size, and statements that lack a part.

import type { Bag, Failure, Value } from "#engine/values";

/** Size limits in characters without white space: IAM and STS quotas, and each service's page on resource policies. */
const LIMITS: Readonly<Record<string, number>> = {
  "aws:iam/policy:Policy policy": 6144,
  "aws:iam/rolePolicy:RolePolicy policy": 10_240,
  "aws:iam/role:Role assumeRolePolicy": 4096,
  "aws:s3/bucketPolicy:BucketPolicy policy": 20_480,
  "aws:kms/key:Key policy": 32_768,
  "aws:secretsmanager/secretPolicy:SecretPolicy policy": 20_480,
  "aws:sqs/queuePolicy:QueuePolicy policy": 8192,
  "aws:sns/topicPolicy:TopicPolicy policy": 30_720,
  "aws:ecr/repositoryPolicy:RepositoryPolicy policy": 10_240,
  "aws:ec2/vpcEndpoint:VpcEndpoint policy": 20_480,
};

/** What AWS would refuse about the policy documents of a resource. */
export function policyFailures(type: string, inputs: Bag): Failure[] {
  return Object.entries(LIMITS)
    .filter(([key]) => key.startsWith(`${type} `))
    .flatMap(([key, limit]) => {
      const property = key.slice(type.length + 1);
      const text: unknown = inputs[property];
      return typeof text === "string" ? documentReasons(text, limit, type).map((reason) => ({ property, reason })) : [];
    });
}

function documentReasons(text: string, limit: number, type: string): string[] {
  let document: Value;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return [`MalformedPolicyDocument: the policy is not valid JSON: ${(error as Error).message}`];
  }
  const size = text.replace(/\s/g, "").length;
  const tooLong = size > limit ? [`LimitExceeded: the policy has ${size} characters, ${type} takes ${limit}`] : [];
  const statements: Value[] = [document?.Statement ?? []].flat();
  const empty = statements.length === 0 ? ["MalformedPolicyDocument: the policy has no Statement"] : [];
  return [
    ...tooLong,
    ...empty,
    ...statements.flatMap((statement, index) => statementReasons(statement, index, isIdentityPolicy(type))),
  ];
}

const isIdentityPolicy = (type: string): boolean => /^aws:iam\/(policy|rolePolicy):/.test(type);

function statementReasons(statement: Value, index: number, identity: boolean): string[] {
  const where = `statement ${statement?.Sid ? `'${statement.Sid}'` : index + 1}`;
  const has = (...names: string[]) => names.some((name) => statement?.[name] !== undefined && statement[name]?.length !== 0);
  return [
    ...(["Allow", "Deny"].includes(statement?.Effect) ? [] : [`${where} needs an Effect of Allow or Deny`]),
    ...(has("Action", "NotAction") ? [] : [`${where} names no Action`]),
    ...(identity && !has("Resource", "NotResource") ? [`${where} names no Resource`] : []),
    ...(identity && has("Principal", "NotPrincipal") ? [`${where} names a Principal, which only a resource policy may`] : []),
    ...(!identity && !has("Principal", "NotPrincipal") ? [`${where} names no Principal`] : []),
  ].map((reason) => `MalformedPolicyDocument: ${reason}`);
}

import { covers, isLimited, type PolicyStatement, speaksOf } from "../../aws/policy-document.ts";
import { at, bag, isSet, texts } from "../../read.ts";

/** Ways to become more than a boundary allows: to change a role that has it, or to pass one that has another. */
export const CHANGES = [
  "iam:DeleteRolePermissionsBoundary",
  "iam:PutRolePermissionsBoundary",
  "iam:AttachRolePolicy",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
];

export const denies = ({ body }: PolicyStatement): boolean =>
  at(body, "Effect") === "Deny" && Object.keys(bag(body, "Condition")).length === 0;

export const reaches = (statement: PolicyStatement, action: string, arn: string): boolean =>
  speaksOf(statement, action) &&
  (isSet(statement.body, "NotResource")
    ? !texts(statement.body, "NotResource").some((pattern) => covers(pattern, arn))
    : texts(statement.body, "Resource").some((pattern) => covers(pattern, arn)));

/**
 * Whether a statement applies to a role with this boundary. For the action that sets a boundary, the condition compares the new one,
 * so it keeps nobody from setting another one on a role of one's own.
 */
export const isFor = (statement: PolicyStatement, action: string, boundary: string | undefined): boolean =>
  boundary === undefined ||
  action === "iam:PutRolePermissionsBoundary" ||
  !isLimited(statement, /^iam:PermissionsBoundary$/i, (value) => value !== boundary);

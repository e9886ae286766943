import { type PolicyStatement, statementsOf } from "../../aws/policy-document.ts";
import { POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT } from "../../aws/types.ts";
import { at, type Bag, bags } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** Types with permissions of their own: in `policy` or `inlinePolicy`, or inside of a role. */
export const PERMISSIONS: readonly string[] = [
  ROLE,
  POLICY,
  ROLE_POLICY,
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
];

export const permissionsOf = (inputs: Bag): PolicyStatement[] => [
  ...["policy", "inlinePolicy"].flatMap((property) => statementsOf(at(inputs, property), property)),
  ...bags(inputs, "inlinePolicies").flatMap((each, index) => statementsOf(at(each, "policy"), `inlinePolicies.${index}.policy`)),
];

/** Permissions that somebody has, and what attaches policies to roles. A policy that nobody attaches may be a boundary, which gives nothing. */
export function permissionsAmong(resources: readonly Resource[]): { given: Resource[]; attachments: Resource[] } {
  const attachments = resources.filter(({ type }) => type === ROLE_POLICY_ATTACHMENT);
  const isGiven = ({ type, name }: Resource): boolean =>
    PERMISSIONS.includes(type) && (type !== POLICY || attachments.some(({ dependencies }) => dependencies.includes(name)));
  return { given: resources.filter(isGiven), attachments };
}

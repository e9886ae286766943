import { type PolicyStatement, statementsOf } from "../../aws/policy-document.ts";
import { POLICY, ROLE, ROLE_POLICY } from "../../aws/types.ts";
import { at, type Bag, bags } from "../../read.ts";

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

import { type PolicyStatement, statementsOf } from "../../aws/policy-document.ts";
import { POLICY, ROLE, ROLE_POLICY } from "../../aws/types.ts";
import { at, type Bag, bags } from "../../read.ts";

/** Types with permissions of their own: in `policy`, or inline. */
export const PERMISSIONS: readonly string[] = [
  ROLE,
  POLICY,
  ROLE_POLICY,
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/userPolicy:UserPolicy",
];

export const permissionsOf = (inputs: Bag): PolicyStatement[] => [
  ...statementsOf(at(inputs, "policy"), "policy"),
  ...bags(inputs, "inlinePolicies").flatMap((each, index) => statementsOf(at(each, "policy"), `inlinePolicies.${index}.policy`)),
];

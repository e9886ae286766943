import { speaksOf, statementsOf } from "../../aws/policy-document.ts";
import { POLICY, ROLE } from "../../aws/types.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { at, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CHANGES, denies, isFor, reaches } from "./escapes.ts";
import { lastsAnywhere } from "./reach.ts";

export const IAM_06 = stackRule({
  id: "IAM-06",
  title:
    "A boundary lets nobody under it change or pass roles that are bounded otherwise, the boundary itself, or every key and record",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["SOC2 CC6.3"],
  remediation:
    "Deny changes of the roles that have the boundary, and of policies, in the boundary itself (`Deny` on `iam:*` for their ARNs), or leave those actions out of it, also those that destroy keys and stop records.",
  types: [POLICY, ROLE],
  relate: (resources) => {
    const roles = resources.filter(({ type, inputs }) => type === ROLE && isSet(inputs, "permissionsBoundary"));
    return ofEach(
      resources.filter(({ type }) => type === POLICY),
      (policy) => {
        const bounded = roles.filter((role) => boundaryOf(role, policy));
        return bounded.length === 0 ? [] : escapes(policy, bounded, roles);
      },
    );
  },
});

/** The account in which a policy bounds a role; the policy's ARN may not be known yet, its name is. */
const boundaryOf = (role: Resource, policy: Resource): boolean => {
  const arn = text(role.inputs, "permissionsBoundary") ?? "";
  return arn.split("/").at(-1) === (text(policy.inputs, "name") ?? policy.name);
};

function escapes(policy: Resource, bounded: readonly Resource[], roles: readonly Resource[]): Fault[] {
  const statements = statementsOf(at(policy.inputs, "policy"), "policy");
  const [account] = bounded.map(({ inputs }) => text(inputs, "permissionsBoundary")?.split(":")[4] ?? "");
  const allows = (action: string, arn: string, boundary?: string): boolean =>
    statements.some((each) => each.allows && reaches(each, action, arn) && isFor(each, action, boundary)) &&
    !statements.some((each) => denies(each) && reaches(each, action, arn));
  const arnOf = ({ name, inputs }: Resource): string => `arn:aws:iam::${account}:role/${text(inputs, "name") ?? name}`;
  const own = bounded.flatMap((role) =>
    CHANGES.filter((action) => allows(action, arnOf(role), text(role.inputs, "permissionsBoundary"))).map((action) => ({
      action,
      role,
    })),
  );
  const others = roles
    .filter((role) => !bounded.includes(role))
    .filter(
      (role) =>
        allows("iam:PassRole", arnOf(role)) &&
        !CHANGES.some((action) => allows(action, arnOf(role), text(role.inputs, "permissionsBoundary"))),
    )
    .map((role) => ({ action: "iam:PassRole", role }));
  const self = ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"]
    .filter((action) => allows(action, `arn:aws:iam::${account}:policy/${text(policy.inputs, "name") ?? policy.name}`))
    .map((action) => ({ action, role: policy }));
  const [first] = [...own, ...self, ...others];
  const lasting = statements
    .filter(({ allows: allowing }) => allowing)
    .map(lastsAnywhere)
    .find((each) => each !== undefined && !statements.some((one) => denies(one) && speaksOf(one, each.action)));
  const fault = (got: string, want: string): Fault => ({ resource: policy, property: "policy", got, want });
  return [
    ...(first === undefined ? [] : [fault(`${first.action} on ${first.role.name}`, "closed to what would lift it")]),
    ...(lasting === undefined
      ? []
      : [
          fault(
            `${lasting.action} on ${lasting.resource}`,
            "closed to what nobody can undo, or limited to what it is needed for",
          ),
        ]),
  ];
}

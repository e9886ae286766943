import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const undenied = (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  document.Statement = document.Statement.filter(({ Effect }: any) => Effect !== "Deny");
  inputs.policy = JSON.stringify(document);
};

describeRule("IAM-06", [
  {
    what: "a boundary of CI without its denials",
    layer: "foundation",
    resource: "ci-boundary",
    change: undenied,
    says: "foundation-prod/ci-boundary: 'policy' must be closed to what would lift it, got 'iam:PutRolePermissionsBoundary on ci-plan'",
    unknown: "policy",
  },
  {
    what: "a boundary of workloads without its denials",
    layer: "foundation",
    resource: "role-boundary",
    change: undenied,
    says: "foundation-prod/role-boundary: 'policy' must be closed to what would lift it, got 'iam:PassRole on ci-plan'",
    unknown: "policy",
  },
]);

describe("IAM-06", () => {
  const boundary = "arn:aws:iam::1:policy/b";
  const role = of("aws:iam/role:Role", "r", { name: "r", permissionsBoundary: boundary });
  const faults = (...statements: object[]) =>
    found("IAM-06", [role, of("aws:iam/policy:Policy", "b", { name: "b", policy: JSON.stringify({ Statement: statements }) })]);
  const all = { Effect: "Allow", Action: "*", Resource: "*" };

  it.each<[object[], string[]]>([
    [[all], ["policy: iam:DeleteRolePermissionsBoundary on r"]],
    [[{ ...all, Action: "s3:*" }], []],
    [[all, { Effect: "Deny", Action: "iam:*", Resource: "*" }], []],
    [[all, { Effect: "Deny", Action: "iam:*", Resource: "arn:aws:iam::1:role/*" }], ["policy: iam:CreatePolicyVersion on b"]],
    [
      [all, { Effect: "Deny", Action: "iam:*", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } }],
      ["policy: iam:DeleteRolePermissionsBoundary on r"],
    ],
    [[{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], []],
    [[{ ...all, Action: ["kms:Describe*", "kms:ScheduleKeyDeletion"] }], ["policy: kms:ScheduleKeyDeletion on *"]],
    [[{ ...all, Action: "kms:ScheduleKeyDeletion", Condition: { StringEquals: { "aws:ResourceTag/a": "b" } } }], []],
    [
      [
        { ...all, Action: "kms:Put*" },
        { Effect: "Deny", Action: "kms:PutKeyPolicy", Resource: "*" },
      ],
      [],
    ],
    [[{ ...all, Action: "iam:PutRolePolicy", Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:other" } } }], []],
    [
      [{ ...all, Action: "iam:PutRolePolicy", Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } } }],
      ["policy: iam:PutRolePolicy on r"],
    ],
  ])("reads %j as %j", (statements, said) => {
    expect(faults(...statements)).toEqual(said);
  });

  it("has nothing against a policy that bounds nobody", () => {
    expect(found("IAM-06", [of("aws:iam/policy:Policy", "p", { policy: JSON.stringify({ Statement: all }) })])).toEqual([]);
  });
});

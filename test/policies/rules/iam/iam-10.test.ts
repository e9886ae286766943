import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";
import { PERMISSIONS, statement } from "./samples.ts";

describeRule("IAM-10", [
  {
    what: "publishers of images who open the repository",
    layer: "foundation",
    resource: "publishers-images-policy",
    change: statement("Push", (body) => body.Action.push("ecr:SetRepositoryPolicy")),
    says: "foundation-prod/publishers-images-policy: 'policy.Statement.Push.Action' must be left to those who do not use what it changes, got 'ecr:SetRepositoryPolicy'",
    unknown: "policy",
  },
  {
    what: "pods that hand on the key of models",
    layer: "workloads",
    resource: "fraud-reader-permissions",
    change: statement("DecryptThroughStore", (body) => {
      body.Action.push("kms:CreateGrant");
      delete body.Condition;
    }),
    says: "workloads-prod/fraud-reader-permissions: 'policy.Statement.DecryptThroughStore.Condition' must be limited by 'kms:ViaService' or 'kms:GrantIsForAWSResource', got 'nothing for kms:CreateGrant'",
  },
]);

describe("IAM-10", () => {
  const faults = (statements: object[], parameters?: object): string[] =>
    found(
      "IAM-10",
      [of(PERMISSIONS, "p", { policy: JSON.stringify({ Statement: statements.map((each) => ({ Effect: "Allow", ...each })) }) })],
      parameters,
    );
  const reads = { Action: "s3:Get*", Resource: "arn:aws:s3:::data/a/*" };

  it.each<[object[], string[]]>([
    [[reads, { Action: ["s3:PutBucketPolicy"] }], ["policy.Statement.1.Action: s3:PutBucketPolicy"]],
    [
      [reads, { Action: "s3:Delete*" }],
      ["s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObjectVersion"].map((each) => `policy.Statement.1.Action: ${each}`),
    ],
    [[reads, { Effect: "Deny", Action: "s3:DeleteObjectVersion" }], []],
    [[{ Action: "s3:PutBucketPolicy" }], []],
    [[{ Action: "ecr:PutImageTagMutability" }, reads], []],
    [[{ Action: "kms:CreateGrant", Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } }], []],
    [
      [{ Action: "kms:CreateGrant", Condition: { Bool: { "kms:GrantIsForAWSResource": "false" } } }],
      ["policy.Statement.0.Condition: nothing for kms:CreateGrant"],
    ],
    [
      [{ Action: "kms:CreateGrant", Condition: { StringLike: { "kms:ViaService": "*" } } }],
      ["policy.Statement.0.Condition: nothing for kms:CreateGrant"],
    ],
    [[{ Action: "kms:CreateGrant", Condition: { StringEquals: { "aws:ResourceTag/team": "risk" } } }], []],
    [[{ Action: null }, { Action: 7, Resource: {} }], []],
  ])("reads %j as %j", (statements, said) => {
    expect(faults(statements)).toEqual(said);
  });

  it("asks nothing of the programs of others", () => {
    expect(faults([reads, { Action: "s3:PutBucketPolicy" }], ruleOf("IAM-10").elsewhere)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";

const KEY = "aws:kms/key:Key";

/** A policy, changed where it stands. */
const inPolicy = (change: (statements: any[]) => unknown) => (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  change(document.Statement);
  inputs.policy = JSON.stringify(document);
};

const NARROWED =
  "ARNs of known accounts, or limited to one account by a condition on 'aws:PrincipalArn', 'aws:SourceAccount' or 'kms:CallerAccount'";

describeRule("KMS-02", [
  {
    what: "a key for everybody",
    layer: "foundation",
    environment: "dev",
    resource: "data-key",
    change: inPolicy(([, use]) => (use.Principal = "*")),
    says: `foundation-dev/data-key: 'policy.Statement.AccountUses.Principal' must be ${NARROWED}, got '*'`,
    unknown: "policy",
  },
  {
    what: "a service's role that is named without its account",
    layer: "foundation",
    resource: "cluster-key",
    change: inPolicy((statements) => (statements[2].Condition = { StringLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/x" } })),
    says: `foundation-prod/cluster-key: 'policy.Statement.NodeVolumes.Principal' must be ${NARROWED}, got '*'`,
    unknown: "policy",
  },
  {
    what: "users that may do everything",
    layer: "foundation",
    resource: "data-key",
    change: inPolicy(([, use]) => (use.Action = "kms:*")),
    says: "foundation-prod/data-key: 'policy.Statement.AccountUses.Action' must be actions that either administer the key or use it, got 'kms:*'",
    unknown: "policy",
  },
  {
    what: "an administrator who uses the key",
    layer: "foundation",
    resource: "data-key",
    change: inPolicy(([administer, use]) => {
      administer.Principal.AWS = ["arn:aws:iam::333333333333:role/operations"];
      use.Principal.AWS = [use.Principal.AWS, "arn:aws:iam::333333333333:role/operations"];
    }),
    says: "foundation-prod/data-key: 'policy.Statement.AccountUses.Principal' must be users who do not administer the key, got 'arn:aws:iam::333333333333:role/operations'",
    unknown: "policy",
  },
  {
    what: "a key that may lock its owners out",
    layer: "foundation",
    resource: "data-key",
    change: (inputs) => (inputs.bypassPolicyLockoutSafetyCheck = true),
    says: "foundation-prod/data-key: 'bypassPolicyLockoutSafetyCheck' must be false, got 'true'",
    unknown: "bypassPolicyLockoutSafetyCheck",
  },
  {
    what: "a policy beside its key",
    layer: "foundation",
    add: {
      type: "aws:kms/keyPolicy:KeyPolicy",
      name: "policy",
      inputs: {
        keyId: "1",
        policy: '{"Statement": {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": "kms:Decrypt", "Resource": "*"}}',
      },
    },
    says: `foundation-prod/policy: 'policy.Statement.0.Principal' must be ${NARROWED}, got '*'`,
    unknown: "policy",
  },
]);

describe("KMS-02", () => {
  const statement = (parts: object) => ({ Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...parts });
  const said = (...statements: object[]) =>
    faults("KMS-02", { type: KEY, inputs: { policy: JSON.stringify({ Statement: statements }) } });

  it.each([
    { StringEquals: { "kms:CallerAccount": "111111111111" } },
    { StringEquals: { "AWS:principalaccount": ["111111111111"] } },
    { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/reader" } },
    { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/*" } },
  ])("accepts everybody narrowed by %j", (Condition) => {
    expect(said(statement({ Principal: "*", Condition }))).toEqual([]);
  });

  it.each([
    { StringEquals: { "kms:CallerAccount": [] } },
    { StringEqualsIfExists: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/reader" } },
    { "ForAllValues:StringEquals": { "aws:PrincipalAccount": "111111111111" } },
    { StringNotEquals: { "aws:PrincipalAccount": "111111111111" } },
    { StringLike: { "aws:PrincipalAccount": "1111*" } },
    { ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/reader", "arn:aws:iam::*:role/reader"] } },
    { StringEquals: { "aws:SourceIp": "10.0.0.1" } },
  ])("refuses everybody under %j", (Condition) => {
    expect(said(statement({ Principal: { AWS: "*" }, Condition }))).toEqual([
      `'policy.Statement.0.Principal' must be ${NARROWED}, got '*'`,
    ]);
  });

  it("takes those who are not named for everybody", () => {
    expect(said(statement({ NotPrincipal: { AWS: "arn:aws:iam::111111111111:root" } }))).toEqual([
      `'policy.Statement.0.Principal' must be ${NARROWED}, got 'everybody but a few'`,
    ]);
  });

  it.each([
    {},
    { StringLike: { "aws:SourceArn": "arn:aws:cloudtrail:*" } },
    { ArnLike: { "aws:SourceArn": "arn:aws:logs:*:*:*" } },
  ])("refuses a service under %j", (Condition) => {
    expect(said(statement({ Principal: { Service: "cloudtrail.amazonaws.com" }, Condition }))).toEqual([
      `'policy.Statement.0.Principal' must be ${NARROWED}, got 'cloudtrail.amazonaws.com for any account'`,
    ]);
  });

  it("takes what is not excluded for allowed", () => {
    const Principal = { AWS: "arn:aws:iam::111111111111:role/operations" };
    expect(said(statement({ Principal, Action: undefined, NotAction: ["kms:CreateGrant"] }))).toEqual([
      "'policy.Statement.0.NotAction' must be actions that either administer the key or use it, got 'kms:CreateGrant'",
    ]);
  });

  it("has nothing against refusals, services that say for whom they ask, and keys without a policy of their own", () => {
    expect(said(statement({ Effect: "Deny", Principal: "*", Action: "kms:*" }))).toEqual([]);
    const Condition = { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:111111111111:*" } };
    expect(said(statement({ Principal: { Service: "logs.eu-west-1.amazonaws.com" }, Condition }))).toEqual([]);
    expect(faults("KMS-02", { type: KEY, inputs: {} })).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { describeRule, found, resource } from "../../harness.ts";
import { allowing, PERMISSIONS, statement } from "./samples.ts";

describeRule("IAM-01", [
  {
    what: "a pod that may do everything with objects",
    layer: "workloads",
    resource: "fraud-reader-permissions",
    change: (inputs) => (inputs.policy = allowing({ Sid: "Read", Action: ["s3:*"] })),
    says: "workloads-prod/fraud-reader-permissions: 'policy.Statement.Read.Action' must be actions by name, got 's3:*'",
    unknown: "policy",
  },
  {
    what: "CI that may do everything with keys",
    layer: "foundation",
    environment: "dev",
    resource: "ci-deploy-data",
    change: statement("ManageKeys", (body) => body.Action.push("KMS:*")),
    says: "foundation-dev/ci-deploy-data: 'policy.Statement.ManageKeys.Action' must be actions by name, got 'KMS:*'",
    unknown: "policy",
  },
  {
    what: "nodes that administer",
    layer: "platform",
    resource: "karpenter-node-worker",
    change: (inputs) => (inputs.policyArn = "arn:aws:iam::aws:policy/AdministratorAccess"),
    says: "platform-prod/karpenter-node-worker: 'policyArn' must be a policy that names its actions, got 'arn:aws:iam::aws:policy/AdministratorAccess'",
    unknown: "policyArn",
  },
  {
    what: "a role with a policy of AWS that administers, inline",
    layer: "platform",
    resource: "cluster-role",
    change: (inputs) => (inputs.managedPolicyArns = ["arn:aws:iam::aws:policy/IAMFullAccess"]),
    says: "platform-prod/cluster-role: 'managedPolicyArns' must be a policy that names its actions, got 'arn:aws:iam::aws:policy/IAMFullAccess'",
    unknown: "managedPolicyArns",
  },
  {
    what: "a role that may do everything, inline",
    layer: "platform",
    resource: "cluster-role",
    change: (inputs) => (inputs.inlinePolicies = [{ name: "all", policy: allowing({ Action: "*" }) }]),
    says: "platform-prod/cluster-role: 'inlinePolicies.0.policy.Statement.0.Action' must be actions by name, got '*'",
    unknown: "inlinePolicies",
  },
  {
    what: "all actions but some",
    layer: "foundation",
    add: { type: "aws:iam/policy:Policy", name: "most", inputs: { policy: allowing({ NotAction: ["iam:*"] }) } },
    says: "foundation-prod/most: 'policy.Statement.0.NotAction' must be replaced by an 'Action' with names, got 'iam:*'",
    unknown: "policy",
  },
]);

describe("IAM-01", () => {
  const faults = (id: string, type: string, inputs: object) => found(id, resource("x", inputs, { type }));

  it.each([
    [{ Effect: "Deny", Action: "*" }, []],
    [
      {
        Action: ["s3:Get*", "iam:List*", "s3:*Bucket*", "kms:GenerateDataKey*", "s3:GetObject*", "ec2:*"],
        Resource: "arn:aws:s3:::a/*",
      },
      [],
    ],
    [{ Action: "iam:*Role*" }, ["policy.Statement.0.Action: iam:*Role*"]],
    [{ Action: "iam:Pass*" }, ["policy.Statement.0.Action: iam:Pass*"]],
    [{ Action: "s3:*Object" }, ["policy.Statement.0.Action: s3:*Object"]],
    [{ Action: "s3:Get?bject" }, ["policy.Statement.0.Action: s3:Get?bject"]],
    [{ Action: "*:GetObject" }, ["policy.Statement.0.Action: *:GetObject"]],
    [{ Action: "s3:Get*", Resource: "*" }, ["policy.Statement.0.Resource: *"]],
    [{ Action: "s3:Get*", Resource: "arn:aws:s3:::*" }, ["policy.Statement.0.Resource: arn:aws:s3:::*"]],
    [{ Action: "s3:GetObject", Resource: "arn:aws:s3:::*/*" }, ["policy.Statement.0.Resource: arn:aws:s3:::*/*"]],
    [{ Action: "s3:GetObject", Resource: "arn:aws:s3:::models-*" }, []],
    [{ Action: "s3:ListAllMyBuckets", Resource: "*" }, []],
    [{ Action: "s3:GetObject", NotResource: "arn:aws:s3:::audit/*" }, ["policy.Statement.0.Resource: everything but a few"]],
    [{ Action: "kms:Decrypt", Resource: "*" }, ["policy.Statement.0.Resource: *"]],
    [
      { Action: "kms:Decrypt", Resource: "arn:aws:kms:eu-west-1:1:key/*" },
      ["policy.Statement.0.Resource: arn:aws:kms:eu-west-1:1:key/*"],
    ],
    [{ Action: "kms:Decrypt", Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/project": "a" } } }, []],
    [
      { Action: "kms:Decrypt", Resource: "*", Condition: { StringEqualsIfExists: { "aws:ResourceTag/project": "a" } } },
      ["policy.Statement.0.Resource: *"],
    ],
    [
      { Action: "kms:Decrypt", Resource: "*", Condition: { "ForAllValues:StringEquals": { "kms:ResourceAliases": "alias/a" } } },
      ["policy.Statement.0.Resource: *"],
    ],
    [
      { Action: "kms:Decrypt", Resource: "*", Condition: { StringLike: { "kms:ViaService": "*" } } },
      ["policy.Statement.0.Resource: *"],
    ],
    [
      { Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:*:1:secret:*" },
      ["policy.Statement.0.Resource: arn:aws:secretsmanager:*:1:secret:*"],
    ],
    [{ Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:eu-west-1:1:secret:team-*" }, []],
    [{ Action: "sts:AssumeRole", Resource: "arn:aws:iam::*:role/*" }, ["policy.Statement.0.Resource: arn:aws:iam::*:role/*"]],
    [{ Action: "sts:AssumeRole", Resource: "arn:aws:iam::1:role/reader" }, []],
    [
      { Action: ["*:*", "SecretsManager:**"] },
      ["policy.Statement.0.Action: *:*", "policy.Statement.0.Action: SecretsManager:**"],
    ],
  ])("IAM-01 on %j finds %j", (body, found) => {
    expect(faults("IAM-01", PERMISSIONS, { policy: allowing(body) })).toEqual(found);
  });

  it("reads the rights of people who sign in to an organisation", () => {
    const managed = { managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    expect(faults("IAM-01", "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", managed)).toEqual([
      "managedPolicyArn: arn:aws:iam::aws:policy/AdministratorAccess",
    ]);
    const inline = { inlinePolicy: allowing({ Action: "iam:*" }) };
    expect(faults("IAM-01", "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", inline)).toEqual([
      "inlinePolicy.Statement.0.Action: iam:*",
    ]);
  });

  it("takes a document that is no JSON for none, and says nothing of a secret one", () => {
    expect(faults("IAM-01", PERMISSIONS, { policy: "no JSON" })).toEqual([]);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "x" };
    expect(faults("IAM-01", PERMISSIONS, { policy: secret })).toEqual(["open: policy"]);
  });
});

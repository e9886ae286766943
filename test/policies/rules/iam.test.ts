import { describe, expect, it } from "vitest";
import { describeRule } from "../conformance.ts";
import { found } from "../found.ts";
import { resource } from "../sample.ts";

const PERMISSIONS = "aws:iam/rolePolicy:RolePolicy";
const ROLE = "aws:iam/role:Role";

/** Changes one statement of a policy in place. */
const statement = (sid: string, change: (body: any) => void) => (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  change(document.Statement.find(({ Sid }: any) => Sid === sid));
  inputs.policy = JSON.stringify(document);
};

/** A document with one statement, which allows something. */
const allowing = (body: object): string => JSON.stringify({ Statement: { Effect: "Allow", Resource: "*", ...body } });

describeRule("IAM-01", [
  {
    what: "a pod that may do everything with objects",
    layer: "workloads",
    resource: "fraud-reader-permissions",
    change: (inputs) => (inputs.policy = allowing({ Sid: "Read", Action: ["s3:*"] })),
    says: "workloads-prod/fraud-reader-permissions: 'policy.Statement.Read.Action' must be actions by their names, got 's3:*'",
    unknown: "policy",
  },
  {
    what: "CI that may do everything with keys",
    layer: "foundation",
    environment: "dev",
    resource: "ci-deploy-permissions",
    change: statement("ManageKeys", (body) => body.Action.push("KMS:*")),
    says: "foundation-dev/ci-deploy-permissions: 'policy.Statement.ManageKeys.Action' must be actions by their names, got 'KMS:*'",
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
    says: "platform-prod/cluster-role: 'inlinePolicies.0.policy.Statement.0.Action' must be actions by their names, got '*'",
    unknown: "inlinePolicies",
  },
  {
    what: "all actions but some",
    layer: "foundation",
    add: { type: "aws:iam/policy:Policy", name: "most", inputs: { policy: allowing({ NotAction: ["iam:*"] }) } },
    says: "foundation-prod/most: 'policy.Statement.0.NotAction' must be an 'Action' with names, got 'iam:*'",
    unknown: "policy",
  },
]);

describeRule("IAM-03", [
  {
    what: "CI that passes roles to every service",
    layer: "foundation",
    environment: "staging",
    resource: "ci-deploy-permissions",
    change: statement("PassRoles", (body) => delete body.Condition),
    says: "foundation-staging/ci-deploy-permissions: 'policy.Statement.PassRoles.Condition' must be the services, under 'iam:PassedToService', got 'nothing'",
    unknown: "policy",
  },
  {
    what: "Karpenter that passes every role",
    layer: "platform",
    resource: "karpenter-controller-permissions",
    type: PERMISSIONS,
    change: statement("GiveNodesTheirRole", (body) => (body.Resource = "*")),
    says: "platform-prod/karpenter-controller-permissions: 'policy.Statement.GiveNodesTheirRole.Resource' must be ARNs of roles, with their account, got '*'",
  },
  {
    what: "a pipeline without a boundary",
    layer: "foundation",
    resource: "ci-plan",
    type: ROLE,
    change: (inputs) => delete inputs.permissionsBoundary,
    says: "foundation-prod/ci-plan: 'permissionsBoundary' must be the ARN of a policy that says the most it can ever do, got 'nothing'",
    unknown: "permissionsBoundary",
  },
]);

describeRule("IAM-04", [
  {
    what: "users that a policy is attached to",
    layer: "foundation",
    add: { type: "aws:iam/policyAttachment:PolicyAttachment", name: "people", inputs: { policyArn: "arn", users: ["ann"] } },
    says: "foundation-prod/people: 'users' must be empty: attach it to roles, got 'ann'",
    unknown: "users",
  },
  {
    what: "an access key",
    layer: "workloads",
    environment: "dev",
    add: { type: "aws:iam/accessKey:AccessKey", name: "ci", inputs: { user: "ci" } },
    says: "workloads-dev/ci: 'type' must be a role, which has no lasting credentials, got 'aws:iam/accessKey:AccessKey'",
  },
]);

describe("policies of IAM", () => {
  const faults = (id: string, type: string, inputs: object) => found(id, resource("x", inputs, { type }));

  it.each([
    [{ Effect: "Deny", Action: "*" }, []],
    [{ Action: ["s3:Get*", "iam:*Role*", "ec2:*"] }, []],
    [
      { Action: ["*:*", "SecretsManager:**"] },
      ["policy.Statement.0.Action: *:*", "policy.Statement.0.Action: SecretsManager:**"],
    ],
  ])("IAM-01 on %j finds %j", (body, found) => {
    expect(faults("IAM-01", PERMISSIONS, { policy: allowing(body) })).toEqual(found);
  });

  it("takes a document that is no JSON for none, and says nothing of a secret one", () => {
    expect(faults("IAM-01", PERMISSIONS, { policy: "no JSON" })).toEqual([]);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "x" };
    expect(faults("IAM-01", PERMISSIONS, { policy: secret })).toEqual(["open: policy"]);
  });

  it.each<[object, string[]]>([
    [{ Action: "iam:GetRole" }, []],
    [
      {
        Action: "iam:Pass*",
        Resource: "arn:aws:iam::111111111111:role/a",
        Condition: { StringLike: { "iam:passedToService": "e*" } },
      },
      [],
    ],
    [
      {
        Action: "iam:*Role",
        Resource: ["arn:aws:iam::*:role/a"],
        Condition: { StringNotEquals: { "iam:PassedToService": "ec2" } },
      },
      ["policy.Statement.0.Resource: arn:aws:iam::*:role/a", "policy.Statement.0.Condition: nothing"],
    ],
  ])("IAM-03 on %j finds %j", (body, found) => {
    expect(faults("IAM-03", PERMISSIONS, { policy: allowing(body) })).toEqual(found);
  });

  it("IAM-03 asks a boundary of what people take, not of what services and pods do", () => {
    const boundary = (principal: object) => faults("IAM-03", ROLE, { assumeRolePolicy: allowing({ Principal: principal }) });
    expect(boundary({ AWS: "arn:aws:iam::111111111111:root" })).toEqual(["permissionsBoundary: nothing"]);
    expect(boundary({ Service: "ec2.amazonaws.com" })).toEqual([]);
    expect(boundary({ Federated: "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A" })).toEqual([]);
  });
});

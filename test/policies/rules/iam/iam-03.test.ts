import { describe, expect, it } from "vitest";
import { describeRule, found, resource } from "../../harness.ts";
import { allowing, PERMISSIONS, statement } from "./samples.ts";

const ROLE = "aws:iam/role:Role";

describeRule("IAM-03", [
  {
    what: "a role of a service without a boundary",
    layer: "workloads",
    resource: "fraud-reader",
    type: ROLE,
    change: (inputs) => delete inputs.permissionsBoundary,
    says: "workloads-prod/fraud-reader: 'permissionsBoundary' must be the ARN of a policy that limits the role's rights, got 'nothing'",
    unknown: "permissionsBoundary",
  },
  {
    what: "sessions of twelve hours",
    layer: "foundation",
    resource: "ci-deploy",
    type: ROLE,
    change: (inputs) => (inputs.maxSessionDuration = 43_200),
    says: "foundation-prod/ci-deploy: 'maxSessionDuration' must be at most 14400 seconds, as nobody ends a session that was stolen, got '43200'",
    unknown: "maxSessionDuration",
  },
  {
    what: "CI that passes roles of any name",
    layer: "foundation",
    resource: "ci-deploy-identities",
    change: statement("PassRoles", (body) => (body.Resource = "arn:aws:iam::333333333333:role/*")),
    says: "foundation-prod/ci-deploy-identities: 'policy.Statement.PassRoles.Resource' must be role ARNs with the beginning of a name, got 'arn:aws:iam::333333333333:role/*'",
  },
  {
    what: "CI that passes roles to every service",
    layer: "foundation",
    environment: "staging",
    resource: "ci-deploy-identities",
    change: statement("PassRoles", (body) => delete body.Condition),
    says: "foundation-staging/ci-deploy-identities: 'policy.Statement.PassRoles.Condition' must be limited to services by 'iam:PassedToService', got 'nothing'",
    unknown: "policy",
  },
  {
    what: "Karpenter that passes every role",
    layer: "platform",
    resource: "karpenter-controller-permissions",
    type: PERMISSIONS,
    change: statement("GiveNodesTheirRole", (body) => (body.Resource = "*")),
    says: "platform-prod/karpenter-controller-permissions: 'policy.Statement.GiveNodesTheirRole.Resource' must be role ARNs with an account, got '*'",
  },
  {
    what: "CI that makes roles without a boundary",
    layer: "foundation",
    resource: "ci-deploy-identities",
    change: statement("ManageBoundedRoles", (body) => delete body.Condition),
    says: "foundation-prod/ci-deploy-identities: 'policy.Statement.ManageBoundedRoles.Condition' must be the boundary that every such role has, under 'iam:PermissionsBoundary', got 'nothing for iam:CreateRole'",
    unknown: "policy",
  },
  {
    what: "CI that makes roles without a boundary",
    layer: "foundation",
    resource: "ci-deploy-identities",
    change: statement("ManageBoundedRoles", (body) => delete body.Condition),
    says: "foundation-prod/ci-deploy-identities: 'policy.Statement.ManageBoundedRoles.Condition' must be the boundary that every such role has, under 'iam:PermissionsBoundary', got 'nothing for iam:CreateRole'",
    unknown: "policy",
  },
  {
    what: "a pipeline without a boundary",
    layer: "foundation",
    resource: "ci-plan",
    type: ROLE,
    change: (inputs) => delete inputs.permissionsBoundary,
    says: "foundation-prod/ci-plan: 'permissionsBoundary' must be the ARN of a policy that limits the role's rights, got 'nothing'",
    unknown: "permissionsBoundary",
  },
]);

describe("IAM-03", () => {
  const faults = (id: string, type: string, inputs: object) => found(id, resource("x", inputs, { type }));

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
      [
        "policy.Statement.0.Resource: arn:aws:iam::*:role/a",
        "policy.Statement.0.Condition: nothing",
        "policy.Statement.0.Condition: nothing for iam:CreateRole",
      ],
    ],
    [{ Action: "iam:PutRolePolicy" }, ["policy.Statement.0.Condition: nothing for iam:PutRolePolicy"]],
    [{ Action: "iam:Update*" }, ["policy.Statement.0.Condition: nothing for iam:UpdateAssumeRolePolicy"]],
    [{ Action: "iam:CreateRole", Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::1:policy/b" } } }, []],
    [
      { Action: "iam:CreateRole", Condition: { StringEqualsIfExists: { "iam:PermissionsBoundary": "arn:aws:iam::1:policy/b" } } },
      ["policy.Statement.0.Condition: nothing for iam:CreateRole"],
    ],
    [
      {
        Action: "iam:AttachRolePolicy",
        Condition: { StringNotEquals: { "iam:PermissionsBoundary": "arn:aws:iam::1:policy/b" } },
      },
      ["policy.Statement.0.Condition: nothing for iam:AttachRolePolicy"],
    ],
  ])("IAM-03 on %j finds %j", (body, found) => {
    expect(faults("IAM-03", PERMISSIONS, { policy: allowing(body) })).toEqual(found);
  });

  it.each<[string, object, string[]]>([
    ["aws:rolesanywhere/profile:Profile", { durationSeconds: 43_200 }, ["durationSeconds: 43200"]],
    ["aws:rolesanywhere/profile:Profile", { durationSeconds: "3600" }, []],
    ["aws:ssoadmin/permissionSet:PermissionSet", { sessionDuration: "PT12H" }, ["sessionDuration: PT12H"]],
    ["aws:ssoadmin/permissionSet:PermissionSet", { sessionDuration: "PT4H1M" }, ["sessionDuration: PT4H1M"]],
    ["aws:ssoadmin/permissionSet:PermissionSet", { sessionDuration: "PT1H30M" }, []],
    ["aws:ssoadmin/permissionSet:PermissionSet", { sessionDuration: null }, []],
  ])("IAM-03 reads the sessions of %s %j as %j", (type, inputs, said) => {
    expect(found("IAM-03", resource("x", inputs, { type }))).toEqual(said);
  });

  it("IAM-03 asks a boundary of what people take, not of what services and pods do, where it asks people alone", () => {
    const boundary = (principal: object) =>
      found("IAM-03", resource("x", { assumeRolePolicy: allowing({ Principal: principal }) }, { type: ROLE }), {
        boundary: "roles of people",
        hours: 12,
      });
    expect(boundary({ AWS: "arn:aws:iam::111111111111:root" })).toEqual(["permissionsBoundary: nothing"]);
    expect(boundary({ Service: "ec2.amazonaws.com" })).toEqual([]);
    expect(boundary({ Federated: "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A" })).toEqual([]);
  });
});

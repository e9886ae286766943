import { describe, expect, it } from "vitest";
import { describeRule, found, resource } from "../../harness.ts";

const ROLE = "aws:iam/role:Role";

/** Changes the statement of a trust policy in place. */
const trust = (change: (body: any) => void) => (inputs: any) => {
  const document = JSON.parse(inputs.assumeRolePolicy);
  change(document.Statement[0]);
  inputs.assumeRolePolicy = JSON.stringify(document);
};

describeRule("IAM-02", [
  {
    what: "CI that deploys code of pull requests",
    layer: "foundation",
    resource: "ci-deploy",
    type: ROLE,
    change: trust((body) => (body.Condition.StringEquals["token.actions.githubusercontent.com:sub"] = "repo:a/b:pull_request")),
    says: "foundation-prod/ci-deploy: 'assumeRolePolicy.Statement.GitHubActions.Condition' must be limited to code that somebody has looked at, got 'repo:a/b:pull_request'",
    unknown: "assumeRolePolicy",
  },
  {
    what: "a role of pods that a second statement gives to the account",
    layer: "workloads",
    resource: "fraud-reader",
    type: ROLE,
    change: (inputs) => {
      const document = JSON.parse(inputs.assumeRolePolicy);
      document.Statement.push({
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::333333333333:root" },
        Action: "sts:AssumeRole",
      });
      inputs.assumeRolePolicy = JSON.stringify(document);
    },
    says: "workloads-prod/fraud-reader: 'assumeRolePolicy.Statement.Account.Principal' must be pods.eks.amazonaws.com alone, as the role is that of a service account, got 'arn:aws:iam::333333333333:root'",
  },
  {
    what: "somebody else's account with an empty word",
    layer: "foundation",
    resource: "ci-deploy",
    type: ROLE,
    change: trust((body) => {
      body.Principal = { AWS: "arn:aws:iam::999999999999:role/a" };
      body.Condition = { StringEquals: { "sts:ExternalId": "" } };
    }),
    says: "foundation-prod/ci-deploy: 'assumeRolePolicy.Statement.GitHubActions.Principal' must be the ARNs of those who may take the role, got 'arn:aws:iam::999999999999:role/a'",
  },
  {
    what: "CI of every branch",
    layer: "foundation",
    resource: "ci-deploy",
    type: ROLE,
    change: trust((body) => {
      const { "token.actions.githubusercontent.com:aud": audience } = body.Condition.StringEquals;
      body.Condition = {
        StringEquals: { "token.actions.githubusercontent.com:aud": audience },
        StringLike: { "token.actions.githubusercontent.com:sub": "repo:example/millrace:*" },
      };
    }),
    says: "foundation-prod/ci-deploy: 'assumeRolePolicy.Statement.GitHubActions.Condition' must be a StringEquals on '<issuer>:sub' with whole subjects, got 'StringLike repo:example/millrace:*'",
    unknown: "assumeRolePolicy",
  },
  {
    what: "tokens for somebody else",
    layer: "foundation",
    resource: "ci-plan",
    type: ROLE,
    change: trust((body) => (body.Condition.StringEquals["token.actions.githubusercontent.com:aud"] = "example")),
    says: "foundation-prod/ci-plan: 'assumeRolePolicy.Statement.GitHubActions.Condition' must be a StringEquals on '<issuer>:aud' with sts.amazonaws.com, got 'StringEquals example'",
  },
  {
    what: "everybody with an AWS account",
    layer: "platform",
    resource: "cluster-role",
    change: trust((body) => (body.Principal = { AWS: "*" })),
    says: "platform-prod/cluster-role: 'assumeRolePolicy.Statement.ServiceAssumes.Principal' must be the ARNs of those who may take the role, got '*'",
  },
  {
    what: "a service on behalf of anybody",
    layer: "platform",
    resource: "cluster-role",
    change: trust((body) => (body.Principal.Service = "scheduler.amazonaws.com")),
    says: "platform-prod/cluster-role: 'assumeRolePolicy.Statement.ServiceAssumes.Condition' must be limited by 'aws:SourceAccount' or 'aws:SourceArn' to the source that the service acts for, got 'nothing for scheduler.amazonaws.com'",
  },
]);

describe("IAM-02", () => {
  it.each([
    // A cluster's own provider, exactly one service account.
    [
      {
        Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "oidc.eks:aud": "sts.amazonaws.com", "oidc.eks:sub": "system:serviceaccount:a:b" } },
      },
      [],
    ],
    [
      { Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/gitlab" }, Action: "sts:*" },
      ["assumeRolePolicy.Statement.0.Condition: nothing", "assumeRolePolicy.Statement.0.Condition: nothing"],
    ],
    [{ Principal: { Federated: "arn:aws:iam::111111111111:saml-provider/sso" }, Action: "sts:AssumeRoleWithSAML" }, []],
    [{ Principal: "*", Action: "sts:AssumeRole" }, ["assumeRolePolicy.Statement.0.Principal: *"]],
    [
      {
        Principal: { Service: ["scheduler.amazonaws.com", "lambda.amazonaws.com"] },
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      },
      [],
    ],
    [{ Principal: { Service: "states.us-west-2.amazonaws.com" } }, []],
    // What AWS's own trust policies name without a source.
    [
      {
        Principal: {
          Service: ["lambda", "ecs-tasks", "glue", "firehose", "states", "codebuild", "ec2"].map(
            (each) => `${each}.amazonaws.com`,
          ),
        },
      },
      [],
    ],
    [
      { Principal: { Service: ["lambda.amazonaws.com", "pods.eks.amazonaws.com"] } },
      ["assumeRolePolicy.Statement.0.Principal: lambda.amazonaws.com"],
    ],
    [
      { Principal: { AWS: "arn:aws:iam::111111111111:root", Service: "pods.eks.amazonaws.com" } },
      ["assumeRolePolicy.Statement.0.Principal: arn:aws:iam::111111111111:root"],
    ],
    [
      { Principal: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } } },
      ["assumeRolePolicy.Statement.0.Principal: *"],
    ],
    [{ Principal: ["*"] }, ["assumeRolePolicy.Statement.0.Principal: *"]],
    [{ NotPrincipal: { AWS: "1" } }, ["assumeRolePolicy.Statement.0.Principal: everybody but a few"]],
    [
      {
        Principal: { Service: "scheduler.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:scheduler:*:*:*" } },
      },
      ["assumeRolePolicy.Statement.0.Condition: nothing for scheduler.amazonaws.com"],
    ],
    ...["StringLike", "StringEquals"].map((operator): [object, string[]] => [
      {
        Principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/gitlab" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { [operator]: { "GITLAB:SUB": "project_path:a/b:ref:main", "gitlab:aud": "sts.amazonaws.com" } },
      },
      [],
    ]),
    [
      { Principal: { Service: "scheduler.amazonaws.com" }, Condition: { StringEqualsIfExists: { "aws:SourceAccount": "1" } } },
      ["assumeRolePolicy.Statement.0.Condition: nothing for scheduler.amazonaws.com"],
    ],
  ])("IAM-02 on %j finds %j", (body, faults) => {
    const inputs = { assumeRolePolicy: { Statement: [{ Effect: "Allow", ...body }] } };
    expect(found("IAM-02", resource("x", inputs, { type: ROLE }))).toEqual(faults);
  });

  it.each([
    ["without a condition", "millrace-prod-break-glass", {}, ["assumeRolePolicy.Statement.0.Condition: no end"]],
    [
      "with a beginning alone",
      "millrace-prod-break-glass",
      { DateGreaterThan: { "aws:CurrentTime": "2026-12-01T14:00:00Z" } },
      ["assumeRolePolicy.Statement.0.Condition: no end"],
    ],
    [
      "with the age of its session",
      "millrace-prod-break-glass",
      { DateLessThan: { "aws:TokenIssueTime": "2026-12-01T18:00:00Z" } },
      ["assumeRolePolicy.Statement.0.Condition: no end"],
    ],
    ["with an end", "millrace-prod-break-glass", { DateLessThan: { "aws:CurrentTime": "2026-12-01T17:00:00Z" } }, []],
    ["without a condition", "millrace-prod-reader", {}, []],
  ])("on a role that people take %s and that is called %s", (_, name, Condition, faults) => {
    const trusted = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:role/admins" }, Condition };
    const inputs = { name, assumeRolePolicy: { Statement: [trusted] } };
    expect(found("IAM-02", resource("x", inputs, { type: ROLE }))).toEqual(faults);
  });

  it("knows the accounts of the provider", () => {
    const assumeRolePolicy = { Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::999999999999:root" } }] };
    const asked = (provider: object) =>
      found("IAM-02", resource("x", { assumeRolePolicy }, { type: ROLE, provider: { ...provider } }));
    expect(asked({})).toEqual([]);
    expect(asked({ allowedAccountIds: '["111111111111"]' })).toEqual([
      "assumeRolePolicy.Statement.0.Principal: arn:aws:iam::999999999999:root",
    ]);
  });
});

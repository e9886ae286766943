import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { statement } from "./samples.ts";

const added = (body: object) => (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  document.Statement.push({ Sid: "Added", Effect: "Allow", ...body });
  inputs.policy = JSON.stringify(document);
};

describeRule("IAM-07", [
  {
    what: "jobs that send commands to every machine",
    layer: "workloads",
    resource: "risk-identity-role-permissions",
    change: added({ Action: "ssm:*", Resource: "*" }),
    says: "workloads-prod/risk-identity-role-permissions: 'policy.Statement.Added.Resource' must be the ARNs of what ssm:SendCommand is needed for, got '*'",
    unknown: "policy",
  },
  {
    what: "jobs that read the data of every team",
    layer: "workloads",
    resource: "risk-identity-role-permissions",
    change: added({ Action: ["s3:Get*"], Resource: ["arn:aws:s3:::millrace-prod-data-c9eac55/*"] }),
    says: "workloads-prod/risk-identity-role-permissions: 'policy.Statement.Added.Resource' must be a folder of one bucket, which others use too, got 'arn:aws:s3:::millrace-prod-data-c9eac55/*'",
  },
  {
    what: "CI that nobody keeps from its own boundary",
    layer: "foundation",
    resource: "ci-deploy-identities",
    change: statement("HandsOffIdentities", (body) => (body.Condition = { Bool: { "aws:MultiFactorAuthPresent": "false" } })),
    says: "foundation-prod/ci-deploy-identities: 'policy' must be closed to changes of the role that has it, got 'iam:PutRolePermissionsBoundary on ci-deploy'",
    unknown: "policy",
  },
]);

describe("IAM-07", () => {
  const faults = (body: object, parameters: object = { shared: ["data"] }): string[] =>
    found(
      "IAM-07",
      [
        of("aws:iam/rolePolicy:RolePolicy", "p", {
          policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...body } }),
        }),
      ],
      parameters,
    );

  it.each<[object, number]>([
    [{ Resource: "arn:aws:s3:::our-data/*" }, 1],
    [{ Resource: "arn:aws:s3:::our-*" }, 1],
    [{ Resource: "arn:aws:s3:::our-data-*/raw/*" }, 0],
    [{ Resource: "arn:aws:s3:::logs/*" }, 0],
    [{ Resource: "arn:aws:s3:::our-data/raw/*/*" }, 1],
    [{ Resource: "arn:aws:s3:::our-data/raw/risk/day-*" }, 0],
    [{ Action: "s3:ListBucket", Condition: { StringLike: { "s3:prefix": ["*"] } } }, 1],
    [{ Action: "s3:ListBucket", Condition: { StringLike: { "s3:prefix": ["", "raw/risk/*", "raw/*/a"] } } }, 1],
    [{ Action: "s3:ListBucket", Condition: { StringLike: { "s3:prefix": ["", "raw/risk/*"] } } }, 0],
    [{ Action: "s3:ListBucket", Condition: { StringNotLike: { "s3:prefix": "*" } } }, 0],
    [{ Action: "ec2:RunInstances", Condition: { StringLike: { "aws:RequestTag/pool": "*" } } }, 0],
    [{ Action: "ecr:PutImage", Resource: "arn:aws:ecr:eu-north-1:333333333333:repository/*" }, 1],
    [{ Action: "ecr:PutImage", Resource: "arn:aws:ecr:eu-north-1:333333333333:repository/team/*" }, 0],
    [{ Action: "s3:ListBucket", Resource: "arn:aws:s3:::our-data" }, 0],
    [{ Action: "cloudtrail:Stop*" }, 1],
    [{ Action: "cloudtrail:Describe*" }, 0],
    [{ Action: "ecr:*", Condition: { StringEquals: { "aws:ResourceTag/team": "a" } } }, 0],
    [{ Action: "ecr:*", Condition: { Bool: { "aws:SecureTransport": "true" } } }, 1],
    [{ Action: "kms:PutKeyPolicy", Resource: "arn:aws:kms:eu-north-1:333333333333:key/*" }, 1],
    [{ Action: "kms:PutKeyPolicy", Resource: "arn:aws:kms:eu-north-1:333333333333:key/a" }, 0],
    [{ Effect: "Deny", Action: "*" }, 0],
  ])("finds in %j %i", (body, count) => {
    expect(faults(body)).toHaveLength(count);
  });

  it("knows no shared buckets in other programs", () => {
    expect(faults({ Resource: "arn:aws:s3:::our-data/*" }, { shared: [] })).toEqual([]);
  });

  it("has nothing against a policy that nobody attaches", () => {
    const policy = JSON.stringify({ Statement: { Effect: "Allow", Action: "eks:*", Resource: "*" } });
    expect(found("IAM-07", [of("aws:iam/policy:Policy", "b", { policy })])).toEqual([]);
  });
});

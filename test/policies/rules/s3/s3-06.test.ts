import { describe, expect, it } from "vitest";

import { describeRule, said } from "../../harness.ts";
import { changePolicy, resource } from "./samples.ts";

describe("S3-06", () => {
  it.each<[string, object]>([
    ["our own account", { Principal: { AWS: "arn:aws:iam::111111111111:role/reader" } }],
    [
      "a service for our account",
      {
        Principal: { Service: "logging.s3.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      },
    ],
    ["the log of a load balancer, which an account of AWS writes", { Principal: { AWS: "arn:aws:iam::156460612806:root" } }],
    ["a distribution", { Principal: { AWS: "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1" } }],
    ["our organisation", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }],
    ["our endpoint", { Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:sourceVpce": ["vpce-1"] } } }],
    ["principals of our account", { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "111111111111" } } }],
  ])("lets in %s", (_, statement) => {
    const document = JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement } });
    expect(said("S3-06", resource("aws:s3/bucketPolicy:BucketPolicy", "p", { policy: document }))).toEqual([]);
  });
});

const allow = (statement: object) => changePolicy((statements) => statements.push({ Effect: "Allow", ...statement }));

const read = { Action: "s3:GetObject", Resource: "*" };

const stranger = "arn:aws:iam::999999999999:role/partner";

describeRule("S3-06", [
  {
    what: "a service for every account",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { Service: "logging.s3.amazonaws.com" } }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got 'logging.s3.amazonaws.com for any account'",
  },
  {
    what: "everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: "*" }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got '*'",
    unknown: "policy",
  },
  {
    what: "a role of another account",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: [stranger] } }),
    says: `foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got '${stranger}'`,
  },
  {
    what: "everybody where a condition fits everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: "*" }, Condition: { StringLike: { "aws:PrincipalArn": "*" } } }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got '*'",
  },
  {
    what: "everybody but one",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, NotPrincipal: { AWS: stranger } }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got 'everybody but a few'",
  },
  {
    what: "a policy in the bucket, for another account",
    layer: "workloads",
    add: {
      type: "aws:s3/bucket:Bucket",
      name: "features",
      provider: { allowedAccountIds: '["333333333333"]' },
      inputs: { policy: { Statement: { Effect: "Allow", Principal: { AWS: "999999999999" }, ...read } } },
    },
    says: "workloads-prod/features: 'policy.Statement.0.Principal' must be principals of known accounts, got '999999999999'",
  },
]);

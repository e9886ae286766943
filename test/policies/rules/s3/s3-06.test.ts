import { describe, expect, it } from "vitest";

import { describeRule, said } from "../../harness.ts";
import { changePolicy, resource } from "./samples.ts";

describe("S3-06", () => {
  it.each<[string, object]>([
    ["our own account", { Principal: { AWS: "arn:aws:iam::111111111111:role/reader" } }],
    ["a service", { Principal: { Service: "logging.s3.amazonaws.com" } }],
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
    what: "everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: "*" }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of accounts that you name, got '*'",
    unknown: "policy",
  },
  {
    what: "a role of another account",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: [stranger] } }),
    says: `foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of accounts that you name, got '${stranger}'`,
  },
  {
    what: "everybody where a condition fits everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: "*" }, Condition: { StringLike: { "aws:PrincipalArn": "*" } } }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of accounts that you name, got '*'",
  },
  {
    what: "everybody but one",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, NotPrincipal: { AWS: stranger } }),
    says: "foundation-prod/models-policy: 'policy.Statement.5.Principal' must be principals of accounts that you name, got 'everybody but a few'",
  },
  {
    what: "a policy in the bucket, for another account",
    layer: "workloads",
    add: {
      type: "aws:s3/bucket:Bucket",
      name: "features",
      inputs: { policy: { Statement: { Effect: "Allow", Principal: { AWS: "999999999999" }, ...read } } },
    },
    says: "workloads-prod/features: 'policy.Statement.0.Principal' must be principals of accounts that you name, got '999999999999'",
  },
]);

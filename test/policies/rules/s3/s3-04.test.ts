import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, said, verdictOf } from "../../harness.ts";
import { changePolicy, resource } from "./samples.ts";

describe("S3-04", () => {
  it("is told of although another one cannot be decided yet, which alone leaves the rule open", () => {
    const unknown = resource("aws:s3/bucket:Bucket", "u", { policy: UNKNOWN });
    const open = resource("aws:s3/bucket:Bucket", "o", {});
    expect(said("S3-04", unknown, open)).toEqual([
      "S3-04 s/o: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
    ]);
    expect(verdictOf("S3-04", [unknown]).open.map(({ path }) => path)).toEqual(["policy"]);
  });

  const closed = (...parts: string[][]) =>
    parts.flatMap((Resource) =>
      [{ Bool: { "aws:SecureTransport": "false" } }, { NumericLessThan: { "s3:TlsVersion": 1.2 } }].map((Condition) => ({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource,
        Condition,
      })),
    );

  it.each([
    [["arn:aws:s3:::data", "arn:aws:s3:::data/*"]],
    [["arn:aws:s3:::data/*"], ["arn:aws:s3:::data"]],
    [["arn:aws:s3:::data*"]],
    [["arn:aws-cn:s3:::data", "arn:aws-cn:s3:::data/*"]],
    [["*"]],
  ])("accepts denials of %j", (...parts) => {
    for (const bucket of ["data", undefined]) {
      const policy = JSON.stringify({ Statement: closed(...parts) });
      expect(said("S3-04", resource("aws:s3/bucket:Bucket", "b", { bucket, policy }))).toEqual([]);
    }
  });

  it("refuses denials of another bucket", () => {
    const policy = JSON.stringify({ Statement: closed(["arn:aws:s3:::other", "arn:aws:s3:::other/*"]) });
    expect(said("S3-04", resource("aws:s3/bucket:Bucket", "b", { bucket: "data", policy }))).toHaveLength(1);
  });
});

describeRule("S3-04", [
  {
    what: "plain HTTP",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy((statements) => statements.splice(0, 1)),
    says: "foundation-prod/data-policy: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
    unknown: "policy",
  },
  {
    what: "a denial of the objects alone",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy(
      (statements) => (statements[0].Resource = statements[0].Resource.filter((arn: string) => arn.endsWith("/*"))),
    ),
    says: "foundation-prod/data-policy: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
  },
  {
    what: "a denial of the bucket alone",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy(
      (statements) => (statements[0].Resource = statements[0].Resource.filter((arn: string) => !arn.endsWith("/*"))),
    ),
    says: "foundation-prod/data-policy: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
  },
  {
    what: "old TLS",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy((statements) => (statements[1].Condition.NumericLessThan["s3:TlsVersion"] = "1.1")),
    says: "foundation-prod/data-policy: 'policy' must be closed to TLS older than 1.2, got 'TLS of any version'",
    unknown: "policy",
  },
  {
    what: "a denial that a second condition narrows",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy((statements) => (statements[0].Condition.StringEquals = { "aws:PrincipalAccount": "111111111111" })),
    says: "foundation-prod/data-policy: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
  },
  {
    what: "a bucket without a policy",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "features", inputs: {} },
    says: "workloads-prod/features: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
  },
]);

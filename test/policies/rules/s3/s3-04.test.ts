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

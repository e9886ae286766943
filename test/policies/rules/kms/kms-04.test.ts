import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const KEY = "aws:kms/key:Key";

describeRule("KMS-04", [
  {
    what: "a key with the policy that AWS gives it",
    layer: "foundation",
    resource: "logs-key",
    change: (inputs) => delete inputs.policy,
    says: "foundation-prod/logs-key: 'policy' must be a policy of its own, got 'nothing, which is AWS's default'",
    unknown: "policy",
  },
]);

describe("KMS-04", () => {
  it("takes a policy beside the key, and one that is not known yet", () => {
    const key = of(KEY, "key", {});
    expect(found("KMS-04", [key, of("aws:kms/keyPolicy:KeyPolicy", "policy", { policy: "{}" }, ["key"])])).toEqual([]);
    expect(found("KMS-04", [key, of("aws:kms/keyPolicy:KeyPolicy", "policy", { policy: "{}" }, ["other"])])).toHaveLength(1);
    expect(found("KMS-04", [of(KEY, "key", { policy: UNKNOWN })])).toEqual([]);
    expect(found("KMS-04", [of(KEY, "key", { policy: "{}" })])).toHaveLength(1);
    expect(found("KMS-04", [key], ruleOf("KMS-04").elsewhere)).toEqual([]);
  });
});

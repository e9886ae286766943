import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";

const KEY = "aws:kms/key:Key";

describeRule("KMS-01", [
  {
    what: "a key that is never renewed",
    layer: "foundation",
    resource: "data-key",
    change: (inputs) => (inputs.enableKeyRotation = false),
    says: "foundation-prod/data-key: 'enableKeyRotation' must be true, got 'false'",
    unknown: "enableKeyRotation",
  },
  {
    what: "a key that is rarely renewed",
    layer: "foundation",
    environment: "dev",
    resource: "logs-key",
    change: (inputs) => (inputs.rotationPeriodInDays = 730),
    says: "foundation-dev/logs-key: 'rotationPeriodInDays' must be at most 365 days, got '730'",
    unknown: "rotationPeriodInDays",
  },
]);

describe("KMS-01", () => {
  it.each([[{ customerMasterKeySpec: "RSA_4096" }], [{ customKeyStoreId: "cks-1" }]])(
    "leaves %j, which KMS cannot renew",
    (inputs) => {
      expect(faults("KMS-01", { type: KEY, inputs })).toEqual([]);
    },
  );

  it("takes KMS's own year for granted", () => {
    expect(faults("KMS-01", { type: KEY, inputs: { enableKeyRotation: true } })).toEqual([]);
    expect(faults("KMS-01", { type: KEY, inputs: {} })).toEqual(["'enableKeyRotation' must be true, got 'nothing'"]);
  });
});

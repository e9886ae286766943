import { describe, expect, it } from "vitest";
import { describeRule, faults } from "../../harness.ts";

describeRule("KMS-03", [
  {
    what: "a key that is soon forgotten",
    layer: "foundation",
    resource: "database-key",
    change: (inputs) => (inputs.deletionWindowInDays = 7),
    says: "foundation-prod/database-key: 'deletionWindowInDays' must be at least 30 days, got '7'",
    unknown: "deletionWindowInDays",
  },
  {
    what: "a key that Pulumi would delete",
    layer: "foundation",
    environment: "staging",
    resource: "database-key",
    change: (_inputs, resource) => (resource.protect = false),
    says: "foundation-staging/database-key: 'protect' must be true, got 'false'",
  },
  {
    what: "a key that is switched off",
    layer: "foundation",
    resource: "cluster-key",
    change: (inputs) => (inputs.isEnabled = "false"),
    says: "foundation-prod/cluster-key: 'isEnabled' must be true: without it, nothing is readable, got 'false'",
    unknown: "isEnabled",
  },
]);

describe("KMS-03", () => {
  it("reads the switch of a key with material of its own", () => {
    const key = (enabled: unknown) => ({ type: "aws:kms/externalKey:ExternalKey", inputs: { enabled }, protect: true });
    expect(faults("KMS-03", key(true))).toEqual([]);
    expect(faults("KMS-03", key(false))).toEqual(["'enabled' must be true: without it, nothing is readable, got 'false'"]);
  });

  it("takes KMS's own 30 days for granted", () => {
    expect(faults("KMS-03", { type: "aws:kms/replicaKey:ReplicaKey", inputs: {}, protect: true })).toEqual([]);
  });
});

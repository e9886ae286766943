import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";
import { foundation } from "./samples.ts";

describeRule("S3-09", [
  {
    ...foundation,
    what: "a lock that some can open",
    resource: "audit-lock",
    change: (inputs) => (inputs.rule.defaultRetention.mode = "GOVERNANCE"),
    says: "foundation-prod/audit-lock: 'rule.defaultRetention.mode' must be COMPLIANCE, got 'GOVERNANCE'",
    unknown: "rule.defaultRetention.mode",
  },
  {
    ...foundation,
    what: "a lock that ends too early",
    resource: "audit-lock",
    change: (inputs) => (inputs.rule.defaultRetention.days = 364),
    says: "foundation-prod/audit-lock: 'rule.defaultRetention.days' must be at least 365, got '364'",
    unknown: "rule.defaultRetention.days",
  },
  {
    layer: "workloads",
    what: "a ledger without a lock",
    add: { type: "aws:s3/bucket:Bucket", name: "release-ledger", inputs: {}, protect: true },
    says: "workloads-prod/release-ledger: 'objectLockConfiguration' must be COMPLIANCE, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "a lock in the bucket that ends too early",
    add: {
      type: "aws:s3/bucket:Bucket",
      name: "release-ledger",
      inputs: { objectLockConfiguration: { rule: { defaultRetention: { mode: "COMPLIANCE", days: 30 } } } },
    },
    says: "workloads-prod/release-ledger: 'objectLockConfiguration.days' must be at least 365, got '30'",
  },
  {
    ...foundation,
    what: "inputs of production without a lock",
    resource: "predictions-lock",
    change: (inputs) => delete inputs.rule,
    says: "foundation-prod/predictions-lock: 'rule.defaultRetention.mode' must be COMPLIANCE or GOVERNANCE, got 'nothing'",
    unknown: "rule",
  },
  {
    ...foundation,
    what: "models that are locked for a day",
    resource: "models-lock",
    change: (inputs) => (inputs.rule.defaultRetention.days = 1),
    says: "foundation-prod/models-lock: 'rule.defaultRetention.days' must be at least 90, got '1'",
    unknown: "rule.defaultRetention.days",
  },
  {
    ...foundation,
    what: "evidence that goes before its lock",
    resource: "audit-lifecycle",
    change: (inputs) => (inputs.rules[1].expiration.days = 30),
    says: "foundation-prod/audit-lifecycle: 'rules.1.expiration.days' must be at least 365 days, got '30'",
    unknown: "rules.1.expiration.days",
  },
]);

describe("S3-09", () => {
  const LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration";
  const locked = (name: string, defaultRetention: object, dependencies = [name]) => [
    of("aws:s3/bucket:Bucket", name, {}),
    of(LOCK, `${name}-lock`, { rule: { defaultRetention } }, dependencies),
  ];

  it.each<[string, object, number]>([
    ["predictions", { mode: "GOVERNANCE", days: 93 }, 0],
    ["predictions", { mode: "COMPLIANCE", years: 1 }, 0],
    ["audit", { mode: "COMPLIANCE", years: 2 }, 0],
    ["audit", { mode: "GOVERNANCE", years: 2 }, 1],
    ["features", { mode: "GOVERNANCE", days: 1 }, 0],
  ])("judges %s with %j: %j faults", (name, retention, faults) => {
    expect(found("S3-09", locked(name, retention))).toHaveLength(faults);
    expect(found("S3-09", locked(name, { mode: "GOVERNANCE", days: 1 }), ruleOf("S3-09").elsewhere)).toEqual([]);
  });
});

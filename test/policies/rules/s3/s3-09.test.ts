import { describeRule } from "../../harness.ts";
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
]);

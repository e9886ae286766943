import { describeRule } from "../../harness.ts";
import { foundation } from "./samples.ts";

describeRule("S3-05", [
  {
    ...foundation,
    what: "uploads that are left for long",
    resource: "models-lifecycle",
    change: (inputs) => (inputs.rules[0].abortIncompleteMultipartUpload.daysAfterInitiation = 30),
    says: "foundation-prod/models-lifecycle: 'abortIncompleteMultipartUpload' must be at most 7 days for all objects, got '30 days'",
    unknown: "rules.0.abortIncompleteMultipartUpload.daysAfterInitiation",
  },
  {
    ...foundation,
    what: "former versions that are kept for ever",
    resource: "predictions-lifecycle",
    change: (inputs) => delete inputs.rules[0].noncurrentVersionExpiration,
    says: "foundation-prod/predictions-lifecycle: 'noncurrentVersionExpiration' must be set to a number of days for all objects, got 'nothing'",
    unknown: "rules.0.noncurrentVersionExpiration",
  },
  {
    ...foundation,
    what: "production inputs that go after two months",
    resource: "data-lifecycle",
    change: (inputs) => (inputs.rules.find(({ id }: any) => id === "prefix:snapshots/").expiration.days = 60),
    says: "foundation-prod/data-lifecycle: 'rules.3.expiration.days' must be at least 90 days, got '60'",
    unknown: "rules.3.expiration.days",
  },
  {
    ...foundation,
    what: "a rule for all data that takes production inputs along",
    resource: "data-lifecycle",
    change: (inputs) => inputs.rules.push({ status: "Enabled", filter: { prefix: "" }, expiration: { days: 30 } }),
    says: "foundation-prod/data-lifecycle: 'rules.5.expiration.days' must be at least 90 days, got '30'",
  },
  {
    ...foundation,
    what: "models that go with age",
    resource: "models-lifecycle",
    change: (inputs) => inputs.rules.push({ status: "Enabled", filter: { prefix: "fraud/" }, expiration: { days: 400 } }),
    says: "foundation-prod/models-lifecycle: 'rules.1.expiration.days' must be left out, because age does not tell what is still needed, got '400'",
  },
  {
    ...foundation,
    what: "former versions that go after a day",
    resource: "data-lifecycle",
    change: (inputs) => (inputs.rules[0].noncurrentVersionExpiration.noncurrentDays = 1),
    says: "foundation-prod/data-lifecycle: 'rules.0.noncurrentVersionExpiration' must be at least 7 days, got '1 day'",
    unknown: "rules.0.noncurrentVersionExpiration",
  },
  {
    ...foundation,
    what: "models that go on a date",
    resource: "artifacts-lifecycle",
    change: (inputs) => (inputs.rules[1].expiration = { date: "2027-01-01T00:00:00Z" }),
    says: "foundation-prod/artifacts-lifecycle: 'rules.1.expiration.days' must be left out, because age does not tell what is still needed, got '0'",
    unknown: "rules.1.expiration",
  },
  {
    ...foundation,
    what: "old versions that are paid for ten years",
    resource: "data-lifecycle",
    change: (inputs) => (inputs.rules[0].noncurrentVersionExpiration.noncurrentDays = 3650),
    says: "foundation-prod/data-lifecycle: 'rules.0.noncurrentVersionExpiration' must be at most 400 days, got '3650 days'",
  },
  {
    ...foundation,
    what: "logs that stay for ever",
    resource: "logs-lifecycle",
    change: (inputs) => (inputs.rules[1].status = "Disabled"),
    says: "foundation-prod/logs-lifecycle: 'expiration.days' must be set to a number of days for all objects, got 'nothing, which is for ever'",
    unknown: "rules.1.status",
  },
  {
    layer: "workloads",
    what: "leftovers that are cleaned up under one prefix only, in the bucket itself",
    add: {
      type: "aws:s3/bucket:Bucket",
      name: "features",
      inputs: {
        lifecycleRules: [
          { enabled: true, noncurrentVersionExpiration: { days: 7 } },
          { enabled: true, prefix: "uploads/", abortIncompleteMultipartUploadDays: 1 },
          { enabled: false, abortIncompleteMultipartUploadDays: 1 },
        ],
      },
    },
    says: "workloads-prod/features: 'abortIncompleteMultipartUpload' must be at most 7 days for all objects, got 'nothing'",
  },
]);

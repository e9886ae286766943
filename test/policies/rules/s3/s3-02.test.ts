import { describeRule } from "../../harness.ts";

const without = (sid: string) => (inputs: any) => {
  const document = JSON.parse(inputs.policy);
  document.Statement = document.Statement.filter(({ Sid }: any) => Sid !== sid);
  inputs.policy = JSON.stringify(document);
};

describeRule("S3-02", [
  {
    what: "uploads under the key of AWS",
    layer: "foundation",
    resource: "data-policy",
    change: without("KmsWithKey"),
    says: "foundation-prod/data-policy: 'policy' must be closed to uploads under other keys, got 'uploads under the key of AWS'",
    unknown: "policy",
  },
  {
    what: "uploads under any key",
    layer: "foundation",
    resource: "data-policy",
    change: without("OneKeyOnly"),
    says: "foundation-prod/data-policy: 'policy' must be closed to uploads under other keys, got 'uploads under any key'",
    unknown: "policy",
  },
  {
    what: "encryption with a key of S3's own",
    layer: "foundation",
    resource: "models-encryption",
    change: (inputs) => (inputs.rules[0].applyServerSideEncryptionByDefault = { sseAlgorithm: "AES256" }),
    says: "foundation-prod/models-encryption: 'rules.0.applyServerSideEncryptionByDefault.sseAlgorithm' must be aws:kms, got 'AES256'",
    unknown: "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm",
  },
  {
    what: "the key that AWS shares among all buckets",
    layer: "foundation",
    resource: "models-encryption",
    change: (inputs) => (inputs.rules[0].applyServerSideEncryptionByDefault = { sseAlgorithm: "aws:kms" }),
    says: "foundation-prod/models-encryption: 'rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId' must be a customer managed key, got 'nothing'",
    unknown: "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
  },
  ...["alias/aws/s3", "arn:aws:kms:eu-north-1:333333333333:alias/aws/s3", "arn:aws:kms:eu-north-1:999999999999:key/1"].map(
    (key) => ({
      what: `the key ${key}, which is not ours`,
      layer: "foundation" as const,
      resource: "models-encryption",
      change: (inputs: any) => (inputs.rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId = key),
      says: `foundation-prod/models-encryption: 'rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId' must be a customer managed key of your own account, got '${key}'`,
      unknown: "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm",
    }),
  ),
  {
    what: "a call to KMS for every object",
    layer: "foundation",
    resource: "models-encryption",
    change: (inputs) => (inputs.rules[0].bucketKeyEnabled = false),
    says: "foundation-prod/models-encryption: 'rules.0.bucketKeyEnabled' must be true, got 'false'",
    unknown: "rules.0.bucketKeyEnabled",
  },
  {
    what: "a key of S3's own where S3 writes no access logs",
    layer: "foundation",
    environment: "dev",
    resource: "logs-encryption",
    change: (inputs) => (inputs.rules[0].applyServerSideEncryptionByDefault = { sseAlgorithm: "AES256" }),
    says: "foundation-dev/logs-encryption: 'rules.0.applyServerSideEncryptionByDefault.sseAlgorithm' must be aws:kms, got 'AES256'",
  },
  {
    what: "a bucket of which nobody says how it is encrypted",
    layer: "workloads",
    add: { type: "aws:s3/bucketV2:BucketV2", name: "feature-cache", inputs: {} },
    says: "workloads-prod/feature-cache: 'serverSideEncryptionConfiguration' must be aws:kms with a customer managed key, got 'nothing'",
  },
]);

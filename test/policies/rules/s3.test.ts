import { describeRule } from "../conformance.ts";

const policy = (inputs: any): any => JSON.parse(inputs.policy);
const changePolicy = (edit: (statements: any[]) => void) => (inputs: any) => {
  const document = policy(inputs);
  edit(document.Statement);
  inputs.policy = JSON.stringify(document);
};
const allow = (statement: object) => changePolicy((statements) => statements.push({ Effect: "Allow", ...statement }));
const read = { Action: "s3:GetObject", Resource: "*" };

describeRule("S3-01", [
  {
    what: "a bucket that refuses nothing",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "feature-cache", inputs: { bucketPrefix: "feature-cache-" } },
    says: "workloads-prod/feature-cache: 'publicAccessBlock' must be a BucketPublicAccessBlock of its own, got 'nothing'",
  },
  ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map((key) => ({
    what: `a bucket without ${key}`,
    layer: "foundation" as const,
    resource: "models-private",
    change: (inputs: any) => (inputs[key] = false),
    says: `foundation-prod/models-private: '${key}' must be true, got 'false'`,
    unknown: key,
  })),
]);

describeRule("S3-02", [
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
    says: "foundation-prod/models-encryption: 'rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId' must be a key of ours, got 'nothing'",
    unknown: "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
  },
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
    says: "workloads-prod/feature-cache: 'serverSideEncryptionConfiguration' must be aws:kms with a key of ours, got 'nothing'",
  },
]);

describeRule("S3-03", [
  {
    what: "versions that are no longer kept",
    layer: "foundation",
    resource: "models-versions",
    change: (inputs) => (inputs.versioningConfiguration.status = "Suspended"),
    says: "foundation-prod/models-versions: 'versioningConfiguration.status' must be Enabled, got 'Suspended'",
    unknown: "versioningConfiguration.status",
  },
  {
    what: "a bucket without versions",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "features", inputs: {} },
    says: "workloads-prod/features: 'versioning' must be Enabled, got 'nothing'",
  },
]);

describeRule("S3-04", [
  {
    what: "plain HTTP",
    layer: "foundation",
    resource: "data-policy",
    change: changePolicy((statements) => statements.splice(0, 1)),
    says: "foundation-prod/data-policy: 'policy' must be closed to all but TLS, got 'plain HTTP'",
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
    says: "foundation-prod/data-policy: 'policy' must be closed to all but TLS, got 'plain HTTP'",
  },
  {
    what: "a bucket without a policy",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "features", inputs: {} },
    says: "workloads-prod/features: 'policy' must be closed to all but TLS, got 'plain HTTP'",
  },
]);

const stranger = "arn:aws:iam::999999999999:role/partner";
describeRule("S3-06", [
  {
    what: "everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: "*" }),
    says: "foundation-prod/models-policy: 'policy.Statement.4.Principal' must be principals of accounts that you name, got '*'",
    unknown: "policy",
  },
  {
    what: "a role of another account",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: [stranger] } }),
    says: `foundation-prod/models-policy: 'policy.Statement.4.Principal' must be principals of accounts that you name, got '${stranger}'`,
  },
  {
    what: "everybody where a condition fits everybody",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, Principal: { AWS: "*" }, Condition: { StringLike: { "aws:PrincipalArn": "*" } } }),
    says: "foundation-prod/models-policy: 'policy.Statement.4.Principal' must be principals of accounts that you name, got '*'",
  },
  {
    what: "everybody but one",
    layer: "foundation",
    resource: "models-policy",
    change: allow({ ...read, NotPrincipal: { AWS: stranger } }),
    says: "foundation-prod/models-policy: 'policy.Statement.4.Principal' must be principals of accounts that you name, got 'everybody but a few'",
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

describeRule("S3-07", [
  {
    what: "objects that belong to whoever wrote them",
    layer: "foundation",
    resource: "data-owner",
    change: (inputs) => (inputs.rule.objectOwnership = "ObjectWriter"),
    says: "foundation-prod/data-owner: 'rule.objectOwnership' must be BucketOwnerEnforced, got 'ObjectWriter'",
    unknown: "rule.objectOwnership",
  },
  {
    what: "a bucket of which nobody says who owns its objects",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "features", inputs: {} },
    says: "workloads-prod/features: 'ownershipControls' must be BucketOwnerEnforced, got 'nothing'",
  },
]);

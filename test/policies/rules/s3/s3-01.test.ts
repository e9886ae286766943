import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

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
  {
    what: "an account that may have public buckets",
    layer: "foundation",
    add: {
      type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
      name: "account",
      inputs: { blockPublicAcls: true, blockPublicPolicy: "true", ignorePublicAcls: true, restrictPublicBuckets: false },
    },
    says: "foundation-prod/account: 'restrictPublicBuckets' must be true, got 'false'",
    unknown: "restrictPublicBuckets",
  },
]);

it.each<[object, string[]]>([
  [{ publicAccessBlockConfiguration: { blockPublicPolicy: false } }, ["publicAccessBlockConfiguration.blockPublicPolicy: false"]],
  [{ publicAccessBlockConfiguration: { blockPublicPolicy: "true" } }, []],
  [{ publicAccessBlockConfiguration: null }, []],
  [{}, []],
])("S3-01 reads the access point %j as %j", (inputs, said) => {
  expect(found("S3-01", [of("aws:s3/accessPoint:AccessPoint", "x", inputs)])).toEqual(said);
});

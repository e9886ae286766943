import { describe, expect, it } from "vitest";
import { found, ruleOf } from "../../harness.ts";

import { resource } from "./samples.ts";

describe("a bucket of any program", () => {
  const kms = { sseAlgorithm: "aws:kms", kmsMasterKeyId: "k" };

  it.each<[string, object]>([
    [
      "S3-02",
      { serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: kms, bucketKeyEnabled: true } } },
    ],
    [
      "S3-02",
      {
        serverSideEncryptionConfigurations: [{ rules: [{ applyServerSideEncryptionByDefaults: [kms], bucketKeyEnabled: true }] }],
      },
    ],
    ["S3-03", { versioning: { enabled: true } }],
    ["S3-03", { versionings: [{ enabled: true }] }],
    [
      "S3-04",
      {
        policy: {
          Statement: [{ Bool: { "aws:SecureTransport": false } }, { NumericLessThan: { "s3:TlsVersion": 1.2 } }].map(
            (Condition) => ({ Effect: "Deny", Principal: { AWS: "*" }, Action: "s3:*", Resource: ["a", "a/*"], Condition }),
          ),
        },
      },
    ],
  ])("keeps %s by %j", (id, inputs) => {
    const faults = (type: string, given: object) => found(id, [resource(type, "b", given)], ruleOf(id).elsewhere);
    expect(faults("aws:s3/bucket:Bucket", inputs)).toEqual([]);
    expect(faults("aws:s3/bucketV2:BucketV2", inputs)).toEqual([]);
    expect(faults("aws:s3/bucket:Bucket", {})).toHaveLength(1);
  });
});

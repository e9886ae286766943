import { policyOf } from "../../aws/bucket-policies.ts";
import { BUCKETS, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { principalsOf } from "../../aws/policy-document.ts";
import { ofEach } from "../../findings.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { weakEncryption } from "./encryption.ts";

export const S3_02 = stackRule({
  id: "S3-02",
  title: "Objects are encrypted with a customer managed key and a bucket key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.17", "AISF-INFRA-05"],
  remediation:
    'Make a BucketServerSideEncryptionConfiguration with `sseAlgorithm: "aws:kms"`, `kmsMasterKeyId` and `bucketKeyEnabled: true`.',
  peers: ["pulumi compliance-policies (inline only)", "CKV_AWS_145", "AWS-0132", "prowler"],
  types: [...BUCKETS, ...typesOf("BucketServerSideEncryptionConfiguration")],
  relate: (resources) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const weak = weakEncryption(resources, bucket);
      // S3 writes its access logs only to buckets that use its own key (S3 user guide, "Enabling server access logging").
      return weak.length > 0 && takesAccessLogs(resources, bucket) ? [] : weak;
    }),
});

const takesAccessLogs = (resources: readonly Resource[], bucket: Resource): boolean =>
  policyOf(resources, bucket).statements.some(
    (statement) => statement.allows && principalsOf(statement).Service.includes("logging.s3.amazonaws.com"),
  );

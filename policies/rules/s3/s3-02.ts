import { policyOf } from "../../aws/bucket-policies.ts";
import { BUCKETS, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { type PolicyStatement, principalsOf, speaksOf } from "../../aws/policy-document.ts";
import { strayUploads } from "../../aws/uploads.ts";
import { type Fault, ofEach } from "../../findings.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { weakEncryption } from "./encryption.ts";

/** `uploads`: whether the policy of a bucket refuses uploads under other keys. */
const CLOSED = { uploads: true };

export const S3_02 = stackRule({
  id: "S3-02",
  title: "Objects are encrypted with a customer managed key and a bucket key, also where an upload asks for another",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.17", "AISF-INFRA-05"],
  remediation:
    'Make a BucketServerSideEncryptionConfiguration with `sseAlgorithm: "aws:kms"`, `kmsMasterKeyId` and `bucketKeyEnabled: true`. Deny `s3:PutObject` with another `s3:x-amz-server-side-encryption` or key in the policy of the bucket.',
  peers: ["pulumi compliance-policies (inline only)", "CKV_AWS_145", "AWS-0132", "prowler"],
  types: [...BUCKETS, ...typesOf("BucketServerSideEncryptionConfiguration"), ...typesOf("BucketPolicy")],
  parameters: { dev: CLOSED, staging: CLOSED, prod: CLOSED },
  elsewhere: { uploads: false },
  relate: (resources, { uploads }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const weak = weakEncryption(resources, bucket);
      // S3 writes its access logs only to buckets that use its own key (S3 user guide, "Enabling server access logging").
      return weak.length > 0 ? (takesAccessLogs(resources, bucket) ? [] : weak) : uploads ? openUploads(resources, bucket) : [];
    }),
});

function openUploads(resources: readonly Resource[], bucket: Resource): Fault[] {
  const { statements, resource, path } = policyOf(resources, bucket);
  return statements.some(isOfService)
    ? []
    : strayUploads(statements).map((got) => ({ resource, property: path, got, want: "closed to uploads under other keys" }));
}

/** A service that writes to a bucket says itself how it encrypts. */
const isOfService = (statement: PolicyStatement): boolean =>
  statement.allows && principalsOf(statement).Service.length > 0 && speaksOf(statement, "s3:PutObject");

const takesAccessLogs = (resources: readonly Resource[], bucket: Resource): boolean =>
  policyOf(resources, bucket).statements.some(
    (statement) => statement.allows && principalsOf(statement).Service.includes("logging.s3.amazonaws.com"),
  );

import { openTransport, policyOf } from "../../aws/bucket-policies.ts";
import { BUCKETS, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { ofEach } from "../../findings.ts";
import { levels, stackRule } from "../../rule.ts";

export const S3_04 = stackRule({
  id: "S3-04",
  title: "Buckets accept only TLS 1.2 and newer",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.5", "CIS AWS 3.1.1"],
  remediation:
    'Deny `s3:*` on the bucket and its objects to `Principal: "*"` in two statements: where `aws:SecureTransport` is false, and where `s3:TlsVersion` is less than 1.2.',
  peers: ["CKV_AWS_379", "prowler"],
  types: [...BUCKETS, ...typesOf("BucketPolicy")],
  relate: (resources) => ofEach(bucketsAmong(resources), (bucket) => openTransport(policyOf(resources, bucket))),
});

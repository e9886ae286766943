import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { ofEach } from "../together.ts";
import { BUCKETS, beside, bucketsAmong, encryptionOf } from "./s3-bucket.ts";
import { openTransport, policyOf, strangers } from "./s3-policy.ts";

const CLOSED = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const blocksPublicAccess = stackRule({
  id: "S3-01",
  title: "Every bucket refuses public access, by list and by policy",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP S3.1", "FSBP S3.8", "CIS AWS 3.1.4"],
  remediation: `Make a BucketPublicAccessBlock for the bucket with ${CLOSED.map((each) => `\`${each}\``).join(", ")} all true.`,
  peers: [
    "pulumi compliance-policies (ACL only)",
    "CKV2_AWS_6",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "AWS-0086",
    "AWS-0087",
    "AWS-0091",
    "AWS-0093",
    "AWS-0094",
    "prowler",
  ],
  relate: (resources) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const block = beside(resources, bucket, "BucketPublicAccessBlock");
      return block
        ? CLOSED.filter((key) => block.inputs[key] !== true).map((key) => ({
            resource: block,
            property: key,
            got: String(block.inputs[key] ?? "nothing"),
            want: "true",
          }))
        : [{ resource: bucket, property: "publicAccessBlock", got: "nothing", want: "a BucketPublicAccessBlock of its own" }];
    }),
});

const encryptedByKey = stackRule({
  id: "S3-02",
  title: "Objects are encrypted with a key of ours, through a bucket key",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.17", "AISF-INFRA-05"],
  remediation:
    'Make a BucketServerSideEncryptionConfiguration with `sseAlgorithm: "aws:kms"`, `kmsMasterKeyId` and `bucketKeyEnabled: true`.',
  peers: ["pulumi compliance-policies (inline only)", "CKV_AWS_145", "AWS-0132", "prowler"],
  relate: (resources) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const weak = weakEncryption(resources, bucket);
      // S3 writes its access logs only where its own key encrypts (S3 user guide, "Enabling server access logging").
      return weak.length > 0 && takesAccessLogs(resources, bucket) ? [] : weak;
    }),
});

/** What keeps the objects of a bucket from being encrypted with a key of ours, or makes it dear. */
export function weakEncryption(resources: readonly Resource[], bucket: Resource): Fault[] {
  const found = encryptionOf(resources, bucket);
  if (!found) {
    return [
      { resource: bucket, property: "serverSideEncryptionConfiguration", got: "nothing", want: "aws:kms with a key of ours" },
    ];
  }
  const { rule: encryption, byDefault, resource, path } = found;
  const property = `${path}.applyServerSideEncryptionByDefault`;
  if (!String(byDefault.sseAlgorithm).startsWith("aws:kms")) {
    return [{ resource, property: `${property}.sseAlgorithm`, got: byDefault.sseAlgorithm ?? "nothing", want: "aws:kms" }];
  }
  if (!("kmsMasterKeyId" in byDefault)) {
    return [{ resource, property: `${property}.kmsMasterKeyId`, got: "nothing", want: "a key of ours" }];
  }
  // Two layers of encryption know no bucket key.
  return byDefault.sseAlgorithm === "aws:kms" && encryption.bucketKeyEnabled !== true
    ? [{ resource, property: `${path}.bucketKeyEnabled`, got: String(encryption.bucketKeyEnabled ?? "nothing"), want: "true" }]
    : [];
}

const takesAccessLogs = (resources: readonly Resource[], bucket: Resource): boolean =>
  policyOf(resources, bucket).statements.some(
    ({ Effect, Principal }) => Effect === "Allow" && [Principal?.Service].flat().includes("logging.s3.amazonaws.com"),
  );

const overTls = stackRule({
  id: "S3-04",
  title: "Nobody reaches a bucket but over TLS 1.2 and newer",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.5", "CIS AWS 3.1.1"],
  remediation:
    'Deny `s3:*` on the bucket and its objects to `Principal: "*"` in two statements: where `aws:SecureTransport` is false, and where `s3:TlsVersion` is less than 1.2.',
  peers: ["CKV_AWS_379", "prowler"],
  relate: (resources) => ofEach(bucketsAmong(resources), (bucket) => openTransport(policyOf(resources, bucket))),
});

interface Trusted {
  /** Accounts, 12 digits each, whose principals a bucket's policy may let in, besides those that the provider may touch. */
  accounts: string[];
}

const NOBODY_ELSE: Trusted = { accounts: [] };

const namedPrincipals = rule({
  id: "S3-06",
  title: "A bucket's policy lets in principals of known accounts only",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP S3.6"],
  remediation:
    "Name roles of your own account, or hold the statement to a fixed `aws:PrincipalAccount`, `aws:PrincipalOrgID` or VPC endpoint. Accounts that you trust go into `accounts`.",
  peers: ["CKV_AWS_70", "prowler"],
  parameters: { dev: NOBODY_ELSE, staging: NOBODY_ELSE, prod: NOBODY_ELSE },
  types: ["aws:s3/bucketPolicy:BucketPolicy", ...BUCKETS],
  check: (resource, { accounts }) => strangers(resource, accounts),
});

const ownerEnforced = stackRule({
  id: "S3-07",
  title: "The account owns every object in its buckets, and access lists mean nothing",
  severity: "medium",
  levels: levels("A/A/M"),
  frameworks: ["FSBP S3.12"],
  remediation: 'Make a BucketOwnershipControls with `objectOwnership: "BucketOwnerEnforced"`.',
  peers: ["CKV2_AWS_65"],
  relate: (resources) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const controls = beside(resources, bucket, "BucketOwnershipControls");
      const got: string = controls?.inputs.rule?.objectOwnership ?? "nothing";
      const property = controls ? "rule.objectOwnership" : "ownershipControls";
      return got === "BucketOwnerEnforced" ? [] : [{ resource: controls ?? bucket, property, got, want: "BucketOwnerEnforced" }];
    }),
});

export const S3: readonly Rule[] = [blocksPublicAccess, encryptedByKey, overTls, namedPrincipals, ownerEnforced];

import { BUCKETS, beside, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { type Fault, ofEach } from "../../findings.ts";
import { at, flag, isSet, shown } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** The same for every bucket of an account. */
const ACCOUNT = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock";

/** Blocks of access points. What they leave out is true; nobody can change it later. */
const POINTS: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/accessPoint:AccessPoint": ["publicAccessBlockConfiguration"],
  "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint": ["details", "publicAccessBlock"],
};

const CLOSED = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const S3_01 = stackRule({
  id: "S3-01",
  title: "Every bucket and access point refuses public access by access control lists and by policies",
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
  types: [...BUCKETS, ...typesOf("BucketPublicAccessBlock"), ACCOUNT, ...Object.keys(POINTS)],
  relate: (resources) => [
    ...ofEach(bucketsAmong(resources), (bucket) => {
      const block = beside(resources, bucket, "BucketPublicAccessBlock");
      return block
        ? opened(block)
        : [{ resource: bucket, property: "publicAccessBlock", got: "nothing", want: "a BucketPublicAccessBlock of its own" }];
    }),
    ...ofEach(
      resources.filter(({ type }) => type === ACCOUNT),
      opened,
    ),
    ...ofEach(resources, (each) => openedPoint(each, POINTS[each.type] ?? [])),
  ],
});

const openedPoint = (resource: Resource, path: readonly string[]): Fault[] =>
  (path.length === 0 ? [] : CLOSED)
    .filter((key) => isSet(resource.inputs, ...path, key) && flag(resource.inputs, ...path, key) !== true)
    .map((key) => ({
      resource,
      property: [...path, key].join("."),
      got: shown(at(resource.inputs, ...path, key)),
      want: "true",
    }));

const opened = (block: Resource): Fault[] =>
  CLOSED.filter((property) => flag(block.inputs, property) !== true).map((property) => ({
    resource: block,
    property,
    got: shown(block.inputs[property]),
    want: "true",
  }));

import { BUCKETS, beside, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { ofEach, unless } from "../../findings.ts";
import { text } from "../../read.ts";
import { levels, stackRule } from "../../rule.ts";

export const S3_07 = stackRule({
  id: "S3-07",
  title: "The account owns every object in its buckets, and access control lists are disabled",
  severity: "medium",
  levels: levels("A/A/M"),
  frameworks: ["FSBP S3.12"],
  remediation: 'Make a BucketOwnershipControls with `objectOwnership: "BucketOwnerEnforced"`.',
  peers: ["CKV2_AWS_65"],
  types: [...BUCKETS, ...typesOf("BucketOwnershipControls")],
  relate: (resources) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const controls = beside(resources, bucket, "BucketOwnershipControls");
      const got = text(controls?.inputs, "rule", "objectOwnership") ?? "nothing";
      const property = controls ? "rule.objectOwnership" : "ownershipControls";
      const want = "BucketOwnerEnforced";
      return unless(got === want, { resource: controls ?? bucket, property, got, want });
    }),
});

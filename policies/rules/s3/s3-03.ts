import { BUCKETS, bucketsAmong, typesOf, versioningOf } from "../../aws/buckets.ts";
import { ofEach } from "../../findings.ts";
import { levels, stackRule } from "../../rule.ts";
import { hasName, LASTING } from "./names.ts";

export const S3_03 = stackRule({
  id: "S3-03",
  title: "A bucket keeps overwritten and deleted objects",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.14", "SOC2 A1.2", "SOC2 PI1.5"],
  remediation:
    'Make a BucketVersioning with `versioningConfiguration: { status: "Enabled" }`. List buckets whose loss would not matter in the parameter `passing`.',
  peers: ["CKV_AWS_21", "AWS-0090", "prowler"],
  parameters: LASTING,
  types: [...BUCKETS, ...typesOf("BucketVersioning")],
  relate: (resources, { passing }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const { resource, path, status } = versioningOf(resources, bucket);
      return status === "Enabled" || hasName(bucket, passing)
        ? []
        : [{ resource, property: path, got: status ?? "nothing", want: "Enabled" }];
    }),
});

import { describe, expect, it } from "vitest";
import { describeRule, said } from "../../harness.ts";
import { resource } from "./samples.ts";

describe("S3-03", () => {
  it("has what stands beside it by its name, where nothing waits for anything", () => {
    const sides = (bucket: string) => [
      resource("aws:s3/bucket:Bucket", "b", { bucket: "acme-features" }),
      resource("aws:s3/bucketVersioningV2:BucketVersioningV2", "v", { bucket, versioningConfiguration: { status: "Enabled" } }),
    ];
    expect(said("S3-03", ...sides("acme-features"))).toEqual([]);
    expect(said("S3-03", ...sides("acme-models"))).toHaveLength(1);
  });
});

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

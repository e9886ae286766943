import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";
import { foundation } from "./samples.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const VERSIONS = "aws:s3/bucketVersioning:BucketVersioning";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

describeRule("S3-12", [
  {
    ...foundation,
    what: "versions of another bucket",
    resource: "artifacts-versions",
    type: VERSIONS,
    change: (inputs) => (inputs.bucket = "somebody-else"),
    says: "foundation-prod/artifacts-versions: 'bucket' must be the name of 'artifacts', for which it is made, got 'somebody-else'",
    unknown: "bucket",
  },
  {
    ...foundation,
    what: "a second block of public access",
    add: { type: BLOCK, name: "second", inputs: { bucket: "millrace-prod-data-c9eac55", blockPublicAcls: false } },
    says: "foundation-prod/second: 'bucket' must be the only one of its kind, got 'a second setting of 'data', beside 'data-private''",
    unknown: "bucket",
  },
]);

describe("S3-12", () => {
  const data = of(BUCKET, "data", { bucketPrefix: "data-" });
  const raw = of(BUCKET, "data-raw", { bucketPrefix: "data-raw-" });
  const block = (name: string, bucket: string, dependencies: string[], type = BLOCK) => of(type, name, { bucket }, dependencies);

  it("tells buckets apart whose names begin alike", () => {
    const settings = [block("a", "data-1", ["data"]), block("b", "data-raw-1", ["data-raw"])];
    expect(found("S3-12", [data, raw, ...settings])).toEqual([]);
  });

  it("knows buckets by dependencies as long as their names are not known", () => {
    expect(found("S3-12", [data, raw, block("a", UNKNOWN, ["data"]), block("b", UNKNOWN, ["data-raw"])])).toEqual([]);
    expect(found("S3-12", [data, block("a", UNKNOWN, ["data"]), block("b", UNKNOWN, ["data"])])).toEqual([
      "bucket: a second setting of 'data', beside 'a'",
    ]);
  });

  it("takes the older name of a type for the same", () => {
    const [one, other] = [
      block("a", "data-1", ["data"], VERSIONS),
      block("b", "data-1", ["data"], `${VERSIONS.replace("Versioning:", "VersioningV2:")}V2`),
    ];
    expect(found("S3-12", [data, one, other])).toHaveLength(1);
  });

  it("lets a policy mention other buckets, and settings be of buckets that are elsewhere", () => {
    expect(found("S3-12", [data, block("p", "shared", ["data"], POLICY)])).toEqual([]);
    expect(found("S3-12", [block("a", "shared", []), block("b", "another", [])])).toEqual([]);
  });
});

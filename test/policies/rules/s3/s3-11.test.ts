import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";
import { foundation } from "./samples.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const LOGGING = "aws:s3/bucketLogging:BucketLogging";

describeRule("S3-11", [
  {
    ...foundation,
    what: "a bucket that records its reads in itself",
    resource: "models-access-log",
    type: LOGGING,
    change: (inputs) => (inputs.targetBucket = inputs.bucket),
    says: "foundation-prod/models-access-log: 'targetBucket' must be another bucket, got 'the bucket itself, which then never comes to rest'",
    unknown: "targetBucket",
  },
  {
    layer: "workloads",
    what: "a bucket of models whose reads nobody records",
    add: { type: BUCKET, name: "risk-models", inputs: {}, protect: true },
    says: "workloads-prod/risk-models: 'logging' must be a BucketLogging, or a trail that records reads, got 'nothing'",
  },
]);

describe("S3-11", () => {
  const models = of(BUCKET, "models", { bucketPrefix: "models-" });
  const trail = (readWriteType: string) =>
    of("aws:cloudtrail/trail:Trail", "trail", {
      eventSelectors: [{ readWriteType, dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] }],
    });
  const logging = (dependencies: string[]) => of(LOGGING, "log", { bucket: UNKNOWN, targetBucket: UNKNOWN }, dependencies);

  it("takes a trail of reads, and a setting inside of the bucket", () => {
    expect(found("S3-11", [models])).toEqual(["logging: nothing"]);
    expect(found("S3-11", [models, trail("All")])).toEqual([]);
    expect(found("S3-11", [models, trail("WriteOnly")])).toEqual(["logging: nothing"]);
    expect(found("S3-11", [of(BUCKET, "models", { logging: { targetBucket: "logs" } })])).toEqual([]);
    expect(found("S3-11", [of("aws:s3/bucketV2:BucketV2", "models", { loggings: [{ targetBucket: "logs" }] })])).toEqual([]);
  });

  it("reads dependencies before any name is known", () => {
    const logs = of(BUCKET, "logs", {});
    expect(found("S3-11", [models, logs, logging(["models", "logs"])])).toEqual([]);
    expect(found("S3-11", [models, logs, logging(["models"])])).toEqual([
      "targetBucket: the bucket itself, which then never comes to rest",
    ]);
  });

  it("asks other programs for nothing but another bucket", () => {
    expect(found("S3-11", [models], ruleOf("S3-11").elsewhere)).toEqual([]);
    expect(found("S3-11", [models, logging(["models"])], ruleOf("S3-11").elsewhere)).toHaveLength(1);
  });
});

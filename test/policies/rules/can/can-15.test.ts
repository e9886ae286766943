import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const MODEL = "aws:sagemaker/model:Model";
const image = `333333333333.dkr.ecr.eu-north-1.amazonaws.com/m@sha256:${"a".repeat(64)}`;
const digest = { MODEL_SHA256: "b".repeat(64), MODEL_DIR: "/opt/ml/model" };
const modelDataSource = { s3DataSources: [{ s3Uri: "s3://m/f/", s3DataType: "S3Prefix", compressionType: "None" }] };
const container = { image, modelDataSource, environment: digest };

describeRule("CAN-15", [
  {
    layer: "workloads",
    what: "a model whose files nobody compares",
    add: { type: MODEL, name: "m", inputs: { primaryContainer: { ...container, environment: { MODEL_DIR: digest.MODEL_DIR } } } },
    says: "workloads-prod/m: 'primaryContainer.environment.MODEL_SHA256' must be the sha256 of the model's files, 64 hexadecimal digits, got 'nothing'",
    unknown: "primaryContainer.environment",
  },
]);

describe("CAN-15", () => {
  const model = (inputs: object, parameters?: object) => found("CAN-15", of(MODEL, "m", inputs), parameters);

  it("accepts the digest of a release", () => {
    expect(model({ primaryContainer: container })).toEqual([]);
    expect(model({ primaryContainer: { image } }, { asked: false })).toEqual([]);
  });

  it("refuses archives, other digests, and one container of several without any", () => {
    expect(model({ primaryContainer: { ...container, modelDataUrl: "s3://m/m.tar.gz" } })).toEqual([
      "primaryContainer.modelDataUrl: an archive, whose files the digest does not name",
    ]);
    expect(model({ primaryContainer: { ...container, environment: { ...digest, MODEL_SHA256: "B".repeat(64) } } })).toEqual([
      `primaryContainer.environment.MODEL_SHA256: ${"B".repeat(64)}`,
    ]);
    expect(model({ containers: [container, { ...container, environment: { MODEL_DIR: digest.MODEL_DIR } }] })).toEqual([
      "containers[1].environment.MODEL_SHA256: nothing",
    ]);
  });

  it.each<[object, string]>([
    [{ mode: "MultiModel" }, "mode: MultiModel"],
    [{ modelPackageName: "m/1" }, "modelPackageName: a package, which has an image and files of its own"],
    [{ additionalModelDataSources: [{}] }, "additionalModelDataSources: more files, which the digest does not name"],
    [{ environment: { ...digest, MODEL_DIR: "/models" } }, "environment.MODEL_DIR: /models"],
    [{ environment: { MODEL_SHA256: digest.MODEL_SHA256 } }, "environment.MODEL_DIR: nothing"],
    [{ modelDataSource: undefined }, "modelDataSource.s3DataSources: nothing"],
    [{ modelDataSource: { s3DataSources: [] } }, "modelDataSource.s3DataSources: nothing"],
    [
      {
        modelDataSource: {
          s3DataSources: [{ ...modelDataSource.s3DataSources[0], s3DataType: "S3Object", compressionType: "Gzip" }],
        },
      },
      "modelDataSource.s3DataSources: S3Object Gzip",
    ],
  ])("refuses %j", (change, fault) => {
    expect(model({ primaryContainer: { ...container, ...change } })).toEqual([`primaryContainer.${fault}`]);
  });

  it("refuses a model without any container", () => {
    expect(model({})).toContain("primaryContainer.environment.MODEL_SHA256: nothing");
  });
});

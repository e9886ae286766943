import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const MODEL = "aws:sagemaker/model:Model";
const image = `333333333333.dkr.ecr.eu-north-1.amazonaws.com/m@sha256:${"a".repeat(64)}`;
const digest = { MODEL_SHA256: "b".repeat(64) };

describeRule("CAN-15", [
  {
    layer: "workloads",
    what: "a model whose files nobody compares",
    add: { type: MODEL, name: "m", inputs: { primaryContainer: { image, environment: { MODEL_NAME: "fraud" } } } },
    says: "workloads-prod/m: 'primaryContainer.environment.MODEL_SHA256' must be the sha256 of the model's files, 64 hexadecimal digits, got 'nothing'",
    unknown: "primaryContainer.environment",
  },
]);

describe("CAN-15", () => {
  const model = (inputs: object, parameters?: object) => found("CAN-15", of(MODEL, "m", inputs), parameters);

  it("accepts the digest of a release", () => {
    expect(model({ primaryContainer: { image, environment: digest } })).toEqual([]);
    expect(model({ primaryContainer: { image } }, { asked: false })).toEqual([]);
  });

  it("refuses archives, other digests, and one container of several without any", () => {
    expect(model({ primaryContainer: { image, environment: digest, modelDataUrl: "s3://m/m.tar.gz" } })).toEqual([
      "primaryContainer.modelDataUrl: an archive, whose files the digest does not name",
    ]);
    expect(model({ primaryContainer: { image, environment: { MODEL_SHA256: "B".repeat(64) } } })).toEqual([
      `primaryContainer.environment.MODEL_SHA256: ${"B".repeat(64)}`,
    ]);
    expect(model({ containers: [{ image, environment: digest }, { image }] })).toEqual([
      "containers[1].environment.MODEL_SHA256: nothing",
    ]);
  });
});

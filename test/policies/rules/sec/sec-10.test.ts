import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const key = "arn:aws:kms:eu-north-1:333333333333:key/1";
const productionVariants = [{ instanceType: "ml.m7i.large" }];

describeRule("SEC-10", [
  {
    layer: "workloads",
    what: "an endpoint whose disks AWS's own key encrypts",
    add: { type: CONFIGURATION, name: "c", inputs: { productionVariants } },
    says: "workloads-prod/c: 'kmsKeyArn' must be a customer managed key of your own account, got 'nothing'",
    unknown: "kmsKeyArn",
  },
  {
    layer: "workloads",
    what: "captured requests in the clear",
    add: {
      type: CONFIGURATION,
      name: "c",
      inputs: { productionVariants, kmsKeyArn: key, dataCaptureConfig: { enableCapture: true, destinationS3Uri: "s3://b/c/" } },
    },
    says: "workloads-prod/c: 'dataCaptureConfig.kmsKeyId' must be a customer managed key of your own account, got 'nothing'",
    unknown: "dataCaptureConfig.kmsKeyId",
  },
]);

describe("SEC-10", () => {
  const configuration = (inputs: object) => found("SEC-10", of(CONFIGURATION, "c", { productionVariants, ...inputs }));

  it("accepts keys of one's own, and a capture that is switched off", () => {
    expect(configuration({ kmsKeyArn: key, dataCaptureConfig: { kmsKeyId: key } })).toEqual([]);
    expect(configuration({ kmsKeyArn: key, dataCaptureConfig: { enableCapture: false } })).toEqual([]);
  });

  it("takes a capture for switched on where nothing is said, as SageMaker does, and refuses AWS's keys", () => {
    expect(configuration({ kmsKeyArn: key, dataCaptureConfig: { destinationS3Uri: "s3://b/c/" } })).toEqual([
      "dataCaptureConfig.kmsKeyId: nothing",
    ]);
    expect(configuration({ kmsKeyArn: "alias/aws/sagemaker" })).toEqual(["kmsKeyArn: alias/aws/sagemaker"]);
  });
});

import { describe, expect, it } from "vitest";
import { HOSTING_TYPES, hasDisks } from "#components/serving/sagemaker/instance-types";
import { hasDisks as inRule } from "#policies/aws/hosting";
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

  it.each([
    [{ kmsKeyArn: "x" }, "kmsKeyArn: x"],
    [
      { kmsKeyArn: key, asyncInferenceConfig: { outputConfig: { s3OutputPath: "s3://b/o/" } } },
      "asyncInferenceConfig.outputConfig.kmsKeyId: nothing",
    ],
    [
      {
        kmsKeyArn: key,
        productionVariants: [
          ...productionVariants,
          { instanceType: "ml.g5.xlarge", coreDumpConfig: { destinationS3Uri: "s3://b/d/" } },
        ],
      },
      "productionVariants[1].coreDumpConfig.kmsKeyId: nothing",
    ],
    [{ shadowProductionVariants: [{ instanceType: "ml.g5.xlarge" }] }, "kmsKeyArn: nothing"],
  ])("refuses %j", (inputs, fault) => {
    expect(configuration(inputs)).toEqual([fault]);
  });

  it("wants no key where SageMaker takes none: disks inside the instances, and none at all", () => {
    expect(configuration({ productionVariants: [{ instanceType: "ml.g5.xlarge" }] })).toEqual([]);
    expect(configuration({ productionVariants: [{ serverlessConfig: { maxConcurrency: 1, memorySizeInMb: 1_024 } }] })).toEqual(
      [],
    );
  });

  it("knows the same instance types with disks as the component", () => {
    expect(HOSTING_TYPES.filter((type) => inRule(type) !== hasDisks(type))).toEqual([]);
    expect(
      HOSTING_TYPES.filter((type) => /^ml\.([a-z]\d+g?dn?|g[5-7]e?|p[56].*|trn\d.*|dl1)\./.test(type) && !hasDisks(type)),
    ).toEqual([]);
  });
});

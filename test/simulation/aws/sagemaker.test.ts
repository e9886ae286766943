import { describe, expect, it } from "vitest";
import { type Bag, UNKNOWN } from "#engine/values";
import { aws } from "#rehearsal/plugins/providers/aws/provider";
import { Account } from "#simulation/aws/account";
import type { Place } from "#simulation/aws/place";

const place: Place = { account: "111122223333", region: "eu-west-1" };
const MODEL = "aws:sagemaker/model:Model";
const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TARGET = "aws:appautoscaling/target:Target";
const subject = (type: string, name = "x") => ({ type, name, urn: `urn:pulumi:dev::millrace::${type}::${name}` });
const reasons = async (type: string, inputs: Bag): Promise<string[]> =>
  ((await aws(place).check?.(subject(type), inputs, {}, new Uint8Array()))?.failures ?? []).map(({ reason }) => reason);

const source = { s3Uri: "s3://models/fraud/3/", s3DataType: "S3Prefix", compressionType: "None" };
const container = {
  image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/model-server@sha256:${"a".repeat(64)}`,
  modelDataSource: { s3DataSources: [source] },
};
const model = { executionRoleArn: "arn:aws:iam::111122223333:role/r", primaryContainer: container };
const variant = { variantName: "AllTraffic", modelName: "m", instanceType: "ml.m7i.large", initialInstanceCount: 1 };
const configuration = { productionVariants: [variant] };
const percent = (value: number) => ({ type: "CAPACITY_PERCENT", value });
const policy = (routing: object, rest: object = {}) => ({
  endpointConfigName: "c",
  deploymentConfig: {
    blueGreenUpdatePolicy: { trafficRoutingConfiguration: { waitIntervalInSeconds: 300, ...routing }, ...rest },
  },
});
const canary = { type: "CANARY", canarySize: percent(10) };
const alarmed = (count: number) => ({
  endpointConfigName: "c",
  deploymentConfig: { autoRollbackConfiguration: { alarms: Array(count).fill({ alarmName: "a" }) } },
});
const alarm = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 1 };
const metric = { metricName: "Invocations", period: 60, stat: "Sum" };
const target = {
  serviceNamespace: "sagemaker",
  scalableDimension: "sagemaker:variant:DesiredInstanceCount",
  resourceId: "endpoint/e/variant/AllTraffic",
  minCapacity: 1,
  maxCapacity: 2,
};

describe("what SageMaker takes", () => {
  it.each<[string, Bag]>([
    [MODEL, model],
    [MODEL, { ...model, primaryContainer: UNKNOWN }],
    [CONFIGURATION, configuration],
    [CONFIGURATION, { productionVariants: [{ ...variant, instanceType: UNKNOWN }] }],
    [CONFIGURATION, { productionVariants: [variant], shadowProductionVariants: [{ ...variant, variantName: "Shadow" }] }],
    [ENDPOINT, policy(canary)],
    [ENDPOINT, policy({ type: "LINEAR", linearStepSize: percent(50) }, { maximumExecutionTimeoutInSeconds: 14_400 })],
    [ENDPOINT, policy({ type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 }, { terminationWaitInSeconds: 3_600 })],
    [ENDPOINT, alarmed(10)],
    [
      ALARM,
      {
        ...alarm,
        metricQueries: [
          { id: "a", metric },
          { id: "b", expression: "a", returnData: true },
        ],
      },
    ],
    [TARGET, target],
  ])("%# %s", async (type, inputs) => {
    expect(await reasons(type, inputs)).toEqual([]);
  });
});

describe("what SageMaker refuses", () => {
  const inContainer = (change: object) => ({ ...model, primaryContainer: { ...container, ...change } });
  const inSource = (change: object) => inContainer({ modelDataSource: { s3DataSources: [{ ...source, ...change }] } });
  const inVariant = (change: object) => ({ productionVariants: [{ ...variant, ...change }] });
  it.each<[string, Bag, string]>([
    [MODEL, { ...model, name: "m".repeat(64) }, "has 64 characters; the name of aws:sagemaker/model:Model must have 1 to 63"],
    [CONFIGURATION, { ...configuration, name: "a_b" }, "the name must satisfy the pattern"],
    [ENDPOINT, { endpointConfigName: "c", name: "-e" }, "the name must satisfy the pattern"],
    [MODEL, { executionRoleArn: "r" }, "either a primary container or a list of containers"],
    [MODEL, { ...model, containers: [container] }, "either a primary container or a list of containers"],
    [MODEL, inContainer({ image: "docker.io/library/python:3" }), "Using non-ECR image"],
    [MODEL, inContainer({ image: "111122223333.dkr.ecr.eu-north-1.amazonaws.com/m:1" }), "must be in ECR of eu-west-1"],
    [MODEL, inContainer({ modelDataUrl: "s3://models/m.tar.gz" }), "cannot both be given"],
    [MODEL, inContainer({ environment: { A: "x".repeat(1_025) } }), "more than 1024 bytes"],
    [MODEL, inContainer({ environment: { "1A": "x" } }), "'1A' is no name of a variable"],
    [MODEL, inSource({ s3Uri: "s3://models/fraud/3" }), "must end with a slash"],
    [MODEL, inSource({ compressionType: "Gzip" }), "Gzip needs S3Object"],
    [MODEL, inSource({ s3Uri: "models/fraud/" }), "is no address in S3"],
    [
      MODEL,
      { ...model, vpcConfig: { subnets: [], securityGroupIds: ["sg-1"] } },
      "number of subnets must be from 1 to 16, got 0",
    ],
    [CONFIGURATION, { productionVariants: [] }, "number of production variants must be from 1 to 10, got 0"],
    [CONFIGURATION, inVariant({ instanceType: "m7i.large" }), "Value 'm7i.large' at 'instanceType' failed to satisfy constraint"],
    [
      CONFIGURATION,
      { ...inVariant({ instanceType: "ml.g5.xlarge" }), kmsKeyArn: "arn:aws:kms:eu-west-1:1:key/1" },
      "'ml.g5.xlarge' has local storage, for which KmsKeyId cannot be given",
    ],
    [CONFIGURATION, inVariant({ instanceType: undefined }), "either an instance type or a serverless configuration"],
    [CONFIGURATION, inVariant({ initialInstanceCount: 0 }), "InitialInstanceCount must be from 1"],
    [CONFIGURATION, inVariant({ modelDataDownloadTimeoutInSeconds: 30 }), "must be from 60 to 3600, got 30"],
    [CONFIGURATION, inVariant({ containerStartupHealthCheckTimeoutInSeconds: 3_601 }), "must be from 60 to 3600, got 3601"],
    [CONFIGURATION, inVariant({ volumeSizeInGb: 513 }), "VolumeSizeInGB must be from 1 to 512, got 513"],
    [CONFIGURATION, { productionVariants: [variant, variant] }, "variants must have names of their own"],
    [
      CONFIGURATION,
      {
        productionVariants: [variant, { ...variant, variantName: "Other" }],
        shadowProductionVariants: [{ ...variant, variantName: "Shadow" }],
      },
      "a shadow variant goes with exactly one production variant",
    ],
    [
      CONFIGURATION,
      {
        ...configuration,
        dataCaptureConfig: {
          initialSamplingPercentage: 101,
          destinationS3Uri: "s3://b/c",
          captureOptions: [{ captureMode: "Input" }],
        },
      },
      "InitialSamplingPercentage must be from 0 to 100, got 101",
    ],
    [ENDPOINT, policy({ type: "SLOWLY" }), "unknown TrafficRoutingConfigType 'SLOWLY'"],
    [ENDPOINT, policy({ type: "CANARY" }), "CANARY needs CanarySize"],
    [ENDPOINT, policy({ type: "LINEAR" }), "LINEAR needs LinearStepSize"],
    [ENDPOINT, policy({ ...canary, type: "ALL_AT_ONCE" }), "CanarySize does not go with ALL_AT_ONCE"],
    [ENDPOINT, policy({ ...canary, linearStepSize: percent(20) }), "LinearStepSize does not go with CANARY"],
    [ENDPOINT, policy({ type: "CANARY", canarySize: percent(51) }), "CanarySize in per cent must be from 1 to 50, got 51"],
    [ENDPOINT, policy({ type: "LINEAR", linearStepSize: percent(9) }), "LinearStepSize in per cent must be from 10 to 50, got 9"],
    [ENDPOINT, policy({ ...canary, waitIntervalInSeconds: 3_601 }), "WaitIntervalInSeconds must be from 0 to 3600, got 3601"],
    [ENDPOINT, policy(canary, { terminationWaitInSeconds: 3_601 }), "TerminationWaitInSeconds must be from 0 to 3600, got 3601"],
    [ENDPOINT, policy(canary, { maximumExecutionTimeoutInSeconds: 599 }), "must be from 600 to 14400, got 599"],
    [ENDPOINT, policy(canary, { maximumExecutionTimeoutInSeconds: 28_800 }), "must be from 600 to 14400, got 28800"],
    [
      ENDPOINT,
      policy(canary, { maximumExecutionTimeoutInSeconds: 600, terminationWaitInSeconds: 300 }),
      "must be larger than TerminationWaitInSeconds and WaitIntervalInSeconds together",
    ],
    [ENDPOINT, alarmed(11), "number of alarms must be from 1 to 10, got 11"],
    [ENDPOINT, alarmed(0), "number of alarms must be from 1 to 10, got 0"],
    [
      ALARM,
      { ...alarm, metricName: "x", metricQueries: [{ id: "a", metric, returnData: true }] },
      "either a metric or a list of metrics",
    ],
    [ALARM, { ...alarm, metricQueries: [{ id: "a", metric }] }, "exactly one element of the metrics list should return data"],
    [
      ALARM,
      {
        ...alarm,
        metricName: "x",
        alarmActions: Array.from({ length: 6 }, (_, at) => `arn:aws:sns:eu-west-1:111111111111:t${at}`),
      },
      "number of alarm actions must be from 0 to 5, got 6",
    ],
    [ALARM, { ...alarm, metricName: "x", period: 90 }, "multiple of 60, got 90"],
    [ALARM, { ...alarm, metricName: "x", treatMissingData: "never" }, "unknown TreatMissingData 'never'"],
    [TARGET, { ...target, minCapacity: 3 }, "Minimum capacity 3 cannot be greater than maximum capacity 2"],
    [TARGET, { ...target, resourceId: "endpoint/e" }, "must be endpoint/<name>/variant/<name>"],
    [TARGET, { ...target, scalableDimension: "ecs:service:DesiredCount" }, "is no dimension of sagemaker"],
  ])("%# %s", async (type, inputs, words) => {
    const found = await reasons(type, inputs);
    expect(found).toEqual([expect.stringContaining(words)]);
  });
});

describe("an endpoint", () => {
  const now = { preview: false };
  const made = async (account = new Account()) => {
    const provider = aws(place, account);
    for (const name of ["c3", "c4"]) {
      await provider.create(subject(CONFIGURATION, name), { ...configuration, name }, now);
    }
    const inputs = { name: "e", endpointConfigName: "c3" };
    return { provider, old: { inputs, ...(await provider.create(subject(ENDPOINT), inputs, now)) } };
  };

  it("moves to another configuration in place, and is another endpoint only with or without alarms", async () => {
    const { provider, old } = await made();
    const next = { name: "e", endpointConfigName: "c4" };
    expect((await provider.compare?.(subject(ENDPOINT), old, next))?.replaces).toEqual([]);
    expect((await provider.update(subject(ENDPOINT), old, next, now)).outputs).toMatchObject(next);
    const before = { ...old, inputs: { ...old.inputs, ...alarmed(1) } };
    const other = { ...alarmed(2), name: "e", endpointConfigName: "c3" };
    expect((await provider.compare?.(subject(ENDPOINT), before, other))?.replaces).toEqual([]);
    expect((await provider.compare?.(subject(ENDPOINT), before, { ...other, deploymentConfig: {} }))?.replaces).toEqual([
      "deploymentConfig.autoRollbackConfiguration",
    ]);
  });

  it("moves no more once the configuration that it runs was deleted", async () => {
    const { provider, old } = await made();
    await provider.delete?.(subject(CONFIGURATION, "c3"), { id: "c3", outputs: { name: "c3" } });
    await expect(async () =>
      provider.update(subject(ENDPOINT), old, { name: "e", endpointConfigName: "c4" }, now),
    ).rejects.toThrow('ValidationException: Could not find endpoint configuration "c3"');
  });
});

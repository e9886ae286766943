// Refusals of models, configurations and endpoints of SageMaker, and of the alarms and the scaling beside them.

import { HOSTING_TYPES, hasDisks } from "#components/serving/sagemaker/instance-types";
import type { Bag, Value } from "#engine/values";
import { UNKNOWN } from "#engine/values";
import type { Place } from "./place.ts";

/** Reasons by property. */
export type Reasons = Record<string, string | undefined>;

const isGiven = (value: Value): boolean => value !== undefined && value !== null && value !== UNKNOWN;
const invalid = (reason: string): string => `ValidationException: ${reason}`;
const unless = (holds: boolean, reason: string): string | undefined => (holds ? undefined : invalid(reason));
const lists = (value: Value): Value[] => (Array.isArray(value) ? value : []);

/** A number of the API, where it is one: its range, both included. */
const within = (value: Value, min: number, max: number, name: string): string | undefined =>
  unless(
    !isGiven(value) || (Number(value) >= min && Number(value) <= max),
    `${name} must be from ${min} to ${max}, got ${value}`,
  );

const first = (...reasons: (string | undefined)[]): string | undefined => reasons.find((each) => each !== undefined);

/** SageMaker API reference, CreateModel, ContainerDefinition and S3ModelDataSource. */
export function model(inputs: Bag, { region }: Place): Reasons {
  const { primaryContainer, containers, vpcConfig } = inputs;
  const given = [...(isGiven(primaryContainer) ? [primaryContainer] : []), ...lists(containers)];
  const one = (primaryContainer ?? undefined) !== undefined;
  const several = containers === UNKNOWN || lists(containers).length > 0;
  return {
    primaryContainer: first(
      unless(one !== several, "a model has either a primary container or a list of containers"),
      ...given.map((each) => containerReason(each, inputs["region"] ?? region)),
    ),
    vpcConfig: isGiven(vpcConfig)
      ? first(
          within(lengthOf(vpcConfig.subnets), 1, 16, "number of subnets"),
          within(lengthOf(vpcConfig.securityGroupIds), 1, 5, "number of security groups"),
        )
      : undefined,
  };
}

const lengthOf = (value: Value): Value => (Array.isArray(value) ? value.length : UNKNOWN);

function containerReason(container: Bag, region: string): string | undefined {
  const { image, imageConfig, environment, modelDataUrl, modelDataSource } = container;
  const host = isGiven(image) ? String(image).split("/")[0]! : undefined;
  const registry = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host ?? "")?.[1];
  return first(
    unless(
      host === undefined || registry !== undefined || imageConfig?.repositoryAccessMode === "Vpc",
      `Using non-ECR image "${image}" without Vpc repository access mode is not supported`,
    ),
    unless(registry === undefined || registry === region, `image "${image}" must be in ECR of ${region}`),
    unless(!isGiven(image) || String(image).length <= 255, "an image has at most 255 characters"),
    unless(!(isGiven(modelDataUrl) && isGiven(modelDataSource)), "ModelDataUrl and ModelDataSource cannot both be given"),
    ...lists(modelDataSource?.s3DataSources).map(sourceReason),
    environmentReason(environment),
  );
}

function sourceReason({ s3Uri, s3DataType, compressionType }: Bag): string | undefined {
  return first(
    unless(!isGiven(s3DataType) || ["S3Prefix", "S3Object"].includes(s3DataType), `unknown S3DataType '${s3DataType}'`),
    unless(
      !isGiven(compressionType) || ["None", "Gzip"].includes(compressionType),
      `unknown CompressionType '${compressionType}'`,
    ),
    unless(!isGiven(s3Uri) || /^(https|s3):\/\/[^/]+\/?/.test(s3Uri), `S3Uri '${s3Uri}' is no address in S3`),
    unless(
      s3DataType !== "S3Prefix" || !isGiven(s3Uri) || String(s3Uri).endsWith("/"),
      `S3Uri '${s3Uri}' must end with a slash where S3DataType is S3Prefix`,
    ),
    unless(s3DataType !== "S3Prefix" || compressionType !== "Gzip", "a prefix cannot be compressed: Gzip needs S3Object"),
  );
}

function environmentReason(environment: Value): string | undefined {
  const entries = Object.entries<Value>(isGiven(environment) ? environment : {});
  const bytes = (text: string): number => Buffer.byteLength(text);
  return first(
    unless(entries.length <= 100, `a container has at most 100 variables, got ${entries.length}`),
    ...entries.map(([key, value]) =>
      first(
        unless(/^[a-zA-Z_]\w*$/.test(key), `'${key}' is no name of a variable`),
        unless(!isGiven(value) || bytes(String(value)) <= 1_024, `the value of ${key} has more than 1024 bytes`),
      ),
    ),
  );
}

/** SageMaker API reference, CreateEndpointConfig and ProductionVariant. */
export function endpointConfiguration({
  productionVariants,
  shadowProductionVariants,
  dataCaptureConfig,
  kmsKeyArn,
}: Bag): Reasons {
  const [own, shadows] = [lists(productionVariants), lists(shadowProductionVariants)];
  const names = [...own, ...shadows].map(({ variantName }) => variantName).filter(isGiven);
  const disks = [...own, ...shadows].map(({ instanceType }) => instanceType).find((type) => isGiven(type) && hasDisks(type));
  return {
    kmsKeyArn: unless(
      (kmsKeyArn ?? undefined) === undefined || disks === undefined,
      `The instance type '${disks}' has local storage, for which KmsKeyId cannot be given`,
    ),
    productionVariants: first(
      Array.isArray(productionVariants) ? within(own.length, 1, 10, "number of production variants") : undefined,
      unless(new Set(names).size === names.length, "variants must have names of their own"),
      ...own.map(variantReason),
    ),
    shadowProductionVariants: first(
      unless(
        shadows.length === 0 || (shadows.length === 1 && own.length === 1),
        "a shadow variant goes with exactly one production variant, and there is one of them",
      ),
      ...shadows.map(variantReason),
    ),
    dataCaptureConfig: isGiven(dataCaptureConfig) ? captureReason(dataCaptureConfig) : undefined,
  };
}

const NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

function variantReason(variant: Bag): string | undefined {
  const { variantName, instanceType, initialInstanceCount, serverlessConfig } = variant;
  return first(
    unless(!isGiven(variantName) || NAME.test(variantName), `'${variantName}' is no name of a variant`),
    unless(
      !isGiven(instanceType) || HOSTING_TYPES.includes(instanceType),
      `Value '${instanceType}' at 'instanceType' failed to satisfy constraint: Member must be an instance type of hosting`,
    ),
    unless(
      isGiven(instanceType) || instanceType === UNKNOWN || isGiven(serverlessConfig),
      "a variant has either an instance type or a serverless configuration",
    ),
    within(initialInstanceCount, 1, Number.MAX_SAFE_INTEGER, "InitialInstanceCount"),
    within(variant["initialVariantWeight"], 0, Number.MAX_VALUE, "InitialVariantWeight"),
    within(variant["volumeSizeInGb"], 1, 512, "VolumeSizeInGB"),
    within(variant["modelDataDownloadTimeoutInSeconds"], 60, 3_600, "ModelDataDownloadTimeoutInSeconds"),
    within(variant["containerStartupHealthCheckTimeoutInSeconds"], 60, 3_600, "ContainerStartupHealthCheckTimeoutInSeconds"),
  );
}

function captureReason({ initialSamplingPercentage, destinationS3Uri, captureOptions }: Bag): string | undefined {
  return first(
    within(initialSamplingPercentage, 0, 100, "InitialSamplingPercentage"),
    unless(
      !isGiven(destinationS3Uri) || /^(https|s3):\/\/[^/]+/.test(destinationS3Uri),
      `'${destinationS3Uri}' is no address in S3`,
    ),
    Array.isArray(captureOptions) ? within(captureOptions.length, 1, 2, "number of capture options") : undefined,
    ...lists(captureOptions).map(({ captureMode }) =>
      unless(
        !isGiven(captureMode) || ["Input", "Output", "InputAndOutput"].includes(captureMode),
        `unknown CaptureMode '${captureMode}'`,
      ),
    ),
  );
}

/** SageMaker API reference, DeploymentConfig. */
export function endpoint({ deploymentConfig }: Bag): Reasons {
  if (!isGiven(deploymentConfig)) {
    return {};
  }
  const { blueGreenUpdatePolicy: policy, rollingUpdatePolicy, autoRollbackConfiguration } = deploymentConfig;
  const alarms = autoRollbackConfiguration?.alarms;
  return {
    deploymentConfig: first(
      unless(!(isGiven(policy) && isGiven(rollingUpdatePolicy)), "an endpoint has one update policy"),
      isGiven(policy) ? policyReason(policy) : undefined,
      Array.isArray(alarms) ? within(alarms.length, 1, 10, "number of alarms") : undefined,
    ),
  };
}

function policyReason(policy: Bag): string | undefined {
  const { terminationWaitInSeconds: soak, maximumExecutionTimeoutInSeconds: timeout, trafficRoutingConfiguration } = policy;
  const routing: Bag = isGiven(trafficRoutingConfiguration) ? trafficRoutingConfiguration : {};
  const { type, waitIntervalInSeconds: wait, canarySize, linearStepSize } = routing;
  const sizes = { CANARY: canarySize, LINEAR: linearStepSize, ALL_AT_ONCE: undefined };
  const named = Object.hasOwn(sizes, type);
  return first(
    unless(!isGiven(type) || named, `unknown TrafficRoutingConfigType '${type}'`),
    unless(type !== "CANARY" || isGiven(canarySize), "CANARY needs CanarySize"),
    unless(type !== "LINEAR" || isGiven(linearStepSize), "LINEAR needs LinearStepSize"),
    unless(type === "CANARY" || !isGiven(canarySize) || !named, `CanarySize does not go with ${type}`),
    unless(type === "LINEAR" || !isGiven(linearStepSize) || !named, `LinearStepSize does not go with ${type}`),
    sizeReason(canarySize, 1, "CanarySize"),
    sizeReason(linearStepSize, 10, "LinearStepSize"),
    within(wait, 0, 3_600, "WaitIntervalInSeconds"),
    within(soak, 0, 3_600, "TerminationWaitInSeconds"),
    // The API takes 28,800; the provider refuses more than this before it asks (terraform-provider-aws, endpoint.go).
    within(timeout, 600, 14_400, "MaximumExecutionTimeoutInSeconds"),
    unless(
      !isGiven(timeout) || (isGiven(wait) ? Number(wait) : 0) + (isGiven(soak) ? Number(soak) : 0) < Number(timeout),
      "MaximumExecutionTimeoutInSeconds must be larger than TerminationWaitInSeconds and WaitIntervalInSeconds together",
    ),
  );
}

/** Half of the instances at most. How many instances there are is not known here. */
const sizeReason = (size: Value, least: number, name: string): string | undefined =>
  isGiven(size) && size.type === "CAPACITY_PERCENT" ? within(size.value, least, 50, `${name} in per cent`) : undefined;

/** CloudWatch API reference, PutMetricAlarm. */
export function metricAlarm({ metricName, metricQueries, period, treatMissingData, alarmActions, okActions }: Bag): Reasons {
  const queries = lists(metricQueries);
  const periods = [period, ...queries.map(({ metric }) => metric?.period)].filter(isGiven);
  return {
    metricQueries: first(
      unless(!(isGiven(metricName) && queries.length > 0), "an alarm has either a metric or a list of metrics"),
      unless(
        queries.length === 0 || queries.filter(({ returnData }) => returnData === true).length === 1,
        "exactly one element of the metrics list should return data",
      ),
    ),
    period: first(
      ...periods.map((each) =>
        unless(
          [10, 20, 30].includes(Number(each)) || Number(each) % 60 === 0,
          `Period must be 10, 20, 30 or a multiple of 60, got ${each}`,
        ),
      ),
    ),
    alarmActions: within(lists(alarmActions).length, 0, 5, "number of alarm actions"),
    okActions: within(lists(okActions).length, 0, 5, "number of OK actions"),
    treatMissingData: unless(
      !isGiven(treatMissingData) || ["breaching", "notBreaching", "ignore", "missing"].includes(treatMissingData),
      `unknown TreatMissingData '${treatMissingData}'`,
    ),
  };
}

/** Application Auto Scaling API reference, RegisterScalableTarget. */
export function scalableTarget({ serviceNamespace, resourceId, scalableDimension, minCapacity, maxCapacity }: Bag): Reasons {
  const ofSageMaker = serviceNamespace === "sagemaker";
  return {
    minCapacity: unless(
      !isGiven(minCapacity) || !isGiven(maxCapacity) || Number(minCapacity) <= Number(maxCapacity),
      `Minimum capacity ${minCapacity} cannot be greater than maximum capacity ${maxCapacity}`,
    ),
    resourceId: unless(
      !ofSageMaker || !isGiven(resourceId) || /^endpoint\/[^/]+\/variant\/[^/]+$/.test(resourceId),
      `'${resourceId}' must be endpoint/<name>/variant/<name>`,
    ),
    scalableDimension: unless(
      !ofSageMaker || !isGiven(scalableDimension) || String(scalableDimension).startsWith("sagemaker:"),
      `'${scalableDimension}' is no dimension of sagemaker`,
    ),
  };
}

import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { account, policyDocument, serviceTrust } from "../iam.ts";
import { logDays } from "../logs.ts";
import { SHORT_LABEL, SHORT_LABEL_RULE, shorten } from "../naming.ts";
import { fields, input, isLater, listOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { check, given } from "../validation.ts";
import { bucketArn, checkBucket, checkModel, keyArn, type ModelStore, type ModelVersion, model, modelStore } from "./model.ts";
import { alarmName, alarms, VARIANT } from "./sagemaker/alarms.ts";
import { hasDisks } from "./sagemaker/instance-types.ts";
import { type Instances, instanceRange, instances } from "./sagemaker/instances.ts";
import { alarmSeconds, checkLimits, type EndpointLimits, endpointLimits, LIMIT_DEFAULTS } from "./sagemaker/limits.ts";
import { type Capture, ECR_IMAGE, ECR_IMAGE_RULE, endpointPermissions } from "./sagemaker/permissions.ts";
import {
  blueGreenPolicy,
  checkTraffic,
  firstInstances,
  TIMEOUT_SECONDS,
  type TrafficShift,
  trafficShift,
  wait,
} from "./sagemaker/traffic.ts";

export interface SageMakerEndpointArgs {
  /** Name of the endpoint, by which callers invoke it: at most 63 letters, digits and hyphens, unique in account and region. */
  endpointName: string;

  /** What is served. Changing it is a release. Its image is our model server, in ECR of the store's region. */
  model: ModelVersion;

  /** Where SageMaker takes the model's files from. */
  store: ModelStore;

  /** Account that everything is in. */
  account: string;

  /** What the model runs on. */
  instances: Instances;

  /** Key that encrypts the storage of the instances. An instance type with disks inside encrypts them itself, and takes no key. */
  volumeKeyArn: pulumi.Input<string>;

  /** The endpoint's log group: its key, and days for which it keeps what the server writes. */
  logs: { kmsKeyArn: pulumi.Input<string>; days: number };

  /**
   * At most 16 subnets and 5 security groups through which SageMaker fetches the model's files. The server itself has no network in any case.
   * @default - SageMaker's own network
   */
  network?: { subnetIds: readonly pulumi.Input<string>[]; securityGroupIds: readonly pulumi.Input<string>[] };

  /** How users move to a new version. @default { kind: "canary", firstPercent: 10 } */
  traffic?: TrafficShift;

  /** What a new version is measured by. */
  limits?: EndpointLimits;

  /** For how long the old version stays after all users have moved, seconds: the way back is instant until then. @default 600 */
  soakSeconds?: number;

  /** Longest time of a whole release, seconds: 900 to 3,300. After it SageMaker goes back to the old version. @default 3300 */
  timeoutSeconds?: number;

  /** Longest time that the model takes to load, download included, seconds: 60 to 900. @default 300 */
  loadSeconds?: number;

  /** Longest time of an answer, seconds: at most 25, as SageMaker ends a server 30 seconds after its SIGTERM. @default 10 */
  requestSeconds?: number;

  /** Keeps requests and answers in a bucket. @default - nothing is kept */
  capture?: Capture;

  /** ARNs of at most 5 SNS topics of the region that are told when an alarm begins and when it ends. @default - none */
  alarmActions?: readonly pulumi.Input<string>[];
}

/**
 * A model behind an endpoint of SageMaker, for teams without a cluster: the same releases as `ModelServing`, moved by SageMaker and
 * thrown out by alarms of CloudWatch.
 *
 * The component's name is the model's name. Each release makes a model and a configuration of its own, whose names say which they are,
 * and the endpoint then moves to them. A release that SageMaker has rolled back fails the update, and leaves what the endpoint runs.
 *
 * @throws {pulumi.ResourceError} when an argument breaks the rule that stands beside it.
 */
export class SageMakerEndpoint extends Component {
  static override readonly shape = fields<SageMakerEndpointArgs>({
    // API reference, CreateEndpoint. The rule also bounds the names of alarms, 255 characters.
    endpointName: matching(
      /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
      "at most 63 letters, digits and hyphens, none of which is first or last",
    ),
    model,
    store: modelStore,
    account,
    instances,
    volumeKeyArn: input(keyArn),
    logs: fields<SageMakerEndpointArgs["logs"]>({ kmsKeyArn: input(keyArn), days: logDays }),
    network: optional(
      fields<NonNullable<SageMakerEndpointArgs["network"]>>({
        subnetIds: listOf(input(text), 1),
        securityGroupIds: listOf(input(text), 1),
      }),
    ),
    traffic: optional(trafficShift),
    limits: optional(endpointLimits),
    soakSeconds: optional(wait),
    timeoutSeconds: optional(wholeNumber({ min: TIMEOUT_SECONDS.least, max: TIMEOUT_SECONDS.most })),
    loadSeconds: optional(wholeNumber({ min: 60, max: 900 })),
    requestSeconds: optional(wholeNumber({ min: 1, max: 25 })),
    capture: optional(
      fields<Capture>({
        bucketName: input(text),
        bucketArn: input(bucketArn),
        kmsKeyArn: input(keyArn),
        prefix: matching(/^((?!\.+\/)[\w.=-]+\/)+$/, "a prefix that ends with a slash, such as captured/"),
        percent: wholeNumber({ min: 1, max: 100 }),
      }),
    ),
    alarmActions: optional(listOf(input(matching(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "the ARN of a topic")))),
  });

  readonly endpointName: pulumi.Output<string>;
  readonly endpointArn: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  /** The version that the endpoint runs. */
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: SageMakerEndpointArgs, opts?: ComponentOptions) {
    super("serving:SageMakerEndpoint", name, args, opts);
    const settings = filled(args);
    validate(name, settings, this);

    const child = { parent: this };
    const { endpointName, store, account, limits, network, capture, alarmActions } = settings;
    const tags = { model: name };
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: `/aws/sagemaker/Endpoints/${endpointName}`, kmsKeyId: args.logs.kmsKeyArn, retentionInDays: args.logs.days },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        namePrefix: shorten("iam role", `${name}-endpoint-`, 26),
        assumeRolePolicy: serviceTrust("sagemaker.amazonaws.com", account),
      },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-permissions`,
      {
        role: role.id,
        policy: policyDocument(
          endpointPermissions({
            modelName: name,
            store,
            account,
            image: args.model.image,
            logGroupArn: logGroup.arn,
            alarmNames: [alarmName(endpointName, "errors"), alarmName(endpointName, "latency")],
            volumeKeyArn: volumeKeyOf(settings),
            capture,
            networked: network !== undefined,
          }),
        ),
      },
      child,
    );

    const release = releaseOf(name, settings, role.arn);
    const served = new aws.sagemaker.Model(
      `${name}-model-${release.id}`,
      { name: release.name, ...release.model, tags },
      { ...child, dependsOn: [permissions, logGroup] },
    );
    const configuration = new aws.sagemaker.EndpointConfiguration(
      `${name}-configuration-${release.id}`,
      { name: release.name, ...configurationOf(settings, served.name), tags },
      child,
    );
    const watched = { endpointName, configurationName: configuration.name };
    const guards = Object.entries(alarms(watched, limits)).map(
      ([of, alarm]) =>
        new aws.cloudwatch.MetricAlarm(
          `${name}-${of}`,
          { ...alarm, alarmActions: [...alarmActions], okActions: [...alarmActions] },
          child,
        ),
    );
    const endpoint = new aws.sagemaker.Endpoint(
      `${name}-endpoint`,
      {
        name: endpointName,
        endpointConfigName: configuration.name,
        deploymentConfig: {
          blueGreenUpdatePolicy: blueGreenPolicy(settings.traffic, settings),
          autoRollbackConfiguration: { alarms: guards.map((alarm) => ({ alarmName: alarm.name })) },
        },
        tags,
      },
      { ...child, dependsOn: guards },
    );
    scale(name, settings.instances, endpoint, child);

    this.endpointName = endpoint.name;
    this.endpointArn = endpoint.arn;
    this.roleArn = role.arn;
    this.version = pulumi
      .all([endpoint.endpointConfigName, configuration.name])
      .apply(([runs, told]) => refuseRolledBack(endpointName, runs, told) ?? args.model.version);
    this.registerOutputs({ endpointName, endpointArn: endpoint.arn, roleArn: role.arn, version: this.version });
  }
}

type Settings = ReturnType<typeof filled>;

/** The arguments, with the default of each that was not given. */
const filled = (args: SageMakerEndpointArgs) => ({
  traffic: { kind: "canary", firstPercent: 10 } as TrafficShift,
  soakSeconds: 600,
  timeoutSeconds: TIMEOUT_SECONDS.most,
  loadSeconds: 300,
  requestSeconds: 10,
  alarmActions: [] as readonly pulumi.Input<string>[],
  network: undefined,
  capture: undefined,
  ...given(args),
  limits: { ...LIMIT_DEFAULTS, ...given(args.limits) } as Required<EndpointLimits>,
});

function validate(name: string, settings: Settings, on: pulumi.Resource): void {
  const { model, store, instances, limits, traffic, requestSeconds } = settings;
  check.matches("name", name, SHORT_LABEL, SHORT_LABEL_RULE, on);
  checkModel(name, model, on);
  checkBucket("store", store, on);
  checkCapture(settings, on);
  check.matches("model.image", model.image, ECR_IMAGE, ECR_IMAGE_RULE, on);
  const registry = isLater(model.image) ? undefined : ECR_IMAGE.exec(model.image as string)?.groups?.["region"];
  check.that(
    registry === undefined || registry === store.region,
    "model.image",
    `an image in ECR of ${store.region}, where the model's files are: SageMaker takes none of another region`,
    registry,
    on,
  );
  const { min, max } = instanceRange(instances);
  check.that(max >= min, "instances.max", `at least instances.min (${min})`, max, on);
  check.that(
    instances.kind === "fixed" || !instances.type.startsWith("ml.t2."),
    "instances.type",
    "no ml.t2 where instances.kind is 'scaled': SageMaker scales no burstable instances",
    instances.type,
    on,
  );
  checkTraffic(traffic, { ...settings, alarmSeconds: alarmSeconds(limits) }, max, on);
  checkLimits(limits, requestSeconds, { ...instances, instances: firstInstances(traffic, max) }, on);
  checkLengths(settings, on);
}

/** SageMaker API reference, VpcConfig; CloudWatch API reference, PutMetricAlarm. */
function checkLengths({ network, alarmActions, store }: Settings, on: pulumi.Resource): void {
  check.length("network.subnetIds", network?.subnetIds, { min: 1, max: 16 }, on);
  check.length("network.securityGroupIds", network?.securityGroupIds, { min: 1, max: 5 }, on);
  check.length("alarmActions", alarmActions, { min: 0, max: 5 }, on);
  for (const [index, topic] of alarmActions.entries()) {
    const isHere = isLater(topic) || (topic as string).split(":")[3] === store.region;
    check.that(isHere, `alarmActions[${index}]`, `a topic of ${store.region}, where the alarms are`, topic, on);
  }
}

/** Two buckets of which only the account knows the names are not compared, unless they are the same output. */
function checkCapture({ capture, store }: Settings, on: pulumi.Resource): void {
  if (capture === undefined) {
    return;
  }
  checkBucket("capture", capture, on);
  for (const key of ["bucketName", "bucketArn"] as const) {
    check.that(
      capture[key] !== store[key],
      `capture.${key}`,
      "another bucket than that of the models, which nothing that serves may write",
      capture[key],
      on,
    );
  }
}

/** The model of a release, and what tells it from others. */
interface EndpointRelease {
  /** Part of the names of its resources in the program: two releases are two resources, of which the old one goes last. */
  id: string;
  /** Its name in the account. SageMaker changes neither models nor configurations, so another content has another name. */
  name: pulumi.Output<string>;
  model: Omit<aws.sagemaker.ModelArgs, "name" | "tags">;
}

function releaseOf(name: string, settings: Settings, roleArn: pulumi.Output<string>): EndpointRelease {
  const { endpointName, model, store, network, requestSeconds } = settings;
  const own: EndpointRelease["model"] = {
    executionRoleArn: roleArn,
    enableNetworkIsolation: true,
    ...(network && { vpcConfig: { subnets: [...network.subnetIds], securityGroupIds: [...network.securityGroupIds] } }),
    primaryContainer: {
      image: model.image,
      mode: "SingleModel",
      modelDataSource: {
        s3DataSources: [
          { s3Uri: pulumi.interpolate`s3://${store.bucketName}/${model.path}/`, s3DataType: "S3Prefix", compressionType: "None" },
        ],
      },
      environment: {
        MODEL_NAME: name,
        MODEL_VERSION: model.version,
        MODEL_URI: pulumi.interpolate`s3://${store.bucketName}/${model.path}`,
        // The server compares the files with it before it loads any of them.
        MODEL_SHA256: model.sha256,
        MODEL_DIR: "/opt/ml/model",
        PORT: "8080",
        GRPC_PORT: "0",
        REQUEST_SECONDS: String(requestSeconds),
      },
    },
  };
  const named = (hash: string) => `v${model.version}-${hash}`;
  return {
    id: named(hashOf(plainly([own, configurationOf(settings, "")]))),
    name: pulumi
      .output([own, configurationOf(settings, "")])
      .apply((known) => shorten("sagemaker name", `${endpointName}-${named(hashOf(known))}`)),
    model: own,
  };
}

const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

/** What is known before anything is made; the rest is left out. */
function plainly(value: unknown): unknown {
  if (isLater(value) || typeof value !== "object" || value === null) {
    return isLater(value) ? null : value;
  }
  return Array.isArray(value)
    ? value.map(plainly)
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainly(each)]));
}

/** The key of the instances' storage, where SageMaker takes one. */
const volumeKeyOf = ({ instances, volumeKeyArn }: Settings): pulumi.Input<string> | undefined =>
  hasDisks(instances.type) ? undefined : volumeKeyArn;

function configurationOf(settings: Settings, modelName: pulumi.Input<string>) {
  const { instances, loadSeconds, capture } = settings;
  const key = volumeKeyOf(settings);
  return {
    ...(key !== undefined && { kmsKeyArn: key }),
    productionVariants: [
      {
        variantName: VARIANT,
        modelName,
        instanceType: instances.type,
        // SageMaker forgets how many the autoscaler chose: a release begins with as many as there may be.
        initialInstanceCount: instanceRange(instances).max,
        containerStartupHealthCheckTimeoutInSeconds: loadSeconds,
        modelDataDownloadTimeoutInSeconds: loadSeconds,
      },
    ],
    ...(capture && {
      dataCaptureConfig: {
        enableCapture: true,
        initialSamplingPercentage: capture.percent,
        destinationS3Uri: pulumi.interpolate`s3://${capture.bucketName}/${capture.prefix}`,
        kmsKeyId: capture.kmsKeyArn,
        captureOptions: [{ captureMode: "Input" }, { captureMode: "Output" }],
      },
    }),
  };
}

/** Follows the requests of an instance. */
function scale(name: string, instances: Instances, endpoint: aws.sagemaker.Endpoint, child: pulumi.CustomResourceOptions): void {
  if (instances.kind === "fixed") {
    return;
  }
  const target = new aws.appautoscaling.Target(
    `${name}-scaling`,
    {
      serviceNamespace: "sagemaker",
      scalableDimension: "sagemaker:variant:DesiredInstanceCount",
      resourceId: pulumi.interpolate`endpoint/${endpoint.name}/variant/${VARIANT}`,
      minCapacity: instances.min,
      maxCapacity: instances.max,
    },
    child,
  );
  new aws.appautoscaling.Policy(
    `${name}-scaling-policy`,
    {
      name: pulumi.interpolate`${endpoint.name}-requests`,
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      scalableDimension: target.scalableDimension,
      resourceId: target.resourceId,
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
        targetValue: instances.requestsPerMinute,
        // An instance takes minutes to start, and fewer of them are wanted only once it has been quiet for a while.
        scaleOutCooldown: 60,
        scaleInCooldown: 600,
      },
    },
    child,
  );
}

/**
 * The provider says nothing where SageMaker went back to the old version (hashicorp/terraform-provider-aws issues 46663 and 48997): it
 * waits until the endpoint is in service, and it is. The update would succeed, and Pulumi would then delete what the endpoint runs.
 *
 * @throws {pulumi.RunError} which ends the update before it deletes anything.
 */
function refuseRolledBack(endpointName: string, runs: string, told: string): undefined {
  if (runs !== told) {
    throw new pulumi.RunError(
      `endpoint '${endpointName}' must run '${told}', got '${runs}': SageMaker has rolled the release back. Its alarms and ` +
        `\`aws sagemaker describe-endpoint --endpoint-name ${endpointName}\` say why. Name the version before it in the release, or a better one`,
    );
  }
}

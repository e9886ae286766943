import type * as pulumi from "@pulumi/pulumi";
import { account } from "../../iam.ts";
import { logDays } from "../../logs.ts";
import { fields, input, listOf, matching, optional, text, wholeNumber } from "../../shape.ts";
import { given } from "../../validation.ts";
import { bucketArn, keyArn, type ModelStore, type ModelVersion, model, modelStore } from "../model.ts";
import { type Instances, instances } from "./instances.ts";
import { type EndpointLimits, endpointLimits, LIMIT_DEFAULTS } from "./limits.ts";
import type { Capture } from "./permissions.ts";
import { TIMEOUT_SECONDS, type TrafficShift, trafficShift, wait } from "./traffic.ts";

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

export const endpointShape = fields<SageMakerEndpointArgs>({
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

/** The arguments of an endpoint, with the default of each that was not given. */
export type EndpointSettings = ReturnType<typeof filled>;

/** The arguments, with the default of each that was not given. */
export const filled = (args: SageMakerEndpointArgs) => ({
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

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument } from "../iam.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { fields, flag, input, listOf, matching, oneOf, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { delivery, type LogDelivery, logDelivery, oneKeyOnly, tlsOnly } from "./bucket-policy.ts";
import { checkLifecycle, type LifecycleRule, lifecycleRule, lifecycleRules } from "./lifecycle.ts";

export interface ObjectStoreArgs {
  /** Beginning of the bucket's name; AWS adds 26 digits, so that no name is ever taken. */
  bucketPrefix: string;

  /**
   * Key that encrypts every object.
   * @default - a key of S3's own; needed where S3 writes access logs, which it cannot encrypt with ours
   */
  kmsKeyArn?: pulumi.Input<string>;

  /** How objects age, one rule a key prefix. @default - kept for ever */
  lifecycle?: readonly LifecycleRule[];

  /** Days for which a version that was replaced or deleted is kept. @default 30 */
  noncurrentDays?: number;

  /** Publish object events to EventBridge, for example to start a training run when data arrives. @default false */
  emitEvents?: boolean;

  /** Let `destroy` delete the bucket while it holds objects. Decides nothing else. @default false */
  forceDestroy?: boolean;

  /**
   * Days for which nobody can delete a version of an object (S3 Object Lock).
   * A bucket can be given a lock only when it is made.
   * @default - no lock
   */
  lockDays?: number;

  /**
   * Who may open the lock: those with the right to bypass it (governance), or nobody, not even the account itself (compliance).
   * @default "governance"
   */
  lockMode?: "governance" | "compliance";

  /** What kind of data it holds: value of the tag `data-classification`, by which policies know what to ask for. @default - not tagged */
  classification?: "internal" | "pii" | "restricted";

  /** Bucket and key prefix that receive a record of every request. @default - requests are not recorded */
  accessLogs?: { bucketName: pulumi.Input<string>; prefix: string };

  /** Logs that AWS services may write here. @default - none */
  deliveries?: readonly LogDelivery[];
}

/** What Terraform's provider, under Pulumi's, appends to a prefix: a timestamp and a counter. */
const SUFFIX = 26;

/**
 * A private, versioned and encrypted S3 bucket, reachable over TLS only.
 *
 * Whatever S3 lets us state beside the bucket is stated beside it: the inline arguments of
 * `aws.s3.Bucket` are deprecated and fight with the resources that replace them.
 *
 * @throws {pulumi.ResourceError} when the name would not fit S3, a number of days is not a whole positive one or contradicts
 * another, or two rules share a prefix.
 */
export class ObjectStore extends Component {
  static override readonly shape = fields<ObjectStoreArgs>({
    bucketPrefix: matching(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/, "lower-case letters, digits and hyphens"),
    kmsKeyArn: optional(input(text)),
    lifecycle: optional(listOf(lifecycleRule)),
    noncurrentDays: optional(wholeNumber({ min: 1 })),
    emitEvents: optional(flag),
    forceDestroy: optional(flag),
    lockDays: optional(wholeNumber({ min: 1 })),
    lockMode: optional(oneOf("governance", "compliance")),
    classification: optional(oneOf("internal", "pii", "restricted")),
    accessLogs: optional(fields<NonNullable<ObjectStoreArgs["accessLogs"]>>({ bucketName: input(text), prefix: text })),
    deliveries: optional(listOf(delivery)),
  });

  /** Name and ARN are known once the bucket's policy is in force: nothing writes before plain HTTP is refused. */
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;

  constructor(name: string, args: ObjectStoreArgs, opts?: ComponentOptions) {
    super("storage:ObjectStore", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const { id: bucket, arn } = new aws.s3.Bucket(
      name,
      {
        bucketPrefix: `${args.bucketPrefix}-`,
        forceDestroy: args.forceDestroy ?? false,
        objectLockEnabled: args.lockDays !== undefined,
        ...(args.classification && { tags: { "data-classification": args.classification } }),
      },
      child,
    );

    const closed = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    new aws.s3.BucketOwnershipControls(`${name}-owner`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, child);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [encryption(args.kmsKeyArn)] },
      child,
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: bucketPolicy(arn, args) },
      // S3 refuses two changes of a bucket's access at one time: "A conflicting conditional operation is currently in progress".
      { ...child, dependsOn: closed },
    );

    const versioning = new aws.s3.BucketVersioning(
      `${name}-versions`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket, rules: lifecycleRules(args.lifecycle ?? [], args.noncurrentDays ?? 30) },
      // Rules on noncurrent versions are refused while the bucket has no versions.
      { ...child, dependsOn: versioning },
    );
    if (args.lockDays !== undefined) {
      new aws.s3.BucketObjectLockConfiguration(
        `${name}-lock`,
        { bucket, rule: { defaultRetention: { mode: retentionMode(args), days: args.lockDays } } },
        { ...child, dependsOn: versioning },
      );
    }
    if (args.accessLogs) {
      new aws.s3.BucketLogging(`${name}-access-log`, { bucket, ...accessLog(args.accessLogs) }, child);
    }
    if (args.emitEvents) {
      new aws.s3.BucketNotification(`${name}-events`, { bucket, eventbridge: true }, child);
    }

    this.bucketName = pulumi.all([bucket, policy.id]).apply(([known]) => known);
    this.bucketArn = pulumi.all([arn, policy.id]).apply(([known]) => known);
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
  }
}

function validate(
  { bucketPrefix, lifecycle = [], lockDays, lockMode, deliveries = [] }: ObjectStoreArgs,
  store: pulumi.Resource,
): void {
  const most = NAME_LIMITS["s3 bucket"] - SUFFIX - 1;
  check.that(
    fits("s3 bucket", bucketPrefix, SUFFIX + 1),
    "bucketPrefix",
    `at most ${most} characters long, so that the bucket's name fits S3 with its suffix`,
    bucketPrefix,
    store,
  );
  check.that(
    lockMode === undefined || lockDays !== undefined,
    "lockMode",
    "left out where there are no lockDays",
    lockMode,
    store,
  );
  checkLifecycle(lifecycle, lockDays ?? 0, store);
  check.distinct(
    "deliveries",
    deliveries.map(({ log }) => log),
    store,
  );
}

/** SSE-KMS with a bucket key, which saves up to 99 % of the requests to KMS (S3 user guide, "Bucket Keys"). Keys of the caller's own are refused. */
function encryption(kmsKeyArn: pulumi.Input<string> | undefined): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
  return {
    applyServerSideEncryptionByDefault:
      kmsKeyArn === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
    bucketKeyEnabled: kmsKeyArn !== undefined,
    blockedEncryptionTypes: ["SSE-C"],
  };
}

const retentionMode = ({ lockMode = "governance" }: ObjectStoreArgs): string => lockMode.toUpperCase();

function bucketPolicy(arn: pulumi.Output<string>, { kmsKeyArn, deliveries = [] }: ObjectStoreArgs): pulumi.Output<string> {
  // CloudTrail chooses itself how it encrypts the digests of its log files: by the key of the trail, or by one of S3's.
  const free = deliveries.some(({ log }) => log === "trail");
  return policyDocument([
    ...tlsOnly(arn),
    ...(kmsKeyArn === undefined || free ? [] : oneKeyOnly(arn, kmsKeyArn)),
    ...deliveries.flatMap((delivery) => logDelivery(arn, delivery)),
  ]);
}

function accessLog({ bucketName, prefix }: NonNullable<ObjectStoreArgs["accessLogs"]>): Omit<aws.s3.BucketLoggingArgs, "bucket"> {
  return {
    targetBucket: bucketName,
    targetPrefix: `${prefix}/`,
    targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
  };
}

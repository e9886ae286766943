import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, input, listOf, matching, optional, text } from "../shape.ts";

export interface AuditTrailArgs {
  /** Name of the trail. The policies of its bucket and of its key name it before it is made. */
  trailName: string;

  /** Bucket that receives the log files, whose policy lets this trail write (`deliveries` of an `ObjectStore`). */
  bucketName: pulumi.Input<string>;

  /** Key prefix of the log files, without a slash. */
  prefix: string;

  /** Key that encrypts the log files, whose policy lets this trail in (`cloudTrail` of keys/services.ts). */
  kmsKeyArn: pulumi.Input<string>;

  /** ARNs of buckets whose writes are all recorded: who put, changed or deleted which object. @default - none */
  writes?: readonly pulumi.Input<string>[];

  /** ARNs of buckets whose reads are all recorded too, because their objects contain personal data. @default - none */
  accesses?: readonly pulumi.Input<string>[];
}

/**
 * A trail of CloudTrail: who did what to the account, in every region and in services that have none, in files whose hashes show
 * when one was changed or removed.
 *
 * Events on the account are free of charge in the first trail; those on objects cost by their number (CloudTrail pricing). The
 * trail's own bucket belongs in neither list: every file that is delivered would be recorded in the next one.
 *
 * @throws {pulumi.ResourceError} when the name or the prefix is invalid.
 */
export class AuditTrail extends Component {
  static override readonly shape = fields<AuditTrailArgs>({
    // CloudTrail API reference, CreateTrail.
    trailName: matching(
      /^[A-Za-z0-9][\w.-]{1,126}[A-Za-z0-9]$/,
      "3 to 128 letters, digits, '.', '_' and '-', and begin and end with a letter or digit",
    ),
    bucketName: input(text),
    prefix: matching(/^[\w.-]+$/, "letters, digits, '.', '_' and '-'"),
    kmsKeyArn: input(text),
    writes: optional(listOf(input(text))),
    accesses: optional(listOf(input(text))),
  });

  readonly trailArn: pulumi.Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: ComponentOptions) {
    super("audit:AuditTrail", name, args, opts);

    const trail = new aws.cloudtrail.Trail(
      name,
      {
        name: args.trailName,
        s3BucketName: args.bucketName,
        s3KeyPrefix: args.prefix,
        kmsKeyId: args.kmsKeyArn,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        enableLogFileValidation: true,
        advancedEventSelectors: selectors(args),
      },
      { parent: this },
    );

    this.trailArn = trail.arn;
    this.registerOutputs({ trailArn: this.trailArn });
  }
}

type Selector = aws.types.input.cloudtrail.TrailAdvancedEventSelector;
type FieldSelector = aws.types.input.cloudtrail.TrailAdvancedEventSelectorFieldSelector;

function selectors({ writes = [], accesses = [] }: AuditTrailArgs): Selector[] {
  return [
    { name: "account", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
    ...(writes.length > 0 ? [objects("writes", writes, [{ field: "readOnly", equals: ["false"] }])] : []),
    ...(accesses.length > 0 ? [objects("accesses", accesses)] : []),
  ];
}

function objects(name: string, buckets: readonly pulumi.Input<string>[], narrower: readonly FieldSelector[] = []): Selector {
  return {
    name,
    fieldSelectors: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: ["AWS::S3::Object"] },
      // With the slash, or the selector would take in buckets whose names begin alike.
      { field: "resources.ARN", startsWiths: buckets.map((arn) => pulumi.interpolate`${arn}/`) },
      ...narrower,
    ],
  };
}

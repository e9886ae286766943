import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { byKind, text } from "../shape.ts";

/** A log that an AWS service writes into the bucket, and whose it is. */
export type LogDelivery = Delivery & (ServiceLog | TrailLog);

interface Delivery {
  /** Key prefix under which the log lies, without a slash. */
  prefix: string;

  /** Account and region whose logs are taken. */
  account: string;
  region: string;
}

interface ServiceLog {
  /** S3 server access logs of our buckets, or flow logs of our networks. */
  log: "access" | "flow";
}

interface TrailLog {
  /** Log and digest files of one trail of CloudTrail. */
  log: "trail";

  /** Its name: the trail can be made only once it may write here. */
  trail: string;
}

const DELIVERY = { prefix: text, account: text, region: text };

export const delivery = byKind<LogDelivery, "log">("log", {
  access: DELIVERY,
  flow: DELIVERY,
  trail: { ...DELIVERY, trail: text },
});

/** Refuses every request without TLS 1.2 or newer. */
export function tlsOnly(bucketArn: pulumi.Output<string>): Statement[] {
  const everything = { principals: "*", actions: ["s3:*"], resources: [bucketArn, pulumi.interpolate`${bucketArn}/*`] } as const;
  return [
    { sid: "TlsOnly", effect: "Deny", ...everything, conditions: { Bool: { "aws:SecureTransport": "false" } } },
    { sid: "ModernTlsOnly", effect: "Deny", ...everything, conditions: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

const KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id";

/**
 * Nothing encrypted otherwise than the bucket says: a request may leave the choice to the bucket, or choose the same key by its ARN. A
 * request for `aws:kms` without a key would take the key of the account (`aws/s3`), which no role of ours can be kept from.
 *
 * `Null` asks whether the header is there at all: a negated operator alone, also with `IfExists`, is true when it is not.
 */
export function oneKeyOnly(bucketArn: pulumi.Output<string>, kmsKeyArn: pulumi.Input<string>): Statement[] {
  const writes = { principals: "*", actions: ["s3:PutObject"], resources: [pulumi.interpolate`${bucketArn}/*`] } as const;
  const unlike = (header: string, value: pulumi.Input<string>) => ({
    Null: { [header]: "false" },
    StringNotEquals: { [header]: value },
  });
  return [
    { sid: "KmsOnly", effect: "Deny", ...writes, conditions: unlike("s3:x-amz-server-side-encryption", "aws:kms") },
    {
      sid: "OneKeyOnly",
      effect: "Deny",
      ...writes,
      conditions: unlike(KEY_HEADER, kmsKeyArn),
    },
    {
      sid: "KmsWithKey",
      effect: "Deny",
      ...writes,
      conditions: { Null: { "s3:x-amz-server-side-encryption": "false", [KEY_HEADER]: "true" } },
    },
  ];
}

/** Lets a service write its log, for our account alone (S3, VPC and CloudTrail user guides on permissions for log delivery). */
export function logDelivery(bucketArn: pulumi.Output<string>, delivery: LogDelivery): Statement[] {
  const { log, prefix, account, region } = delivery;
  if (log === "trail") {
    return trailDelivery(bucketArn, delivery);
  }
  const ours = (sourceArn: string) => ({
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": sourceArn },
  });
  if (log === "access") {
    return [
      {
        sid: "AccessLogs",
        principals: { Service: "logging.s3.amazonaws.com" },
        actions: ["s3:PutObject"],
        resources: [pulumi.interpolate`${bucketArn}/${prefix}/*`],
        // S3 names the source as a bucket's ARN, which carries no account.
        conditions: ours("arn:aws:s3:::*"),
      },
    ];
  }
  const principals = { Service: "delivery.logs.amazonaws.com" };
  const conditions = ours(`arn:aws:logs:${region}:${account}:*`);
  return [
    {
      sid: "FlowLogs",
      principals,
      actions: ["s3:PutObject"],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}/*`],
      conditions,
    },
    { sid: "FlowLogsCheck", principals, actions: ["s3:GetBucketAcl", "s3:ListBucket"], resources: [bucketArn], conditions },
  ];
}

function trailDelivery(bucketArn: pulumi.Output<string>, { prefix, account, region, trail }: Delivery & TrailLog): Statement[] {
  const principals = { Service: "cloudtrail.amazonaws.com" };
  const ours = { "aws:SourceArn": `arn:aws:cloudtrail:${region}:${account}:trail/${trail}` };
  return [
    {
      sid: "Trail",
      principals,
      actions: ["s3:PutObject"],
      resources: [pulumi.interpolate`${bucketArn}/${prefix}/AWSLogs/${account}/*`],
      conditions: { StringEquals: { ...ours, "s3:x-amz-acl": "bucket-owner-full-control" } },
    },
    { sid: "TrailCheck", principals, actions: ["s3:GetBucketAcl"], resources: [bucketArn], conditions: { StringEquals: ours } },
  ];
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../iam.ts";
import { fields, flag, input, matching, optional, type Shape } from "../../shape.ts";
import { check } from "../../validation.ts";
import type { StreamParts } from "./parts.ts";

/** Streams of Kinesis, encrypted with keys of the account. */
export interface KinesisStream {
  kind: "kinesis";

  /** Stream of the rows. */
  stream: EncryptedStream;

  /** Stream of the predictions. */
  output: EncryptedStream;

  /** Stream of the records that cannot be predicted. */
  deadLetters: EncryptedStream;

  /**
   * Table that remembers how far each shard was read; the component makes it.
   * `tableName`: its name. @default - one that Pulumi makes up.
   * `deletionProtection`: neither Pulumi nor anybody else deletes it, as all rows would be predicted again then. @default true
   */
  checkpoints: { kmsKeyArn: pulumi.Input<string>; tableName?: string; deletionProtection?: boolean };
}

/** A stream, and the key that encrypts it. */
export interface EncryptedStream {
  arn: pulumi.Input<string>;
  kmsKeyArn: pulumi.Input<string>;
}

const kmsKeyArn = input(matching(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "the ARN of a key, not of its alias"));

const encryptedStream = fields<EncryptedStream>({
  arn: input(matching(/^arn:aws[\w-]*:kinesis:[\w-]+:\d{12}:stream\/[\w.-]{1,128}$/, "the ARN of a Kinesis stream")),
  kmsKeyArn,
});

/** DynamoDB API reference, "CreateTable". */
const tableName = matching(/^[\w.-]{3,255}$/, "the name of a table: 3 to 255 letters, digits, '.', '_' and '-'");

export const kinesisShape: Shape<Omit<KinesisStream, "kind">> = {
  stream: encryptedStream,
  output: encryptedStream,
  deadLetters: encryptedStream,
  checkpoints: fields<KinesisStream["checkpoints"]>({
    kmsKeyArn,
    tableName: optional(tableName),
    deletionProtection: optional(flag),
  }),
};

/** The table of checkpoints, encrypted with the account's own key, whose every second of the last 35 days can be restored. */
export function checkpointTable(
  name: string,
  { checkpoints }: KinesisStream,
  opts: pulumi.CustomResourceOptions,
): aws.dynamodb.Table {
  const { kmsKeyArn, tableName, deletionProtection = true } = checkpoints;
  return new aws.dynamodb.Table(
    name,
    {
      ...(tableName !== undefined && { name: tableName }),
      // As many writes as there are commits, which nobody knows before.
      billingMode: "PAY_PER_REQUEST",
      hashKey: "shard",
      attributes: [{ name: "shard", type: "S" }],
      serverSideEncryption: { enabled: true, kmsKeyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
    },
    { ...opts, protect: deletionProtection },
  );
}

/** @throws {pulumi.ResourceError} when the region of a stream is another one: the program has one client for all three. */
export function checkKinesis({ stream, output, deadLetters }: KinesisStream, region: string, on: pulumi.Resource): void {
  for (const [argument, { arn }] of Object.entries({ stream, output, deadLetters })) {
    const got = typeof arn === "string" ? arn.split(":")[3] : region;
    check.that(got === region, `source.${argument}.arn`, `a stream of the region of 'store' (${region})`, arn, on);
  }
}

/** What the program is told and what it may do; it needs no other way out than that to AWS. */
export function kinesisParts(
  { stream, output, deadLetters, checkpoints }: KinesisStream,
  table: aws.dynamodb.Table,
  { pods, region }: { pods: number; region: string },
): StreamParts {
  return {
    variables: {
      STREAM_KIND: "kinesis",
      STREAM_INPUT: stream.arn,
      STREAM_OUTPUT: output.arn,
      STREAM_DEAD_LETTERS: deadLetters.arn,
      STREAM_TABLE: table.name,
      STREAM_PODS: String(pods),
    },
    statements: [
      {
        sid: "ReadRows",
        actions: ["kinesis:ListShards", "kinesis:GetShardIterator", "kinesis:GetRecords"],
        resources: [stream.arn],
      },
      { sid: "WriteOutputs", actions: ["kinesis:PutRecords"], resources: [output.arn, deadLetters.arn] },
      {
        sid: "KeepPositions",
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: [table.arn],
      },
      through("Rows", ["kms:Decrypt"], [stream.kmsKeyArn], `kinesis.${region}`),
      through("Outputs", ["kms:GenerateDataKey"], [output.kmsKeyArn, deadLetters.kmsKeyArn], `kinesis.${region}`),
      // DynamoDB asks for the caller's right to the table's key (DynamoDB developer guide, "Encryption at rest: usage notes").
      through("Positions", ["kms:Decrypt"], [checkpoints.kmsKeyArn], `dynamodb.${region}`, {
        "kms:EncryptionContext:aws:dynamodb:tableName": table.name,
      }),
    ],
    egress: [],
  };
}

/** The key by itself is out of reach. */
const through = (
  of: string,
  actions: string[],
  resources: pulumi.Input<string>[],
  service: string,
  context: Record<string, pulumi.Input<string>> = {},
): Statement => ({
  sid: `KeyOf${of}`,
  actions,
  resources,
  conditions: { StringEquals: { "kms:ViaService": `${service}.amazonaws.com`, ...context } },
});

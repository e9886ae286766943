import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";

/** A table in S3: a folder of a bucket. */
export interface Table {
  bucketName: pulumi.Input<string>;
  bucketArn: pulumi.Input<string>;
  /** Key that encrypts the bucket. */
  kmsKeyArn: pulumi.Input<string>;
  /** Folder of the table, with a slash at its end. Empty for the whole bucket. */
  prefix: string;
}

/** Address of a table, as programs of ours take it. */
export const uriOf = ({ bucketName, prefix }: Table): pulumi.Output<string> => pulumi.interpolate`s3://${bucketName}/${prefix}`;

/** Reads a table, and nothing beside it. @param of what it is called in the names of the statements. */
export const readTable = (of: string, table: Table, region: string): Statement[] => [
  { sid: `Read${of}`, actions: ["s3:GetObject"], resources: [objectsOf(table)] },
  list(of, table),
  throughStore(of, ["kms:Decrypt"], table, region),
];

/** Reads, writes and deletes the files of a table. */
export const writeTable = (of: string, table: Table, region: string): Statement[] => [
  { sid: `Write${of}`, actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: [objectsOf(table)] },
  list(of, table),
  throughStore(of, ["kms:Decrypt", "kms:GenerateDataKey"], table, region),
];

const objectsOf = ({ bucketArn, prefix }: Table): pulumi.Output<string> => pulumi.interpolate`${bucketArn}/${prefix}*`;

const list = (of: string, { bucketArn, prefix }: Table): Statement => ({
  sid: `List${of}`,
  actions: ["s3:ListBucket"],
  resources: [bucketArn],
  ...(prefix !== "" && { conditions: { StringLike: { "s3:prefix": `${prefix}*` } } }),
});

/** The key by itself is out of reach. */
const throughStore = (of: string, actions: string[], { kmsKeyArn }: Table, region: string): Statement => ({
  sid: `KeyOf${of}`,
  actions,
  resources: [kmsKeyArn],
  conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
});

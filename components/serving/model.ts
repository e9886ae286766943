import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { fields, input, isLater, matching, text } from "../shape.ts";
import { check } from "../validation.ts";
import { imageByDigest } from "./runtimes/fetched.ts";

/** One immutable version of a model: the same bytes wherever it runs. An alias of the registry never comes this far. */
export interface ModelVersion {
  /** Version in the registry, a number as text. */
  version: string;
  /** Folder of the version in the model store, inside `models/<name>/`. */
  path: string;
  /** sha256 over the version's files, as docs/model-server.md defines it; pods that find another one do not start. */
  sha256: string;
  /** Model server image by digest, `<repository>@sha256:…`. */
  image: pulumi.Input<string>;
}

export const model = fields<ModelVersion>({
  version: matching(/^\d{1,18}$/, "a registered version number, never an alias"),
  path: text,
  sha256: matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits"),
  image: imageByDigest,
});

/** One bucket: a star would be the resource of a role's permissions. */
export const bucketArn = matching(/^arn:aws[\w-]*:s3:::[a-z0-9][a-z0-9.-]*$/, "the ARN of one bucket");

/** One key: a star would be the resource of a role's permissions. */
export const keyArn = matching(/^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "the ARN of one key");

/** @throws {pulumi.ResourceError} when a bucket's ARN is that of another one. Names that only the account knows are not compared. */
export function checkBucket(argument: string, { bucketName, bucketArn }: Bucket, on: pulumi.Resource): void {
  if (!isLater(bucketName) && !isLater(bucketArn)) {
    const isItsOwn = (bucketArn as string).endsWith(`:::${bucketName as string}`);
    check.that(isItsOwn, `${argument}.bucketArn`, `the ARN of ${argument}.bucketName ('${bucketName as string}')`, bucketArn, on);
  }
}

type Bucket = Pick<ModelStore, "bucketName" | "bucketArn">;

/** The bucket that keeps promoted models. */
export interface ModelStore {
  bucketName: pulumi.Input<string>;
  bucketArn: pulumi.Input<string>;
  /** Key that encrypts it. */
  kmsKeyArn: pulumi.Input<string>;
  region: string;
}

export const modelStore = fields<ModelStore>({
  bucketName: input(text),
  bucketArn: input(bucketArn),
  kmsKeyArn: input(keyArn),
  region: text,
});

/** Where the versions of a model lie in the store; its servers may read nothing else. */
const modelPrefix = (name: string): string => `models/${name}/`;

/** @throws {pulumi.ResourceError} when the version lies outside the model's folder. */
export function checkModel(name: string, { path }: ModelVersion, on: pulumi.Resource): void {
  const inside = path.startsWith(modelPrefix(name)) && /^[\w.-]+(\/[\w.-]+)+$/.test(path) && !path.includes("..");
  check.that(inside, "model.path", `a folder inside '${modelPrefix(name)}'`, path, on);
}

/** Reads the versions of one model and decrypts through S3 alone: another model's files, or the key by itself, are out of reach. */
export function readModel(name: string, { bucketArn, kmsKeyArn, region }: ModelStore): Statement[] {
  return [
    { sid: "ReadVersions", actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucketArn}/${modelPrefix(name)}*`] },
    {
      sid: "ListVersions",
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions: { StringLike: { "s3:prefix": `${modelPrefix(name)}*` } },
    },
    {
      sid: "DecryptThroughStore",
      actions: ["kms:Decrypt"],
      resources: [kmsKeyArn],
      conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
  ];
}

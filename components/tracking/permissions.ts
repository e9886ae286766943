import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { ARTIFACT_PREFIX } from "./configuration.ts";

/** What the server may do in AWS: read and write its own folder of one bucket, and use the bucket's key through S3 alone. */
export function artifactStatements(
  store: { arn: pulumi.Input<string> },
  dataKeyArn: pulumi.Input<string>,
  region: pulumi.Input<string>,
): Statement[] {
  return [
    {
      sid: "ListArtifacts",
      actions: ["s3:ListBucket"],
      resources: [store.arn],
      conditions: { StringLike: { "s3:prefix": [ARTIFACT_PREFIX, `${ARTIFACT_PREFIX}/*`] } },
    },
    {
      sid: "KeepArtifacts",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      resources: [pulumi.interpolate`${store.arn}/${ARTIFACT_PREFIX}/*`],
    },
    {
      sid: "UseKeyThroughS3",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [dataKeyArn],
      conditions: { StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${region}.amazonaws.com` } },
    },
  ];
}

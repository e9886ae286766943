import { createHash } from "node:crypto";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { shorten } from "../../naming.ts";
import { isLater } from "../../shape.ts";
import { VARIANT } from "./alarms.ts";
import type { EndpointSettings } from "./endpoint-args.ts";
import { hasDisks } from "./instance-types.ts";
import { instanceRange } from "./instances.ts";

/** The model of a release, and what tells it from others. */
export interface EndpointRelease {
  /** Part of the names of its resources in the program: two releases are two resources, of which the old one goes last. */
  id: string;
  /** Its name in the account. SageMaker changes neither models nor configurations, so another content has another name. */
  name: pulumi.Output<string>;
  model: Omit<aws.sagemaker.ModelArgs, "name" | "tags">;
}

/** The release of what the arguments say. */
export function releaseOf(name: string, settings: EndpointSettings, roleArn: pulumi.Output<string>): EndpointRelease {
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
export const volumeKeyOf = ({ instances, volumeKeyArn }: EndpointSettings): pulumi.Input<string> | undefined =>
  hasDisks(instances.type) ? undefined : volumeKeyArn;

/** What the instances of a release are. */
export function configurationOf(settings: EndpointSettings, modelName: pulumi.Input<string>) {
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

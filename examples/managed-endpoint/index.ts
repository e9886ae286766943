import { EncryptionKey } from "@millrace/components/keys/key";
import { cloudWatchLogs } from "@millrace/components/keys/services";
import { ImageRepository } from "@millrace/components/registry/image-repository";
import type { ModelVersion } from "@millrace/components/serving/model";
import { SageMakerEndpoint } from "@millrace/components/serving/sagemaker-endpoint";
import { ObjectStore } from "@millrace/components/storage/object-store";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const account = config.require("account");
const region = new pulumi.Config("aws").require("region");
const key = new EncryptionKey("data", { account, alias: "acme-models", description: "Models, their image and their endpoint" });
const logsKey = new EncryptionKey("logs", {
  account,
  alias: "acme-logs",
  description: "Logs of endpoints",
  services: [cloudWatchLogs(account, region)],
});
const store = new ObjectStore("models", { bucketPrefix: "acme-models", kmsKeyArn: key.keyArn });
const images = new ImageRepository("images", { repository: "acme/model-server", kmsKeyArn: key.keyArn });
const fraud = new SageMakerEndpoint("fraud", {
  endpointName: "acme-fraud",
  model: config.requireObject<ModelVersion>("model"),
  store: { bucketName: store.bucketName, bucketArn: store.bucketArn, kmsKeyArn: key.keyArn, region },
  account,
  instances: { kind: "scaled", type: "ml.m7i.large", min: 2, max: 6, requestsPerMinute: 600 },
  volumeKeyArn: key.keyArn,
  logs: { kmsKeyArn: logsKey.keyArn, days: 365 },
  traffic: { kind: "canary", firstPercent: 10, waitSeconds: 600 },
  limits: { maxErrorShare: 0.01, latencyTargetMs: 200, maxSlowShare: 0.05 },
});

export const bucket = store.bucketName;
export const repository = images.repositoryUrl;
export const endpoint = fraud.endpointName;
export const version = fraud.version;

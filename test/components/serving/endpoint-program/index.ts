import * as pulumi from "@pulumi/pulumi";
import { SageMakerEndpoint } from "#components/serving/sagemaker-endpoint";

const account = "123456789012";
const version = new pulumi.Config().require("version");
const key = `arn:aws:kms:eu-west-1:${account}:key/1`;
const endpoint = new SageMakerEndpoint("fraud", {
  endpointName: "millrace-dev-fraud",
  model: {
    version,
    path: `models/fraud/${version}`,
    sha256: "b".repeat(64),
    image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/model-server@sha256:${"a".repeat(64)}`,
  },
  store: { bucketName: "models", bucketArn: "arn:aws:s3:::models", kmsKeyArn: key, region: "eu-west-1" },
  account,
  instances: { kind: "scaled", type: "ml.m7i.large", min: 2, max: 4, requestsPerMinute: 600 },
  volumeKeyArn: key,
  logs: { kmsKeyArn: key, days: 365 },
});

export const served = endpoint.version;

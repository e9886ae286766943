import { FeatureStore, type FeatureStoreArgs } from "#components/features/feature-store";
import { type Recorded, record } from "../../harness/graph.ts";

export const DIGEST = "a".repeat(64);

/** The fewest arguments. */
export const minimal: FeatureStoreArgs = {
  account: "111111111111",
  clientLabels: { "millrace.dev/features": "client" },
  clusterName: "example",
  database: {
    host: "db.example.internal",
    port: 5432,
    name: "mlflow",
    user: "millrace",
    secretArn: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-abc",
    maxConnections: 225,
    certificateAuthority: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  },
  image: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/example/feature-server@sha256:${DIGEST}`,
  monitoringNamespace: "monitoring",
  offline: {
    bucketName: "example-data",
    bucketArn: "arn:aws:s3:::example-data",
    kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/data",
    prefix: "features/",
  },
  project: "test",
  region: "eu-west-1",
  secretStore: "aws-secrets",
  vpcCidr: "10.30.0.0/16",
};

/** All that can be said. */
export const everything: FeatureStoreArgs = {
  ...minimal,
  online: { kind: "dynamodb" },
  replicas: 3,
  schedule: "*/10 * * * *",
};

export const features = (args: FeatureStoreArgs = minimal): Promise<Recorded[]> =>
  record(() => new FeatureStore("features", args));

import * as pulumi from "@pulumi/pulumi";
import type { DatabaseInstance } from "../database/instance.ts";
import { ACCESS_VARIABLE } from "./access.ts";
import { POOL } from "./connections.ts";
import { databaseEnvironment } from "./database.ts";
import { type EnvVar, SCRATCH_ENVIRONMENT } from "./pod.ts";
import { KEY, KEYS_SECRET } from "./secrets.ts";
import { waysIn } from "./ways.ts";

export const PORT = 5_000;

/** Folder of the artifacts inside the store; the server may touch no other. */
export const ARTIFACT_PREFIX = "mlflow";

/** The only account with a password: the way in when no issuer of tokens answers, and that of the garbage collection. */
export const ADMIN = "admin";

/** Files through which the workers share their counters. */
export const COUNTERS_FOLDER = "/var/run/mlflow/counters";

export interface Configuration {
  account: pulumi.Input<string>;
  artifactStore: { name: pulumi.Input<string> };
  database: DatabaseInstance;
  dataKeyArn: pulumi.Input<string>;
  host?: string;
  workers: number;
}

/** Arguments of `mlflow` (MLflow documentation, "Tracking Server"). Artifacts pass through the server: clients need no rights in S3. */
export function serverArguments({ artifactStore, host, workers }: Configuration): pulumi.Input<string>[] {
  const ways = Object.values(waysIn(host));
  return [
    "server",
    "--host=0.0.0.0",
    `--port=${PORT}`,
    `--workers=${workers}`,
    pulumi.interpolate`--artifacts-destination=s3://${artifactStore.name}/${ARTIFACT_PREFIX}`,
    // Any other host gets 403, which keeps a page in a browser from reaching the server under a name of its own.
    `--allowed-hosts=${ways.flatMap(({ hosts }) => hosts).join(",")}`,
    `--cors-allowed-origins=${ways.flatMap(({ origins }) => origins).join(",")}`,
    `--expose-prometheus=${COUNTERS_FOLDER}`,
    "--app-name=millrace",
    // Longer than a load balancer keeps an idle connection (60 s by default): else it meets one that the server has just closed.
    "--uvicorn-opts=--timeout-keep-alive=120",
  ];
}

/** Environment of the server. What is secret comes from the Secret that External Secrets writes. */
export function serverEnvironment(configuration: Configuration): EnvVar[] {
  const { account, artifactStore, database, dataKeyArn } = configuration;
  return [
    ...SCRATCH_ENVIRONMENT,
    ...databaseEnvironment(database),
    { name: "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE", value: String(POOL.size) },
    { name: "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW", value: String(POOL.overflow) },
    { name: "MLFLOW_SQLALCHEMYSTORE_POOL_RECYCLE", value: String(POOL.recycleSeconds) },
    ACCESS_VARIABLE,
    // A bucket that was deleted and taken by a stranger under the same name gets nothing.
    { name: "MLFLOW_S3_EXPECTED_BUCKET_OWNER", value: account },
    { name: "MLFLOW_S3_UPLOAD_EXTRA_ARGS", value: uploadArguments(dataKeyArn) },
    { name: "MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX", value: modelSources(artifactStore.name) },
    // Jobs of the server (judges of traces) run on SQLite files of one replica; Millrace trains and evaluates elsewhere.
    { name: "MLFLOW_SERVER_ENABLE_JOB_EXECUTION", value: "false" },
    { name: "MLFLOW_DISABLE_TELEMETRY", value: "true" },
    fromKeys("MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY", KEY.webhooks),
    fromKeys("MLFLOW_CRYPTO_KEK_PASSPHRASE", KEY.passphrase),
    fromKeys("MLFLOW_AUTH_ADMIN_PASSWORD", KEY.admin),
  ];
}

/** A variable from the generated keys. */
export function fromKeys(name: string, key: string): EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: KEYS_SECRET, key } } };
}

function uploadArguments(dataKeyArn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: dataKeyArn });
}

/**
 * Where the files of a model version may lie: behind this server, or in its own folder of the store. Without it whoever may register a
 * model can make the server fetch any address (MLflow issue 23500).
 */
function modelSources(bucket: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi
    .output(bucket)
    .apply((name) => `^(mlflow-artifacts:/|models:/|s3://${name.replaceAll(".", "\\.")}/${ARTIFACT_PREFIX}/)`);
}

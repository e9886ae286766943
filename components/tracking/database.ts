import * as pulumi from "@pulumi/pulumi";
import { addressOf, type DatabaseInstance, databaseInstance } from "../database/instance.ts";
import { SERVICE_FILE, type ServiceFile } from "../database/passwords.ts";
import { matching } from "../shape.ts";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

// PostgreSQL folds names that are not quoted.
export const trackingDatabase = databaseInstance(
  matching(/^(?!mlflow$)./i, "the master user, not mlflow, which is the server's own"),
);

/** User of the server in PostgreSQL, and section of its service file. */
export const USER = "mlflow";

/** Service file of the master user, for the migration alone. */
export const MASTER_FILE: ServiceFile = { secret: "mlflow-database-master", section: USER };
const MASTER_FOLDER = "/etc/mlflow/master";

/** Service file of the server's own user. The address names the user. */
export const PASSWORD_FILE: ServiceFile = { secret: "mlflow-database", section: USER };

/** ConfigMap with the certificates, and their key. */
export const AUTHORITY_CONFIG = "mlflow-database-authority";
export const AUTHORITY_FILE = "ca.pem";

export const PASSWORD_FOLDER = "/etc/mlflow/database";
const AUTHORITY_FOLDER = "/etc/mlflow/authority";

/** Where the database is. The driver is named: SQLAlchemy reads a bare `postgresql://` as psycopg 3. */
export function databaseUri(database: DatabaseInstance): pulumi.Output<string> {
  return pulumi.interpolate`postgresql+psycopg2://${USER}@${address(database)}`;
}

/** The same for the master user, as libpq reads it. */
export function masterUri(database: DatabaseInstance): pulumi.Output<string> {
  return pulumi.interpolate`postgresql://${database.user}@${address(database)}`;
}

const address = (database: DatabaseInstance): pulumi.Output<string> =>
  addressOf(database, { name: database.name, service: USER, certificates: `${AUTHORITY_FOLDER}/${AUTHORITY_FILE}` });

/** What a container needs to reach the database. */
export function databaseEnvironment(database: DatabaseInstance): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `${PASSWORD_FOLDER}/${SERVICE_FILE}` },
    { name: "MLFLOW_BACKEND_STORE_URI", value: databaseUri(database) },
  ];
}

/** The same for the container that works as the master user. */
export function masterEnvironment(database: DatabaseInstance): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `${MASTER_FOLDER}/${SERVICE_FILE}` },
    { name: "MASTER_URI", value: masterUri(database) },
  ];
}

/** A directory each, not a `subPath`: only then does the kubelet bring a rotated password into a running pod. */
export const DATABASE_MOUNTS: VolumeMount[] = [
  { name: "database", mountPath: PASSWORD_FOLDER, readOnly: true },
  { name: "authority", mountPath: AUTHORITY_FOLDER, readOnly: true },
];

export const DATABASE_VOLUMES: Volume[] = [
  { name: "database", secret: { secretName: PASSWORD_FILE.secret, defaultMode: 0o440 } },
  { name: "authority", configMap: { name: AUTHORITY_CONFIG } },
];

export const MASTER_MOUNT: VolumeMount = { name: "master", mountPath: MASTER_FOLDER, readOnly: true };
export const MASTER_VOLUME: Volume = { name: "master", secret: { secretName: MASTER_FILE.secret, defaultMode: 0o440 } };

import * as pulumi from "@pulumi/pulumi";
import { fields, input, matching, text, wholeNumber } from "../shape.ts";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

/** PostgreSQL of the tracking server. */
export interface TrackingDatabase {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  /** Database, which exists already; its tables are the migration's. */
  name: pulumi.Input<string>;

  /** Master user, under whom the migration makes the server's own user, `mlflow`. The server itself never has its password. */
  user: pulumi.Input<string>;

  /** Secret in AWS Secrets Manager with the master user's `password`, which RDS keeps and rotates. */
  secretArn: pulumi.Input<string>;

  /** Connections that the database accepts (`max_connections`). Plain: the size of the server is checked against it. */
  maxConnections: number;

  /** Certificates, PEM, one of which signed the database's own: by them every connection proves that it speaks to our database. */
  certificateAuthority: string;
}

export const trackingDatabase = fields<TrackingDatabase>({
  host: input(text),
  port: input(wholeNumber({ min: 1, max: 65_535 })),
  name: input(text),
  // PostgreSQL folds names that are not quoted.
  user: input(matching(/^(?!mlflow$)./i, "the master user, not mlflow, which is the server's own")),
  secretArn: input(text),
  maxConnections: wholeNumber({ min: 1 }),
  certificateAuthority: matching(/^-----BEGIN CERTIFICATE-----\s/, "certificates in PEM"),
});

/** User of the server in PostgreSQL, and section of its service file. */
export const USER = "mlflow";

/** Secret of the master user, for the migration alone. */
export const MASTER_SECRET = "mlflow-database-master";
const MASTER_FOLDER = "/etc/mlflow/master";

/** Secret of the server's own user, and its key: a libpq connection service file that holds the password and nothing else. */
export const PASSWORD_SECRET = "mlflow-database";
export const PASSWORD_FILE = "pg_service.conf";

/** ConfigMap with the certificates, and their key. */
export const AUTHORITY_CONFIG = "mlflow-database-authority";
export const AUTHORITY_FILE = "ca.pem";

export const PASSWORD_FOLDER = "/etc/mlflow/database";
const AUTHORITY_FOLDER = "/etc/mlflow/authority";

/**
 * Where the database is, without the password: that is read from the service file at every new connection, so that the address can
 * stand in arguments and logs. The driver is named: SQLAlchemy reads a bare `postgresql://` as psycopg 3.
 */
export function databaseUri(database: TrackingDatabase): pulumi.Output<string> {
  return pulumi.interpolate`postgresql+psycopg2://${USER}@${address(database)}`;
}

/** The same for the master user, as libpq reads it. */
export function masterUri(database: TrackingDatabase): pulumi.Output<string> {
  return pulumi.interpolate`postgresql://${database.user}@${address(database)}`;
}

function address({ host, port, name }: TrackingDatabase): pulumi.Output<string> {
  const tls = `sslmode=verify-full&sslrootcert=${AUTHORITY_FOLDER}/${AUTHORITY_FILE}`;
  return pulumi.interpolate`${host}:${port}/${name}?service=${USER}&${tls}`;
}

/** Template by which External Secrets writes a service file. */
export const PASSWORD_TEMPLATE = `[${USER}]\npassword={{ .password }}\n`;

/** What a container needs to reach the database. */
export function databaseEnvironment(database: TrackingDatabase): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `${PASSWORD_FOLDER}/${PASSWORD_FILE}` },
    { name: "MLFLOW_BACKEND_STORE_URI", value: databaseUri(database) },
  ];
}

/** The same for the container that works as the master user. */
export function masterEnvironment(database: TrackingDatabase): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `${MASTER_FOLDER}/${PASSWORD_FILE}` },
    { name: "MASTER_URI", value: masterUri(database) },
  ];
}

/** A directory each, not a `subPath`: only then does the kubelet bring a rotated password into a running pod. */
export const DATABASE_MOUNTS: VolumeMount[] = [
  { name: "database", mountPath: PASSWORD_FOLDER, readOnly: true },
  { name: "authority", mountPath: AUTHORITY_FOLDER, readOnly: true },
];

export const DATABASE_VOLUMES: Volume[] = [
  { name: "database", secret: { secretName: PASSWORD_SECRET, defaultMode: 0o440 } },
  { name: "authority", configMap: { name: AUTHORITY_CONFIG } },
];

export const MASTER_MOUNT: VolumeMount = { name: "master", mountPath: MASTER_FOLDER, readOnly: true };
export const MASTER_VOLUME: Volume = { name: "master", secret: { secretName: MASTER_SECRET, defaultMode: 0o440 } };

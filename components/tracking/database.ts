import * as pulumi from "@pulumi/pulumi";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

/** PostgreSQL of the tracking server. */
export interface TrackingDatabase {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  /** Database, which exists already; its tables are the migration's. */
  name: pulumi.Input<string>;
  user: pulumi.Input<string>;

  /** Secret in AWS Secrets Manager whose property `password` RDS keeps and rotates. */
  secretArn: pulumi.Input<string>;

  /** Connections that the database accepts (`max_connections`). Plain: the size of the server is checked against it. */
  maxConnections: number;

  /**
   * Certificates, PEM, one of which signed the database's own: with them the server proves that it speaks to our database.
   * @default - the connection is encrypted, but the server is not verified
   */
  certificateAuthority?: string;
}

/** Secret, its key, and the section in it: a libpq connection service file that holds the password and nothing else. */
export const PASSWORD_SECRET = "mlflow-database";
export const PASSWORD_FILE = "pg_service.conf";
const SERVICE = "mlflow";

/** ConfigMap with the certificates, and their key. */
export const AUTHORITY_CONFIG = "mlflow-database-authority";
export const AUTHORITY_FILE = "ca.pem";

const PASSWORD_FOLDER = "/etc/mlflow/database";
const AUTHORITY_FOLDER = "/etc/mlflow/authority";

/**
 * Where the database is, without the password: that is read from the service file at every new connection, so that a rotation needs
 * no restart and the address can stand in arguments and logs. The driver is named: SQLAlchemy reads a bare `postgresql://` as psycopg 3.
 */
export function databaseUri({ host, port, name, user, certificateAuthority }: TrackingDatabase): pulumi.Output<string> {
  const tls =
    certificateAuthority === undefined
      ? "sslmode=require"
      : `sslmode=verify-full&sslrootcert=${AUTHORITY_FOLDER}/${AUTHORITY_FILE}`;
  return pulumi.interpolate`postgresql+psycopg2://${user}@${host}:${port}/${name}?service=${SERVICE}&${tls}`;
}

/** Template by which External Secrets writes the service file. */
export const PASSWORD_TEMPLATE = `[${SERVICE}]\npassword={{ .password }}\n`;

/** What a container needs to reach the database. */
export function databaseEnvironment(database: TrackingDatabase): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `${PASSWORD_FOLDER}/${PASSWORD_FILE}` },
    { name: "MLFLOW_BACKEND_STORE_URI", value: databaseUri(database) },
  ];
}

/** A directory each, not a `subPath`: only then does the kubelet bring a rotated password into a running pod. */
export function databaseMounts({ certificateAuthority }: TrackingDatabase): VolumeMount[] {
  return [
    { name: "database", mountPath: PASSWORD_FOLDER, readOnly: true },
    ...(certificateAuthority === undefined ? [] : [{ name: "authority", mountPath: AUTHORITY_FOLDER, readOnly: true }]),
  ];
}

export function databaseVolumes({ certificateAuthority }: TrackingDatabase): Volume[] {
  return [
    { name: "database", secret: { secretName: PASSWORD_SECRET, defaultMode: 0o440 } },
    ...(certificateAuthority === undefined ? [] : [{ name: "authority", configMap: { name: AUTHORITY_CONFIG } }]),
  ];
}

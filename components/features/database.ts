import * as pulumi from "@pulumi/pulumi";
import { fields, input, matching, text, wholeNumber } from "../shape.ts";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

/** PostgreSQL of the feature store: an instance on which it makes a database of its own, `feast`. */
export interface FeatureDatabase {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  /** A database that exists already; the master user connects to it to make the other one. */
  name: pulumi.Input<string>;

  /** Master user, under whom the database and its two users, `feast` and `feast_reader`, are made. Nothing else has its password. */
  user: pulumi.Input<string>;

  /** Secret in AWS Secrets Manager with the master user's `password`, which RDS keeps and rotates. */
  secretArn: pulumi.Input<string>;

  /** Connections that the instance accepts (`max_connections`). Plain: the number of replicas is checked against it. */
  maxConnections: number;

  /** Certificates, PEM, one of which signed the instance's own: by them every connection proves that it speaks to our database. */
  certificateAuthority: string;
}

export const featureDatabase = fields<FeatureDatabase>({
  host: input(text),
  port: input(wholeNumber({ min: 1, max: 65_535 })),
  name: input(text),
  user: input(
    matching(/^(?!feast(_reader)?$)./i, "the master user, not feast or feast_reader, which are the feature store's own"),
  ),
  secretArn: input(text),
  maxConnections: wholeNumber({ min: 1 }),
  certificateAuthority: matching(/^-----BEGIN CERTIFICATE-----\s/, "certificates in PEM"),
});

/** Who connects: the jobs own the tables, the server may read them. */
export type User = "feast" | "feast_reader";

/** The database, and the section of the service files that name user and password (images/feature-server/feature_store/prepare.py). */
export const DATABASE = "feast";

export const SERVICE_FILE = "pg_service.conf";
export const secretOf = (user: User): string => `feast-database-${user === "feast" ? "owner" : "reader"}`;
export const MASTER_SECRET = "feast-database-master";

/** ConfigMap with the certificates, and their key. */
export const AUTHORITY_CONFIG = "feast-database-authority";
export const AUTHORITY_FILE = "ca.pem";
const AUTHORITY = "/etc/feast/authority";
export const ROOT_CERTIFICATE = `${AUTHORITY}/${AUTHORITY_FILE}`;

/** Address of the registry, as SQLAlchemy reads it. User and password come from the service file at every new connection. */
export const registryUri = ({ host, port }: FeatureDatabase): pulumi.Output<string> =>
  pulumi.interpolate`postgresql+psycopg://@${host}:${port}/${DATABASE}?service=${DATABASE}&sslmode=verify-full&sslrootcert=${ROOT_CERTIFICATE}`;

/** For the container that works as the master user. */
export function masterEnvironment({ host, port, name, user }: FeatureDatabase): EnvVar[] {
  const address = pulumi.interpolate`postgresql://${user}@${host}:${port}/${name}`;
  return [
    { name: "PGSERVICEFILE", value: `/etc/feast/master/${SERVICE_FILE}` },
    {
      name: "MASTER_URI",
      value: pulumi.interpolate`${address}?service=${DATABASE}&sslmode=verify-full&sslrootcert=${ROOT_CERTIFICATE}`,
    },
    { name: "OWNER_FILE", value: `/etc/feast/owner/${SERVICE_FILE}` },
    { name: "READER_FILE", value: `/etc/feast/reader/${SERVICE_FILE}` },
  ];
}

/** For a container that works as a user of the feature store. */
export const userEnvironment: EnvVar = { name: "PGSERVICEFILE", value: `/etc/feast/database/${SERVICE_FILE}` };

const mounted = (name: string): VolumeMount => ({ name, mountPath: `/etc/feast/${name}`, readOnly: true });
export const DATABASE_MOUNTS = [mounted("database"), mounted("authority")];
export const MASTER_MOUNTS = [...["master", "owner", "reader"].map(mounted), mounted("authority")];

const secret = (name: string, secretName: string): Volume => ({ name, secret: { secretName, defaultMode: 0o440 } });
export const databaseVolumes = (user: User): Volume[] => [
  secret("database", secretOf(user)),
  { name: "authority", configMap: { name: AUTHORITY_CONFIG } },
];
export const MASTER_VOLUMES = [
  secret("master", MASTER_SECRET),
  secret("owner", secretOf("feast")),
  secret("reader", secretOf("feast_reader")),
];

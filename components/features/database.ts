import * as pulumi from "@pulumi/pulumi";
import { addressOf, type DatabaseInstance, databaseInstance } from "../database/instance.ts";
import { SERVICE_FILE, type ServiceFile } from "../database/passwords.ts";
import { matching } from "../shape.ts";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

/** An instance on which the feature store makes a database of its own, `feast`, with the users `feast` and `feast_reader`. */
export const featureDatabase = databaseInstance(
  matching(/^(?!feast(_reader)?$)./i, "the master user, not feast or feast_reader, which are the feature store's own"),
);

/** Who connects: the jobs own the tables, the server may read them. */
export type User = "feast" | "feast_reader";

/** The database, and the section of the service files that name user and password (images/feature-server/feature_store/prepare.py). */
export const DATABASE = "feast";

const secretOf = (user: User): string => `feast-database-${user === "feast" ? "owner" : "reader"}`;

/** Service files of the master user, whom the address names, and of the store's own users. */
export const MASTER_FILE: ServiceFile = { secret: "feast-database-master", section: DATABASE };
export const fileOf = (user: User): ServiceFile => ({ secret: secretOf(user), section: DATABASE, user });

/** ConfigMap with the certificates, and their key. */
export const AUTHORITY_CONFIG = "feast-database-authority";
export const AUTHORITY_FILE = "ca.pem";
const AUTHORITY = "/etc/feast/authority";
export const ROOT_CERTIFICATE = `${AUTHORITY}/${AUTHORITY_FILE}`;

const address = (database: DatabaseInstance, name: pulumi.Input<string>): pulumi.Output<string> =>
  addressOf(database, { name, service: DATABASE, certificates: ROOT_CERTIFICATE });

/** Address of the registry, as SQLAlchemy reads it. The service file names the user, too. */
export const registryUri = (database: DatabaseInstance): pulumi.Output<string> =>
  pulumi.interpolate`postgresql+psycopg://@${address(database, DATABASE)}`;

/** For the container that works as the master user. */
export function masterEnvironment(database: DatabaseInstance): EnvVar[] {
  return [
    { name: "PGSERVICEFILE", value: `/etc/feast/master/${SERVICE_FILE}` },
    { name: "MASTER_URI", value: pulumi.interpolate`postgresql://${database.user}@${address(database, database.name)}` },
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
  secret("master", MASTER_FILE.secret),
  secret("owner", secretOf("feast")),
  secret("reader", secretOf("feast_reader")),
];

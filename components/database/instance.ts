import * as pulumi from "@pulumi/pulumi";
import { fields, input, matching, type Rule, text, wholeNumber } from "../shape.ts";

/** A PostgreSQL instance, as a server of the cluster uses it. */
export interface DatabaseInstance {
  host: pulumi.Input<string>;
  port: pulumi.Input<number>;
  /** A database that exists already, to which the master user connects. */
  name: pulumi.Input<string>;

  /** Master user, under whom the users of a server are made. The server itself never has its password. */
  user: pulumi.Input<string>;

  /** Secret in AWS Secrets Manager with the master user's `password`, which RDS keeps and rotates. */
  secretArn: pulumi.Input<string>;

  /** Connections that the instance accepts (`max_connections`). Plain: the size of the server is checked against it. */
  maxConnections: number;

  /** Certificates, PEM, one of which signed the instance's own: by them every connection proves that it speaks to our database. */
  certificateAuthority: string;
}

/** @param user rule of the master user, who is none of the server's own. */
export const databaseInstance = (user: Rule<string, false>): Rule<DatabaseInstance, false> =>
  fields<DatabaseInstance>({
    host: input(text),
    port: input(wholeNumber({ min: 1, max: 65_535 })),
    name: input(text),
    user: input(user),
    secretArn: input(text),
    maxConnections: wholeNumber({ min: 1 }),
    certificateAuthority: matching(/^-----BEGIN CERTIFICATE-----\s/, "certificates in PEM"),
  });

/** Where a database is, for the address of whoever connects. */
interface Place {
  /** Name of the database. */
  name: pulumi.Input<string>;
  /** Section of the service file that has the password. */
  service: string;
  /** File with the certificates of the instance. */
  certificates: string;
}

/**
 * The part of an address behind the user: without the password, which is read from the service file at every new connection, so that the
 * address can stand in arguments and logs.
 */
export const addressOf = (
  { host, port }: Pick<DatabaseInstance, "host" | "port">,
  { name, service, certificates }: Place,
): pulumi.Output<string> =>
  pulumi.interpolate`${host}:${port}/${name}?service=${service}&sslmode=verify-full&sslrootcert=${certificates}`;

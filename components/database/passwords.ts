// Passwords of PostgreSQL inside the cluster: External Secrets writes them, and no program or state has them.

import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type { IPassword } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";

/** Key of a Secret with a password: a libpq connection service file. */
export const SERVICE_FILE = "pg_service.conf";

/** A Secret with a service file. */
export interface ServiceFile {
  /** Name of the Secret. */
  secret: string;
  /** Section of the file. */
  section: string;
  /** User that the file names. @default - none: the address names it */
  user?: string;
}

/** 43 letters and digits: 256 bits, and with one `=` the base64 of 32 bytes, which is what a Fernet key is. */
export const generatorSpec = {
  length: 43,
  digits: 8,
  symbols: 0,
  noUpper: false,
  allowRepeat: true,
} satisfies IPassword["spec"];

/** The master user's password, copied from Secrets Manager every minute: RDS rotates it, every 7 days unless told otherwise. */
export const masterSpec = (file: ServiceFile, secretStore: pulumi.Input<string>, secretArn: pulumi.Input<string>): object => ({
  refreshInterval: "1m",
  secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
  target: { name: file.secret, creationPolicy: "Owner", template: templateOf(file) },
  data: [{ secretKey: "password", remoteRef: { key: secretArn, property: "password" } }],
});

/** Password of a server's own user, generated inside the cluster once; whoever makes the user gives it to PostgreSQL. */
export const passwordSpec = (file: ServiceFile, generator: string) =>
  ({
    refreshPolicy: "CreatedOnce",
    target: { name: file.secret, creationPolicy: "Orphan", immutable: true, template: templateOf(file) },
    dataFrom: [{ sourceRef: { generatorRef: { apiVersion: API.generator, kind: "Password", name: generator } } }],
  }) satisfies IExternalSecret["spec"];

function templateOf({ section, user }: ServiceFile): { engineVersion: "v2"; data: Record<string, string> } {
  const named = user === undefined ? "" : `user=${user}\n`;
  return { engineVersion: "v2", data: { [SERVICE_FILE]: `[${section}]\n${named}password={{ .password }}\n` } };
}

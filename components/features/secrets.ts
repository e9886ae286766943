import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type { IPassword } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import { DATABASE, MASTER_SECRET, SERVICE_FILE, secretOf, type User } from "./database.ts";

export const GENERATOR = "feast-passwords";

/** 43 letters and digits: 256 bits. */
export const generatorSpec = {
  length: 43,
  digits: 8,
  symbols: 0,
  noUpper: false,
  allowRepeat: true,
} satisfies IPassword["spec"];

/** Service file of a user, by the password that is generated inside the cluster once. The job `apply` gives it to PostgreSQL. */
export const passwordSpec = (user: User) =>
  ({
    refreshPolicy: "CreatedOnce",
    target: {
      name: secretOf(user),
      creationPolicy: "Orphan",
      immutable: true,
      template: { engineVersion: "v2", data: { [SERVICE_FILE]: serviceFile(`user=${user}\n`) } },
    },
    dataFrom: [{ sourceRef: { generatorRef: { apiVersion: API.generator, kind: "Password", name: GENERATOR } } }],
  }) satisfies IExternalSecret["spec"];

/** The master user's password, copied from Secrets Manager every minute: RDS rotates it, every 7 days unless told otherwise. */
export const masterSpec = (secretStore: pulumi.Input<string>, secretArn: pulumi.Input<string>): object => ({
  refreshInterval: "1m",
  secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
  target: {
    name: MASTER_SECRET,
    creationPolicy: "Owner",
    template: { engineVersion: "v2", data: { [SERVICE_FILE]: serviceFile("") } },
  },
  data: [{ secretKey: "password", remoteRef: { key: secretArn, property: "password" } }],
});

const serviceFile = (user: string): string => `[${DATABASE}]\n${user}password={{ .password }}\n`;

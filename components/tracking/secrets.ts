import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type { IPassword } from "@kubernetes-models/external-secrets/generators.external-secrets.io/v1alpha1/Password";
import type * as pulumi from "@pulumi/pulumi";
import { API } from "../versions.ts";
import { MASTER_SECRET, PASSWORD_FILE, PASSWORD_SECRET, PASSWORD_TEMPLATE } from "./database.ts";

/** Secret with the keys that nobody needs to know, and the password of `admin`. */
export const KEYS_SECRET = "mlflow-keys";

/** Keys of that Secret. */
export const KEY = {
  /** Fernet key that encrypts the secrets of webhooks in the database. */
  webhooks: "webhook-key",
  /** Encrypts the credentials of the AI gateway in the database; MLflow's own default is public. */
  passphrase: "gateway-passphrase",
  /** Of `admin`. */
  admin: "admin-password",
} as const;

export const GENERATOR = "mlflow-keys";

/** 43 letters and digits: 256 bits, and with one `=` the base64 of 32 bytes, which is what a Fernet key is. */
export const generatorSpec = {
  length: 43,
  digits: 8,
  symbols: 0,
  noUpper: false,
  allowRepeat: true,
} satisfies IPassword["spec"];

/** The master user's password, copied from Secrets Manager every minute: RDS rotates it, every 7 days unless told otherwise. */
export function masterSpec(secretStore: pulumi.Input<string>, secretArn: pulumi.Input<string>): object {
  return {
    refreshInterval: "1m",
    secretStoreRef: { kind: "ClusterSecretStore", name: secretStore },
    target: {
      name: MASTER_SECRET,
      creationPolicy: "Owner",
      template: { engineVersion: "v2", data: { [PASSWORD_FILE]: PASSWORD_TEMPLATE } },
    },
    data: [{ secretKey: "password", remoteRef: { key: secretArn, property: "password" } }],
  };
}

/** Password of the server's own user, generated inside the cluster once. The migration gives it to PostgreSQL. */
export const passwordSpec = {
  refreshPolicy: "CreatedOnce",
  target: {
    name: PASSWORD_SECRET,
    creationPolicy: "Orphan",
    immutable: true,
    template: { engineVersion: "v2", data: { [PASSWORD_FILE]: PASSWORD_TEMPLATE } },
  },
  dataFrom: [{ sourceRef: { generatorRef: { apiVersion: API.generator, kind: "Password", name: GENERATOR } } }],
} satisfies IExternalSecret["spec"];

/**
 * The keys, generated inside the cluster, once: they pass neither through a program nor through its state. The Secret is immutable and
 * outlives its ExternalSecret, because what a lost key has encrypted is lost.
 */
export const keysSpec = {
  refreshPolicy: "CreatedOnce",
  target: {
    name: KEYS_SECRET,
    creationPolicy: "Orphan",
    immutable: true,
    template: {
      engineVersion: "v2",
      data: {
        [KEY.webhooks]: "{{ .webhooks }}=",
        [KEY.passphrase]: "{{ .passphrase }}",
        [KEY.admin]: "{{ .admin }}",
      },
    },
  },
  // A generator calls what it makes `password`; each is renamed to what the template calls it.
  dataFrom: Object.keys(KEY).map((target) => ({
    sourceRef: { generatorRef: { apiVersion: API.generator, kind: "Password", name: GENERATOR } },
    rewrite: [{ regexp: { source: "password", target } }],
  })),
} satisfies IExternalSecret["spec"];

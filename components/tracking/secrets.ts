import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import { API } from "../versions.ts";

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

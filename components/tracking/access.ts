import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { fields, input, listOf, mapOf, matching, optional, text } from "../shape.ts";
import type { EnvVar, Volume, VolumeMount } from "./pod.ts";

/** A role, of one team or of all. */
export interface Grant {
  role: string;
  /** @default - of all teams */
  team?: string;
  /** Values of other claims of the token, with one of which each it has the role. @default - any */
  only?: Readonly<Record<string, readonly string[]>>;
}

/** Whose tokens (JSON Web Tokens, RFC 7519) are good, and what they give. */
export interface TokenIssuer {
  /** Claim `iss` of its tokens. */
  issuer: pulumi.Input<string>;
  /** Claim `aud` that a token must have: for whom it was made. */
  audience: string;
  /** Where its public keys are (JSON Web Key Set, RFC 7517). */
  keysUrl: pulumi.Input<string>;
  /** Claim whose value, or each of whose values, is looked up in `members`. */
  claim: string;
  /** What a value of the claim gives; `{team}` in it stands for the name of a team, whose role it then is. Any other value gives nothing. */
  members: Readonly<Record<string, Grant>>;
  /** Values that other claims must have. @default - any */
  required?: Readonly<Record<string, string>>;
  /** Claim that names the caller in audit lines. @default "sub" */
  nameClaim?: string;
}

/** Who may do what on the server. Whoever stands in no line may do nothing. */
export interface TrackingAccess {
  /**
   * Actions of each role: `read-registry`, `track-runs`, `register-candidates`, `bring-versions`, `set-candidate`, `set-champion`,
   * `administer-tracking`.
   * The account `admin` has the role `platform-engineer`.
   */
  rights: Readonly<Record<string, readonly string[]>>;
  /** Issuers of tokens; without one only `admin` signs in. */
  issuers: readonly TokenIssuer[];
}

const webAddress = matching(/^https:\/\/\S+$/, "a web address that begins with https://");

export const trackingAccess = fields<TrackingAccess>({
  rights: mapOf(listOf(text)),
  issuers: listOf(
    fields<TokenIssuer>({
      issuer: input(webAddress),
      audience: text,
      keysUrl: input(webAddress),
      claim: text,
      members: mapOf(fields<Grant>({ role: text, team: optional(text), only: optional(mapOf(listOf(text, 1))) })),
      required: optional(mapOf(text)),
      nameClaim: optional(text),
    }),
  ),
});

/** ConfigMap with the table, its key, and where the server finds it. */
export const ACCESS_CONFIG = "mlflow-access";
export const ACCESS_FILE = "access.json";
const ACCESS_FOLDER = "/etc/mlflow/access";

/** The table as `images/mlflow/millrace_auth/table.py` reads it. */
export const accessTable = (access: TrackingAccess): pulumi.Output<string> => pulumi.jsonStringify(access);

/** Digest of the table: a pod reads it only when it starts, so another table is another pod. */
export const accessDigest = (access: TrackingAccess): pulumi.Output<string> =>
  accessTable(access).apply((table) => createHash("sha256").update(table).digest("hex"));

export const ACCESS_VARIABLE: EnvVar = { name: "MILLRACE_TRACKING_ACCESS", value: `${ACCESS_FOLDER}/${ACCESS_FILE}` };
export const ACCESS_MOUNT: VolumeMount = { name: "access", mountPath: ACCESS_FOLDER, readOnly: true };
export const ACCESS_VOLUME: Volume = { name: "access", configMap: { name: ACCESS_CONFIG } };

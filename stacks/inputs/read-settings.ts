import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { isPrivate } from "#components/network/cidr";
import type { Layer } from "../contracts.ts";
import { inWords, KNOWN_KEY, nearestOf, problemsOf, suggestion } from "../wording.ts";
import { arnProblems } from "./arns.ts";
import { breakGlassProblems } from "./break-glass.ts";
import type { Profile } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { jsonOf } from "./json-fault.ts";
import { mirrorProblems } from "./mirror.ts";
import { checkOfferings } from "./offerings.ts";
import { isSecret, OPTIONAL_SECRETS, SECRETS, secretProblems, secretsOf } from "./secrets.ts";
import { type Settings, schemaOf, settingKeys } from "./settings.ts";
import { stateProblems } from "./state.ts";

/**
 * Reads and checks the stack config of the running stack.
 *
 * @throws {pulumi.RunError} listing every problem at once: file, key, rule, value, remedy; when it can be read, listing what AWS does
 * not sell in the region.
 */
export function readSettings(layer: Layer, profile: Profile): Settings {
  const file = FILES.config(layer, profile.name);
  const schema = schemaOf(profile);
  const plain = plainValues(file);
  const known = keysOf(layer, profile);
  const hidden = settingKeys(profile).filter((key) => Object.hasOwn(plain, key) && isSecret(key));
  const unknown = Object.keys(plain).filter((key) => !known.includes(key));
  // Where a key is misspelt, or stands in another namespace, the right one is not also missing.
  const meant = [...unknown, ...foreignKeys().map((key) => key.replace(/^.*:/, ""))].map((key) => nearestOf(key, known));
  const isMeant = (key: string): boolean => !Object.hasOwn(plain, key) && meant.includes(key);

  const parsed = z.object(schema).safeParse(plain, { error: inWords });
  const problems = [
    ...foreignKeys().map(foreignKey),
    ...unknown.map((key) => `millrace:${unknownKey(key, known)}`),
    ...hidden.map(
      (key) => `millrace:${key} must be plain text, got a secret, which no plan can read: set it again without --secret`,
    ),
    ...(parsed.success
      ? []
      : problemsOf(parsed.error, plain)
          .filter(({ path }) => !hidden.includes(path.split(/[.[]/)[0]!) && !isMeant(path))
          .map(({ path, text }) => `millrace:${path} ${text}${nearRegion(path, plain, profile)}`)),
    ...secretProblems(layer, profile.name, plain, isMeant),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new pulumi.RunError(problems.map((text) => `${file}: ${text}`).join("\n"));
  }
  checkOfferings(profile, parsed.data.region);
  const foreign = [
    ...arnProblems(profile, parsed.data),
    ...stateProblems(layer, profile.name, parsed.data),
    ...mirrorProblems(parsed.data),
    ...breakGlassProblems(parsed.data),
  ];
  if (foreign.length > 0) {
    throw new pulumi.RunError(foreign.map((text) => `${file}: millrace:${text}`).join("\n"));
  }
  refuseOutOfReach(file, profile, parsed.data);
  refuseZonePromise(profile);
  return { ...parsed.data, ...secretsOf(layer) };
}

/** @throws {pulumi.RunError} when nobody, or no deployment, could reach the Kubernetes API. */
function refuseOutOfReach(
  file: string,
  { name, cluster: { endpoint, accessHost } }: Profile,
  { owners: { networks }, runner }: Pick<Settings, "owners" | "runner">,
): void {
  if (endpoint === "public-to-owners" && networks.length === 0) {
    throw new pulumi.RunError(
      `${file}: millrace:owners.networks must name at least one CIDR because the Kubernetes API is public, got none`,
    );
  }
  if (endpoint === "private" && !networks.some(isPrivate)) {
    const nothing = `where the Kubernetes API is private and millrace:owners.networks names no private CIDR, got`;
    if (runner === undefined) {
      throw new pulumi.RunError(
        `${file}: millrace:runner must be set ${nothing} nothing: without a runner in the VPC no deployment reaches the API`,
      );
    }
    if (!accessHost) {
      throw new pulumi.RunError(
        `${FILES.profile(name)}: cluster.accessHost must be true ${nothing} 'false': without it people do not reach the API`,
      );
    }
  }
}

/** @throws {pulumi.RunError} when the profile promises that everything survives the loss of a zone, and a setting rules that out. */
function refuseZonePromise({
  name,
  cluster: { zoneLoss },
  network: { zones, natGateways },
  database: { multiZone },
}: Profile): void {
  if (zoneLoss.keeps === "nothing") {
    return;
  }
  const where = "where cluster.zoneLoss keeps everything";
  const problems = [
    ...(natGateways === zones ? [] : [`network.natGateways must be ${zones}, one a zone, ${where}, got '${natGateways}'`]),
    ...(multiZone ? [] : [`database.multiZone must be true ${where}, got '${multiZone}'`]),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((text) => `${FILES.profile(name)}: ${text}`).join("\n"));
  }
}

/** Keys that a layer knows. */
export const keysOf = (layer: Layer, profile: Profile): string[] => [
  ...settingKeys(profile),
  ...SECRETS[layer],
  ...OPTIONAL_SECRETS[layer],
];

/** What is wrong with a key that nobody knows, with the one that was probably meant. */
export const unknownKey = (key: string, known: readonly string[]): string =>
  `${key} ${KNOWN_KEY} (${known.join(", ")})${suggestion(key, known)}`;

/** Keys that configure the engine itself (pkg/engine; "Options" of `pulumi config`). */
const OF_THE_ENGINE = ["pulumi:disable-default-providers", "pulumi:tags", "pulumi:template"];

/** Keys that nobody reads. The providers of a layer get all that they need from the program, and no provider is a default one. */
const foreignKeys = (): string[] =>
  Object.keys(pulumi.runtime.allConfig()).filter((key) => !key.startsWith("millrace:") && !OF_THE_ENGINE.includes(key));

const foreignKey = (key: string): string =>
  `${key} must be a key of millrace:, because the program configures its providers itself and reads no other: ${key === "aws:region" ? "write millrace:region" : "remove it"}`;

/** Everything in our namespace; objects and lists travel as JSON text. */
function plainValues(file: string): Record<string, unknown> {
  const prefix = "millrace:";
  return Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => [key.slice(prefix.length), /^[[{]/.test(text) ? fromJson(text, `${file}: ${key}`) : text]),
  );
}

/** @throws {pulumi.RunError} without the text, which may be a secret. */
function fromJson(text: string, key: string): unknown {
  try {
    return jsonOf(text);
  } catch {
    throw new pulumi.RunError(`${key} must be JSON because it begins with '${text[0]}': set it with --path, or write it as YAML`);
  }
}

const nearRegion = (path: string, { region }: Record<string, unknown>, { regions }: Profile): string =>
  path === "region" && typeof region === "string" ? suggestion(region, regions) : "";

import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { LAYERS, type Layer } from "../contracts.ts";
import { inWords, KNOWN_KEY, nearestOf, problemsOf, shown } from "../wording.ts";
import { configFile } from "./config-file.ts";
import { profiles } from "./environments/index.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./environments/profile.ts";
import { checkProfile } from "./environments/rules.ts";
import { FILES } from "./files.ts";
import { keysOf, unknownKey } from "./read-settings.ts";
import { OPTIONAL_SECRETS, SECRETS } from "./secrets.ts";
import { checkTeams } from "./served.ts";
import { schemaOf } from "./settings.ts";
import { teams } from "./teams.ts";

/** What a stack config file says, full key → value. */
type Config = Readonly<Record<string, unknown>>;

/** Reads the stack config file of a layer. */
type Read = (layer: Layer, environment: EnvironmentName) => Config;

const fromFile: Read = (layer, environment) => configFile(FILES.config(layer, environment));

/**
 * The three stack config files of an environment say the same, secrets apart: a layer builds on what the one before it made. What an
 * account has only once, one of the environments in it makes. A key that nobody knows is told once, with each file in which it stands.
 *
 * @returns what the file of each layer says, full key → value.
 * @throws {pulumi.RunError} when the profile or a team is not what its type says, because the rules of the config are made from them; else
 * naming the files that are missing or say nothing; else listing every contradiction at once: key, rule, and
 * each file with its value.
 */
export function checkAgreement(environment: EnvironmentName, read: Read = fromFile): Record<Layer, Config> {
  checkProfile(environment, profiles[environment]);
  checkTeams(teams);
  const configs = Object.fromEntries(LAYERS.map((layer) => [layer, read(layer, environment)])) as Record<Layer, Config>;
  refuseSilent(environment, configs);
  const unknown = unknownKeys(environment, configs);
  const told = new Set(unknown.flatMap(({ keys }) => keys));
  const problems = [
    ...unknown.map(({ text }) => text),
    ...contradictions(environment, configs).flatMap(({ key, text }) => (told.has(key) ? [] : [text])),
    ...madeTwice(environment, configs.foundation, read),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
  return configs;
}

const ofOneLayer = (key: string): boolean =>
  LAYERS.some((layer) =>
    [...SECRETS[layer], ...OPTIONAL_SECRETS[layer]].some((secret: string) => key === `millrace:${secret}`),
  ) || !key.startsWith("millrace:");

/** A file that is missing, or has nothing but secrets, is one fault, however many keys the others have. */
function refuseSilent(environment: EnvironmentName, configs: Record<Layer, Config>): void {
  const silent = LAYERS.filter((layer) => Object.keys(configs[layer]).every(ofOneLayer));
  const other = LAYERS.find((layer) => !silent.includes(layer));
  const like =
    other === undefined
      ? "docs/guides/aws.md says what goes there"
      : `copy what ${FILES.config(other, environment)} has, except for its secrets`;
  if (silent.length > 0) {
    throw new pulumi.RunError(
      silent
        .map(
          (layer) =>
            `${FILES.config(layer, environment)} must be a file with the config of ${layer}-${environment}, got nothing: ${like}`,
        )
        .join("\n"),
    );
  }
}

/** What the files say with keys that nobody knows, at any depth, once for all files in which a key stands. */
function unknownKeys(environment: EnvironmentName, configs: Record<Layer, Config>): { keys: string[]; text: string }[] {
  const found = LAYERS.flatMap((layer) =>
    unknownIn(layer, environment, configs[layer]).map((each) => ({ ...each, file: FILES.config(layer, environment) })),
  );
  return [...Map.groupBy(found, ({ text }) => text.split(" ")[0]).values()].map((own) => ({
    keys: own[0]!.keys.map((key) => `millrace:${key}`),
    text: `${own.map(({ file }) => file).join(", ")}: millrace:${own[0]!.text}`,
  }));
}

/** A sentence for each key, with the settings that nothing else needs to be said about: its own, and the one that was probably meant. */
function unknownIn(layer: Layer, environment: EnvironmentName, config: Config): { keys: string[]; text: string }[] {
  const profile = profiles[environment];
  const known = keysOf(layer, profile);
  const own = Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("millrace:") ? [[key.slice("millrace:".length), value]] : [],
    ),
  );
  const { error } = z.object(schemaOf(profile)).safeParse(own, { error: inWords });
  const inside = error === undefined ? [] : problemsOf(error, own).filter(({ text }) => text.startsWith(KNOWN_KEY));
  return [
    ...Object.keys(own)
      .filter((key) => !known.includes(key))
      .map((key) => ({ keys: [key, nearestOf(key, known) ?? key], text: unknownKey(key, known) })),
    ...inside.map(({ path, text }) => ({ keys: [path.split(/[.[]/)[0]!], text: `${path} ${text}` })),
  ];
}

function contradictions(environment: EnvironmentName, configs: Record<Layer, Config>): { key: string; text: string }[] {
  const files = LAYERS.map((layer) => ({ file: FILES.config(layer, environment), config: configs[layer] }));
  const keys = [...new Set(files.flatMap(({ config }) => Object.keys(config)))].filter((key) => !ofOneLayer(key));
  return keys
    .filter((key) => new Set(files.map(({ config }) => canonical(config[key]))).size > 1)
    .map((key) => {
      const each = files.map(({ file, config }) => `${saidIn(config[key])} in ${file}`);
      return { key, text: `${key} must be the same in all files of ${environment}, got ${each.join(", ")}` };
    });
}

const saidIn = (value: unknown): string =>
  typeof value === "object" && value !== null && "secure" in value ? "a secret" : shown(value);

/** JSON in which the order of keys does not matter. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? "";

/** What an account has once, with the word for it. */
const ONCE = { "millrace:githubProvider": "GitHub's identity provider", "millrace:spotRole": "the role of EC2 Spot" };

/** Only later environments are looked at: what concerns dev alone never stops prod. */
function madeTwice(environment: EnvironmentName, own: Config, read: Read): string[] {
  const later = ENVIRONMENTS.slice(ENVIRONMENTS.indexOf(environment) + 1);
  return Object.entries(ONCE).flatMap(([key, what]) => {
    const other = later.find((each) => {
      const config = read("foundation", each);
      return config["millrace:account"] === own["millrace:account"] && makes(own, key) && makes(config, key);
    });
    return other === undefined
      ? []
      : [
          `${FILES.config("*", environment)}: ${key} must be exists, because ${FILES.config("foundation", other)} makes ${what} of account ${String(own["millrace:account"])}, got ${shown(own[key])}`,
        ];
  });
}

const makes = (config: Readonly<Record<string, unknown>>, key: string): boolean => (config[key] ?? "create") === "create";

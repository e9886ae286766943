import { execFileSync } from "node:child_process";
import { PROJECT_FOLDER } from "#engine/project";
import { LAYERS, type Layer } from "#stacks/contracts";
import { checkAgreement } from "#stacks/inputs/agreement";
import { configFile } from "#stacks/inputs/config-file";
import { profiles } from "#stacks/inputs/environments/index";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { partialOfferings } from "#stacks/inputs/offerings";
import { type Placeholder, placeholderNotes, placeholdersIn, releaseNotes } from "#stacks/inputs/placeholders";
import { readRelease } from "#stacks/inputs/release";
import { OPTIONAL_SECRETS, SECRETS, WITHOUT } from "#stacks/inputs/secrets";
import { teams } from "#stacks/inputs/teams";
import { unusedCapabilities } from "#stacks/inputs/unused";
import { runStack } from "#stacks/layers";
import { notReleased } from "#stacks/workloads/fitting";
import { teamsWithoutPeople } from "./people.ts";
import { type Recorded, record } from "./record.ts";

/** What one layer would make. */
export interface PlannedLayer {
  layer: Layer;
  /** Everything that exists in the cloud or the cluster: no component, no provider, no reference. */
  resources: Recorded[];
  /** All registrations, in order. */
  registrations: Recorded[];
  outputs: Record<string, any>;
}

/** What an environment would be. */
export interface EnvironmentPlan {
  environment: EnvironmentName;
  /** Region in which it runs. */
  region: string;
  /** Id of the platform release that it runs. */
  platformRelease: string;
  /** Models that it has no version of: they are not served here. */
  notReleased: string[];
  /** Short commit of the program, with `+` when there are changes on top of it; empty outside a repository. */
  program: string;
  layers: PlannedLayer[];
  /** What had to be assumed, one sentence each. */
  assumptions: string[];
  seconds: number;
}

/**
 * Runs the three layers of an environment without engine, cloud or cluster, each on what the one before it hands on.
 *
 * @throws {pulumi.RunError} with the sentences that `pulumi up` would print.
 */
export async function planEnvironment(environment: EnvironmentName): Promise<EnvironmentPlan> {
  const began = performance.now();
  const written = checkAgreement(environment);
  const references: Record<string, Record<string, any>> = {};
  const layers: PlannedLayer[] = [];
  const assumptions: string[] = [];
  const placeholders: Placeholder[] = [];
  for (const layer of LAYERS) {
    const { config, secretKeys, assumed } = stackConfig(layer, environment, written[layer]);
    assumptions.push(...assumed);
    placeholders.push(...placeholdersIn(config, secretKeys));
    const stack = `${layer}-${environment}`;
    const { account, region } = { account: config["millrace:account"] ?? "", region: config["millrace:region"] ?? "" };
    const { resources: registrations, outputs } = await record(() => runStack(stack), {
      stack,
      config,
      secretKeys,
      references,
      account,
      region,
    });
    references[`organization/millrace/${stack}`] = outputs;
    layers.push({ layer, registrations, resources: registrations.filter(isResource), outputs });
  }
  const { config: ofPlatform } = stackConfig("platform", environment, written.platform);
  const region = ofPlatform["millrace:region"] ?? "";
  // The files of an environment have the same content, except for the secret.
  assumptions.push(...placeholderNotes(FILES.config("*", environment), placeholders));
  assumptions.push(...teamsWithoutPeople(teams, ofPlatform["millrace:owners"], environment));
  program ??= readCommit();
  assumptions.push(...program.unread);
  const release = readRelease(environment);
  assumptions.push(...releaseNotes(release));
  assumptions.push(...partialOfferings(profiles[environment], region), ...unusedCapabilities(profiles[environment]));
  return {
    environment,
    region,
    platformRelease: release.platform,
    notReleased: notReleased(release, models),
    program: program.commit,
    layers,
    assumptions,
    seconds: (performance.now() - began) / 1000,
  };
}

const isResource = ({ custom, type }: Recorded): boolean => custom && !type.startsWith("pulumi:");

/** What stands for a secret that is encrypted or not set yet: a plan prints no secret, so none is decrypted. Each has an address of its own. */
const hidden = (key: string): string => `https://secret.invalid/${key.replace("millrace:", "")}`;

/** Whether a value is encrypted, or has an encrypted part: to the engine the whole is secret then. */
const holdsSecret = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (("secure" in value && typeof value.secure === "string" && Object.keys(value).length === 1) ||
    Object.values(value).some(holdsSecret));

/**
 * The stack config as the engine would hand it to the program.
 *
 * @param written what the file says. @default - it is read
 */
export function stackConfig(
  layer: Layer,
  environment: EnvironmentName,
  written: Readonly<Record<string, unknown>> = configFile(FILES.config(layer, environment)),
): { config: Record<string, string>; secretKeys: string[]; assumed: string[] } {
  const config: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(written)) {
    if (holdsSecret(value)) {
      secretKeys.push(key);
    }
    config[key] = holdsSecret(value) ? hidden(key) : typeof value === "string" ? value : JSON.stringify(value);
  }
  const missing = SECRETS[layer].map((key) => `millrace:${key}`).filter((key) => !(key in config));
  for (const key of missing) {
    config[key] = hidden(key);
    secretKeys.push(key);
  }
  const left = OPTIONAL_SECRETS[layer].filter((key) => !(`millrace:${key}` in config));
  return {
    config,
    secretKeys,
    assumed: [
      ...missing.map((key) => `${key} is not set for ${layer}-${environment}: planned as if it were`),
      ...left.map((key) => `millrace:${key} is not set for ${layer}-${environment}: ${WITHOUT[key]}`),
    ],
  };
}

/** Commit of the program that this process loaded, once somebody asked, and why git does not tell it. */
let program: { commit: string; unread: string[] } | undefined;

function readCommit(): NonNullable<typeof program> {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", args, {
        cwd: PROJECT_FOLDER,
        encoding: "utf8",
        // Its messages are read below, so they must not be translated.
        env: { ...process.env, LC_ALL: "C" },
        stdio: ["ignore", "pipe", "pipe"],
      }).trim();
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return { commit: git("rev-parse", "--short", "HEAD") + (changed ? "+" : ""), unread: [] };
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n")[0] ?? "";
    const isNothing = said === "" || said.includes("not a git repository");
    return { commit: "", unread: isNothing ? [] : [`the commit of the program is unknown: git says '${said}'`] };
  }
}

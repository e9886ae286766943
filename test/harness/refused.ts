import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { type RecordOptions, record } from "#plan/record";
import type { Layer } from "#stacks/contracts";
import program from "#stacks/index";
import { profiles } from "#stacks/inputs/environments/index";
import { models } from "#stacks/inputs/models";
import { teams } from "#stacks/inputs/teams";
import { releasesFolder } from "./releases.ts";
import { configOf, referencesOf } from "./stacks.ts";

/** Everything that a stack of dev is made from, as a test may change it: by paths into `Given`. */
interface Given {
  stack: string;
  /** Stack config, keys of ours without their namespace; objects as objects. */
  config: Record<string, any>;
  /** Keys of it that are secret. */
  secrets: string[];
  profile: Record<string, any>;
  models: Record<string, any>;
  teams: Record<string, any>;
  /** What the layers before hand on, by layer; a string is the text of a broken file. */
  handedOn: Record<string, any>;
  /** What dev runs, and the releases that it names, of models by their names; a string is the text of the pointer. */
  pointer: any;
  platform: unknown;
  released: Record<string, any>;
  /** Value of `MILLRACE_PACE`. */
  pace?: string;
  /** Whether resources would be made in a real account, and not in a rehearsal. */
  real?: boolean;
}

/** New values by path: `{ "profile.network.zones": 9 }`. `undefined` removes. */
export type Changes = Readonly<Record<string, unknown>>;

export interface Refusal {
  /** What the user reads. */
  sentence: string;
  /** Whether Pulumi shows the sentence alone, with exit code 32: anything else is shown with its trace. */
  plain: boolean;
  /** What was registered beyond components, providers and references. */
  touched: string[];
}

/** Runs the program of a layer of dev with something changed, and returns how it refuses. */
export async function refused(layer: Layer, changes: Changes): Promise<Refusal> {
  const given = await givenOf(layer);
  for (const [path, value] of Object.entries(changes)) {
    put(given, path.split("."), value);
  }
  const undo = arrange(given);
  const touched: string[] = [];
  try {
    const error = await failureOf(given, touched);
    return { sentence: (error as Error | undefined)?.message ?? "", plain: pulumi.RunError.isInstance(error), touched };
  } finally {
    undo();
  }
}

async function givenOf(layer: Layer): Promise<Given> {
  const { config, secretKeys } = configOf(layer, "dev");
  const handedOn = Object.entries(await referencesOf(layer, "dev")).map(([name, outputs]) => [shortName(name), outputs]);
  return structuredClone({
    stack: `${layer}-dev`,
    config: Object.fromEntries(Object.entries(config).map(([key, text]) => [key.split(":")[1], parsed(text)])),
    secrets: secretKeys.map((key) => key.split(":")[1]!),
    profile: profiles.dev,
    models,
    teams,
    handedOn: Object.fromEntries(handedOn),
    pointer: fileOf("environments/dev.json"),
    platform: fileOf("platform/2026.11.21-1.json"),
    released: { fraud: fileOf("models/fraud/3.json") },
  });
}

const shortName = (stack: string): string => /(\w+)-dev$/.exec(stack)![1]!;
const parsed = (text: string): unknown => (/^[[{]/.test(text) ? JSON.parse(text) : text);
const fileOf = (name: string): unknown => JSON.parse(readFileSync(join(PROJECT_FOLDER, "releases", name), "utf8"));

function put(at: any, [key, ...rest]: string[], value: unknown): void {
  if (rest.length > 0) {
    put(at[key!], rest, value);
  } else if (value === undefined) {
    delete at[key!];
  } else {
    at[key!] = value;
  }
}

/** Puts what is given where the program looks. @returns what puts everything back. */
function arrange({ profile, models: served, teams: owners, pointer, platform, released, pace, real }: Given): () => void {
  const releases = releasesFolder({
    "environments/dev.json": pointer,
    "platform/2026.11.21-1.json": platform,
    ...Object.fromEntries(Object.entries(released).map(([name, release]) => [`models/${name}/${release.version}.json`, release])),
  });
  vi.stubEnv("MILLRACE_RELEASES", releases);
  vi.stubEnv("MILLRACE_PACE", pace);
  // The config of this repository is made up, which only a rehearsal takes.
  vi.stubEnv("MILLRACE_REHEARSAL_ENDPOINT", real ? undefined : "https://127.0.0.1");
  const before = { profiles: { ...profiles }, models: { ...models }, teams: { ...teams } };
  replace(profiles, { ...profiles, dev: profile });
  replace(models, served);
  replace(teams, owners);
  return () => {
    replace(profiles, before.profiles);
    replace(models, before.models);
    replace(teams, before.teams);
    vi.unstubAllEnvs();
    rmSync(releases, { recursive: true });
  };
}

function replace(table: object, content: object): void {
  for (const key of Object.keys(table)) {
    delete (table as Record<string, unknown>)[key];
  }
  Object.assign(table, content);
}

/**
 * What the program throws. Registrations that it holds back are never let go: each run has a store of the SDK's state to itself,
 * and the recording, which waits for them, is left behind.
 */
async function failureOf(given: Given, touched: string[]): Promise<unknown> {
  const { withLocalStorage } = createRequire(import.meta.url)("@pulumi/pulumi/runtime/state");
  const { stackTraceLimit, prepareStackTrace } = Error as { stackTraceLimit: number; prepareStackTrace?: unknown };
  try {
    return await new Promise((resolve, reject) => {
      const run = async (): Promise<void> => {
        tap(touched);
        await program().then(() => resolve(undefined), resolve);
      };
      withLocalStorage(() => void record(run, optionsOf(given)).catch(reject));
    });
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    // What was declared just before it was refused would be on its way now.
    await pause(5);
  }
}

function optionsOf({ stack, config, secrets, handedOn, profile }: Given): RecordOptions {
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  return {
    stack,
    config: Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `millrace:${key}`, text(value)]),
    ),
    secretKeys: secrets.map((key) => `millrace:${key}`),
    references: Object.fromEntries(
      Object.entries(handedOn).map(([layer, outputs]) => [`organization/millrace/${layer}-${profile["name"]}`, outputs]),
    ),
  };
}

/** Keeps what would be made: neither components nor providers nor references. */
function tap(touched: string[]): void {
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: any, answer: any) => {
    if (!/^(pulumi|millrace):/.test(request.getType())) {
      touched.push(`${request.getType()} ${request.getName()}`);
    }
    return register(request, answer);
  };
}

// Puts plugins where the CLI finds them without a word: the language host beside `pulumi`, providers in the plugin cache of
// PULUMI_HOME under the version that their SDK asks for. (Found on PATH they would work too, with a warning each per command.)

import {
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { providerPackages } from "./packages.ts";

/** Where plugins go, and where real ones may be. */
export interface PluginOptions {
  /** Path of the `pulumi` executable. */
  readonly pulumi: string;

  /** Folder of the rehearsal for its own copy of `pulumi`, with its language host beside it; made here. */
  readonly bin: string;

  /** PULUMI_HOME of the rehearsal, made here. */
  readonly home: string;

  /** Folder of the project whose provider packages need plugins. */
  readonly project: string;

  /** The user's own PULUMI_HOME. @default - `~/.pulumi` */
  readonly userHome?: string;
}

/** What was installed, in words for the screen. */
export interface Plugins {
  /** `real` or `stand-in`. */
  readonly language: string;

  /** By package: `real 4.34.2`, `stand-in`, or for AWS `simulated`. */
  readonly providers: Readonly<Record<string, string>>;
}

const LAUNCHER = join(import.meta.dirname, "bin", "plugin");
const LANGUAGE_HOST = "pulumi-language-nodejs";

/**
 * Installs stand-ins, or links the real plugins where the user has them in the right version. AWS is always simulated.
 *
 * @throws {Error} when a provider package has neither
 */
export function installPlugins(options: PluginOptions): Plugins {
  copyCli(options);
  const userPlugins = join(options.userHome ?? join(homedir(), ".pulumi"), "plugins");
  const providers = providerPackages(options.project).map(({ name, version }) => [
    name,
    installProvider(name, version, join(options.home, "plugins"), userPlugins),
  ]);
  return { language: installLanguageHost(options), providers: Object.fromEntries(providers) };
}

/** The CLI resolves links before it looks beside itself, and the folder of tools is not ours to add to: so a second name or a copy. */
function copyCli({ pulumi, bin }: PluginOptions): void {
  mkdirSync(bin, { recursive: true });
  const copy = join(bin, "pulumi");
  rmSync(copy, { force: true });
  try {
    linkSync(pulumi, copy);
  } catch {
    // Another file system.
    copyFileSync(pulumi, copy);
  }
}

function installLanguageHost({ pulumi, bin }: PluginOptions): string {
  const folders = [dirname(pulumi), ...(process.env["PATH"] ?? "").split(delimiter)];
  const real = folders.map((folder) => join(folder, LANGUAGE_HOST)).find((path) => existsSync(path) && !isStandIn(path));
  link(real ?? LAUNCHER, join(bin, LANGUAGE_HOST));
  return real === undefined ? "stand-in" : "real";
}

/** A real language host is a binary of many megabytes. */
function isStandIn(path: string): boolean {
  const start = Buffer.alloc(2);
  const file = openSync(path, "r");
  readSync(file, start, 0, 2, 0);
  closeSync(file);
  return start.toString() === "#!";
}

function installProvider(name: string, version: string, plugins: string, userPlugins: string): string {
  const folder = `resource-${name}-v${version}`;
  const real = join(userPlugins, folder);
  if (name !== "aws" && existsSync(join(real, `pulumi-resource-${name}`))) {
    mkdirSync(plugins, { recursive: true });
    link(real, join(plugins, folder));
    return `real ${version}`;
  }
  if (!standIns().includes(name)) {
    throw new Error(
      `no plugin for package '${name}' ${version}; install it with: pulumi plugin install resource ${name} v${version}`,
    );
  }
  // A link left by an earlier run must not lead into the user's own folder.
  rmSync(join(plugins, folder), { recursive: true, force: true });
  mkdirSync(join(plugins, folder), { recursive: true });
  link(LAUNCHER, join(plugins, folder, `pulumi-resource-${name}`));
  return name === "aws" ? "simulated" : "stand-in";
}

const standIns = (): string[] =>
  readdirSync(join(import.meta.dirname, "providers"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replace(/\.ts$/, ""));

function link(target: string, path: string): void {
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

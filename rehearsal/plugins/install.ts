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
import { delimiter, dirname, join } from "node:path";
import { answers, providerFolder, providerProgram, userPlugins } from "#toolchain/plugins";
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

  /** Real providers that are there, by package. */
  readonly real: Readonly<Record<string, RealProvider>>;

  /** The user's own PULUMI_HOME. @default - `PULUMI_HOME`, else `~/.pulumi` */
  readonly userHome?: string;
}

/** A program that is a real provider. */
export interface RealProvider {
  readonly path: string;
  /** Version of its sources. */
  readonly version: string;
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
 * Installs the real providers that it is given and those that the user has in the right version, and stand-ins for the others. AWS is
 * always simulated. The engine passes over folders that are links: what it needs is put into folders of the rehearsal's own.
 *
 * @throws {Error} when a provider package has neither
 */
export async function installPlugins(options: PluginOptions): Promise<Plugins> {
  copyCli(options);
  const own = options.userHome === undefined ? userPlugins() : join(options.userHome, "plugins");
  const providers: Record<string, string> = {};
  for (const { name, version } of providerPackages(options.project)) {
    const real = name === "aws" ? undefined : (options.real[name] ?? (await userProvider(own, name, version)));
    providers[name] = installProvider(name, version, join(options.home, "plugins"), real);
  }
  return { language: installLanguageHost(options), providers };
}

/** The CLI resolves links before it looks beside itself, and the folder of tools is not ours to add to: so a second name or a copy. */
function copyCli({ pulumi, bin }: PluginOptions): void {
  mkdirSync(bin, { recursive: true });
  copy(pulumi, join(bin, "pulumi"));
}

/** A second name for a file, or a copy of it on another file system. */
function copy(file: string, to: string): void {
  rmSync(to, { force: true });
  try {
    linkSync(file, to);
  } catch {
    copyFileSync(file, to);
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

/** The program of a plugin that the user's Pulumi has installed, if it starts. */
async function userProvider(plugins: string, name: string, version: string): Promise<RealProvider | undefined> {
  const path = join(providerFolder(plugins, name, version), providerProgram(name));
  return (await answers(path)) ? { path, version } : undefined;
}

function installProvider(name: string, version: string, plugins: string, real: RealProvider | undefined): string {
  const folder = providerFolder(plugins, name, version);
  const program = join(folder, providerProgram(name));
  if (real === undefined && !standIns().includes(name)) {
    throw new Error(
      `no plugin for package '${name}' ${version}; install it with: pulumi plugin install resource ${name} v${version}`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (real !== undefined) {
    copy(real.path, program);
    return `real ${real.version}`;
  }
  link(LAUNCHER, program);
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

// Finds a tool that is there already: on PATH, among Pulumi's plugins, or in the cache.

import { join } from "node:path";
import { cacheName, complete, moduleFolder } from "./cache.ts";
import { pathFolders, run, which } from "./command.ts";
import { answers, providerFolder, userPlugins } from "./plugins.ts";
import { pythonTag, requirementsOf } from "./python.ts";
import { accepts, type Binary, type Program, type Tool } from "./tool.ts";
import { CATALOGUE, type ToolName } from "./tools.ts";

/** A program and the arguments that come before the caller's. */
export type Command = readonly [program: string, ...args: string[]];

/** Where a tool was found. */
export interface Located {
  from: "PATH" | "plugins" | "cache";

  /** Version of its first program. */
  version: string;

  /** Every program of it. */
  commands: Record<string, Command>;
}

/**
 * Finds a tool on this machine: on PATH in a version that is as good as the pinned one, for a plugin in the user's `PULUMI_HOME`, else
 * among what was built before.
 */
export async function locate(name: ToolName, cache: string): Promise<Located | undefined> {
  return (await amongPlugins(name)) ?? (await onPath(name)) ?? (await inCache(name, cache));
}

/** The tool among the plugins that the user's Pulumi has installed, if it starts. */
async function amongPlugins(name: ToolName): Promise<Located | undefined> {
  for (const [key, binary] of Object.entries<Binary>(CATALOGUE[name].binaries)) {
    if ("plugin" in binary) {
      const path = await which(key, [providerFolder(userPlugins(), binary.plugin, binary.sdk)]);
      return path === undefined || !(await answers(path))
        ? undefined
        : { from: "plugins", version: binary.sdk, commands: { [key]: [path] } };
    }
  }
  return undefined;
}

/** The tool's programs from PATH (the control plane's from `KUBEBUILDER_ASSETS` first), if every one of them is good enough. */
async function onPath(name: ToolName): Promise<Located | undefined> {
  const tool: Tool = CATALOGUE[name];
  const assets = name === "controlplane" ? process.env["KUBEBUILDER_ASSETS"] : undefined;
  const folders = assets ? [assets, ...pathFolders()] : pathFolders();
  const entries = Object.entries(tool.binaries).filter((entry): entry is [string, Program] => "onPath" in entry[1]);
  if (entries.length === 0) {
    return undefined;
  }

  // Asking takes a process each, looking does not: a missing program ends the search first.
  const files = await Promise.all(entries.map(([, binary]) => which(binary.onPath, folders)));
  if (files.some((file) => file === undefined)) {
    return undefined;
  }
  const versions = await Promise.all(entries.map(([, binary], index) => versionOf(files[index] as string, binary)));
  const good = entries.every(([, binary], index) => {
    const found = versions[index];
    return found !== undefined && accepts(binary.accept, binary.pinned ?? tool.version, found);
  });
  if (!good) {
    return undefined;
  }
  const commands = Object.fromEntries(entries.map(([key], index) => [key, [files[index] as string] as const]));
  return { from: "PATH", version: versions.at(-1) as string, commands };
}

/** The folder that holds the tool once it is built with the pins of this checkout. */
export async function toolFolder(name: ToolName, cache: string): Promise<string> {
  const tool: Tool = CATALOGUE[name];
  return join(cache, "tools", await folderName(`${name}-${tool.version}`, tool.recipe));
}

async function folderName(label: string, recipe: Tool["recipe"]): Promise<string> {
  // Compiled packages fit one version of Python.
  return recipe.kind === "python"
    ? cacheName(`${label}-${await pythonTag()}`, requirementsOf(recipe), recipe)
    : cacheName(label, moduleFolder(recipe.pins), recipe);
}

/** The tool as an earlier run built it. */
export async function inCache(name: ToolName, cache: string): Promise<Located | undefined> {
  const folder = await toolFolder(name, cache);
  return (await complete(folder, filesOf(name)))
    ? { from: "cache", version: CATALOGUE[name].version, commands: commandsIn(name, folder) }
    : undefined;
}

/** The files that a build of the tool yields. */
export function filesOf(name: ToolName): string[] {
  return [...new Set(Object.values<Binary>(CATALOGUE[name].binaries).map(({ file }) => file))];
}

/** The tool's programs inside a folder that holds it. */
export function commandsIn(name: ToolName, folder: string): Record<string, Command> {
  const entries = Object.entries<Binary>(CATALOGUE[name].binaries);
  return Object.fromEntries(
    entries.map(([key, binary]) => [key, [join(folder, binary.file), ...(("args" in binary && binary.args) || [])] as const]),
  );
}

async function versionOf(file: string, binary: Program): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout, stderr } = await run(file, binary.asks, { env, timeout: 10_000 });
  return binary.version.exec(stdout + stderr)?.[1];
}

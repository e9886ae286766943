// Provides tools: found, or built into the cache.

import { join } from "node:path";
import { defaultCache, moduleFolder, publish } from "./cache.ts";
import { ToolchainError } from "./errors.ts";
import { buildWithGo, requireGo } from "./go.ts";
import { type Command, commandsIn, filesOf, inCache, type Located, locate, toolFolder } from "./locate.ts";
import { installWithNpm, type NpmTool, requireNpm } from "./npm.ts";
import { installWithPip, type PipTool, requirePip } from "./pip.ts";
import type { GoRecipe, Tool } from "./tool.ts";
import { type BinaryName, CATALOGUE, type ToolName } from "./tools.ts";

/** What happens to a tool while it is provided. */
export interface ToolProgress {
  tool: ToolName | "projects";
  state: "found" | "building" | "built" | "failed";

  /** Where it was found, how far the build is, or why it failed. */
  detail: string;

  /** Seconds since work on this tool began. */
  seconds: number;
}

/** What happens to a tool, for a screen; `undefined` where nothing does: it was there. */
export const progressLine = ({ tool, state, detail, seconds }: ToolProgress): string | undefined =>
  state === "found" ? undefined : `${tool} ${state}: ${detail}, ${seconds.toFixed(0)} s`;

/** A tool that can be run. */
export interface ProvidedTool<N extends ToolName = ToolName> {
  name: N;
  version: string;

  /** Its first program. */
  path: string;

  from: Located["from"] | "built";

  /** Seconds it took to provide. */
  seconds: number;

  /** How each of its programs is called: the control plane may be one binary or five. */
  commands: Readonly<Record<BinaryName<N>, Command>>;
}

/** Provided tools by name. */
export type Tools = { [N in ToolName]: ProvidedTool<N> };

/** How tools are provided. */
export interface ToolOptions {
  /** Folder that holds what was built. @default - `MILLRACE_CACHE`, else `millrace` in the user's cache folder */
  cacheDir?: string;

  /** Whether only what was built counts, and not what this machine has besides. @default false */
  onlyCache?: boolean;

  /** Called when a tool is found, every few seconds while one is built, and when it is built or failed. @default - nothing */
  onProgress?: (event: ToolProgress) => void;

  /** Ends a build; nothing half-made stays. @default - never */
  signal?: AbortSignal;
}

const PROGRESS_EVERY_MS = 5_000;

/**
 * Provides the tools asked for, and no others: what this machine has in a good version is used, else what an earlier run built,
 * else it is built now from its pinned sources and kept.
 *
 * @throws {MissingTool} before anything is built, when a build would need Go or Python and this machine has none.
 * @throws {BuildFailed} when a build or download fails.
 */
export async function provideTools<N extends ToolName>(names: readonly N[], options: ToolOptions = {}): Promise<Pick<Tools, N>> {
  const cache = options.cacheDir ?? defaultCache();
  const wanted = [...new Set<ToolName>(names)];
  const provided = new Map<ToolName, ProvidedTool>();

  const began = performance.now();
  await Promise.all(
    wanted.map(async (name) => {
      const found = options.onlyCache === true ? await inCache(name, cache) : await locate(name, cache);
      if (found) {
        provided.set(name, describe(name, found, since(began)));
      }
    }),
  );
  for (const { name, from, version, path, seconds } of provided.values()) {
    options.onProgress?.({
      tool: name,
      state: "found",
      detail: `${version} ${from === "cache" ? "built before" : path}`,
      seconds,
    });
  }

  const missing = wanted.filter((name) => !provided.has(name));
  for (const name of missing) {
    await reporting(name, options, () => requireBuilder(name));
  }
  // One after the other: each build uses every core by itself.
  for (const name of missing) {
    provided.set(name, await build(name, cache, options));
  }
  return Object.fromEntries(provided) as unknown as Pick<Tools, N>;
}

/** Tools that this machine lacks: they would be built. */
export async function missingTools(names: readonly ToolName[]): Promise<ToolName[]> {
  const located = await Promise.all(names.map((name) => locate(name, defaultCache())));
  return names.filter((_, index) => located[index] === undefined);
}

async function build(name: ToolName, cache: string, options: ToolOptions): Promise<ProvidedTool> {
  const tool: Tool = CATALOGUE[name];
  const began = performance.now();
  const log = join(cache, "logs", `${name}-${tool.version}.log`);
  let detail = `a first build takes about ${Math.max(1, Math.round(tool.seconds / 60))} min`;
  const report = () => options.onProgress?.({ tool: name, state: "building", detail, seconds: since(began) });
  report();

  const timer = setInterval(report, PROGRESS_EVERY_MS);
  try {
    const folder = await toolFolder(name, cache);
    await reporting(name, options, () =>
      publish(folder, filesOf(name), (draft) =>
        make(name, tool, draft, (said) => (detail = said), { signal: options.signal, log }),
      ),
    );
    const seconds = since(began);
    options.onProgress?.({ tool: name, state: "built", detail: tool.version, seconds });
    return {
      ...describe(name, { from: "cache", version: tool.version, commands: commandsIn(name, folder) }, seconds),
      from: "built",
    };
  } finally {
    clearInterval(timer);
  }
}

/** Makes a tool in a folder, as its recipe says. */
function make(
  name: ToolName,
  tool: Tool,
  folder: string,
  onProgress: (said: string) => void,
  options: { signal?: AbortSignal | undefined; log: string },
): Promise<void> {
  switch (tool.recipe.kind) {
    case "go":
      return buildWithGo(name, tool as Tool & { recipe: GoRecipe }, folder, onProgress, options);
    case "npm":
      return installWithNpm(name, tool as NpmTool, folder, options);
    default:
      return installWithPip(name, tool as PipTool, folder, options);
  }
}

function requireBuilder(name: ToolName): Promise<void> {
  const tool: Tool = CATALOGUE[name];
  switch (tool.recipe.kind) {
    case "go":
      return requireGo(name, moduleFolder(tool.recipe.pins));
    case "npm":
      return requireNpm(name, tool as NpmTool);
    default:
      return requirePip(name, tool as PipTool);
  }
}

async function reporting(name: ToolName, { onProgress }: ToolOptions, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  try {
    await work();
  } catch (error) {
    const detail = error instanceof ToolchainError ? error.sentence : String(error);
    onProgress?.({ tool: name, state: "failed", detail, seconds: since(began) });
    throw error;
  }
}

function describe(name: ToolName, { from, version, commands }: Located, seconds: number): ProvidedTool {
  const path = Object.values(commands)[0]?.[0] ?? "";
  return { name, version, path, from, seconds, commands: commands as ProvidedTool["commands"] };
}

function since(began: number): number {
  return (performance.now() - began) / 1000;
}

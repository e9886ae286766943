// Everything that a rehearsal needs from the cache in one file, for machines that cannot build it.

import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { filesIn, pack, Unfit, unpack } from "./bundle-archive.ts";
import { complete, defaultCache, publish, scratchIn } from "./cache.ts";
import { filesOf, toolFolder } from "./locate.ts";
import { PROJECT_FILES, projectFolder, provideProjectFiles } from "./projects.ts";
import { provideTools, type ToolOptions } from "./toolchain.ts";
import { TOOL_NAMES } from "./tools.ts";

/** A folder of the cache that a bundle holds. */
interface Part {
  /** Path below the cache: `tools/pulumi-3.259.0-e98110c0069b`. */
  path: string;

  /** Files without which it is of no use. */
  files: readonly string[];
}

/** A file that is no bundle, or one for another machine. */
export class NoBundle extends Error {}

/**
 * Writes the tools, definitions and charts of this checkout into one file; builds those that the cache lacks. Programs on PATH are left out:
 * another machine does not have them.
 *
 * @param file appears only when it is complete.
 * @returns names of the folders in it.
 */
export async function saveTools(file: string, options: ToolOptions = {}): Promise<string[]> {
  const cache = options.cacheDir ?? defaultCache();
  await provideTools(TOOL_NAMES, { ...options, onlyCache: true });
  await provideProjectFiles(options);
  const paths = (await partsOf(cache)).map(({ path }) => path);
  const draft = await mkdtemp(`${file}.unfinished-`);
  try {
    const archive = await pack(cache, paths, draft);
    options.signal?.throwIfAborted();
    await rename(archive, file);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return paths.map((path) => basename(path));
}

/**
 * Puts the tools, definitions and charts of a bundle into the cache. What the cache has already stays.
 *
 * @returns names of the folders in it.
 * @throws {NoBundle} when the file is no bundle, or lacks a part of this checkout; then nothing has changed.
 */
export async function loadTools(file: string, options: Pick<ToolOptions, "cacheDir"> = {}): Promise<string[]> {
  const cache = options.cacheDir ?? defaultCache();
  const parts = await partsOf(cache);
  const files = await filesIn(file).catch((error: unknown) => asNoBundle(file, error));
  refuseOthers(file, files, parts);
  const scratch = await scratchIn(cache);
  try {
    await unpack(file, scratch).catch((error: unknown) => asNoBundle(file, error));
    for (const { path, files: needed } of parts) {
      const target = join(cache, path);
      if (!(await complete(target, needed))) {
        await mkdir(dirname(target), { recursive: true });
        await publish(target, needed, (draft) => moveInto(join(scratch, path), draft));
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return parts.map(({ path }) => basename(path));
}

/** What the cache holds when nothing is missing: the names change with every pinned version, and with the kind of machine. */
async function partsOf(cache: string): Promise<Part[]> {
  const tools = TOOL_NAMES.map(async (name) => ({ path: within(cache, await toolFolder(name, cache)), files: filesOf(name) }));
  return [...(await Promise.all(tools)), { path: within(cache, await projectFolder(cache)), files: PROJECT_FILES }];
}

const within = (cache: string, folder: string): string => folder.slice(cache.length + 1);

/** Before anything of the archive is written. */
function refuseOthers(file: string, files: ReadonlySet<string>, parts: readonly Part[]): void {
  const found = new Set([...files].map((path) => path.split("/").slice(0, 2).join("/")));
  const wanted = parts.map(({ path }) => path);
  const missing = wanted.filter((path) => !found.has(path));
  const strange = [...found].filter((path) => !wanted.includes(path));
  if (missing.length > 0 || strange.length > 0) {
    const [lacks, has] = [missing, strange].map((paths) => paths.map((path) => basename(path)).join(", ") || "nothing");
    throw new NoBundle(
      `'${file}' must hold the tools of this version of Millrace for ${process.platform} on ${process.arch}; it lacks ${lacks}, and has ${has} besides: save it from the same commit`,
    );
  }
  for (const { path, files: needed } of parts) {
    if (!needed.every((each) => files.has(`${path}/${each}`))) {
      throw new NoBundle(`'${file}' must hold ${needed.join(", ")} in ${path}, and it does not: save it again`);
    }
  }
}

/** @throws {NoBundle} for what the archive has wrong. */
function asNoBundle(file: string, error: unknown): never {
  throw error instanceof Unfit
    ? new NoBundle(`'${file}' must be a file that \`millrace tools save\` wrote, and it ${error.message}: save it again`)
    : error;
}

async function moveInto(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    await rename(join(from, name), join(to, name));
  }
}

// The folder of built tools: names that change with every pin, and outcomes that appear whole or not at all.

import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { MachineError } from "./errors.ts";
import { nearest, takesFiles } from "./folders.ts";

const UNFINISHED = ".unfinished-";

/** A build takes minutes; what is older than this was left by a build that was killed. */
const ABANDONED_AFTER_HOURS = 3;

/** How often a builder moves a broken folder away before it gives up: builders at once need a few. */
const TRIES = 20;

/** Where Millrace keeps what it built: `MILLRACE_CACHE`, else the user's cache folder. */
export function defaultCache(): string {
  const { MILLRACE_CACHE: own, XDG_CACHE_HOME: user } = process.env;
  return own || join(user || join(homedir(), ".cache"), "millrace");
}

/** Folder of this package that pins tools. */
export function moduleFolder(name: string): string {
  return join(import.meta.dirname, "modules", name);
}

/**
 * Name of the folder that holds the outcome of a recipe, after its label: it changes with every pinned file, the recipe itself and the platform.
 *
 * The exact Go version is left out on purpose (its language version is pinned in go.mod): a patch release of Go must not cost
 * everybody ten minutes, and a cache brought to a machine without Go must be found.
 *
 * @param pins the pinned file, or a folder of them.
 */
export async function cacheName(label: string, pins: string, recipe: unknown): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([recipe, process.platform, process.arch]));
  for (const [name, file] of await pinnedFiles(pins)) {
    hash.update(`\0${name}\0`).update(await readFile(file));
  }
  return `${label}-${hash.digest("hex").slice(0, 12)}`;
}

/** Names and paths, in the order of the names. */
async function pinnedFiles(pins: string): Promise<[name: string, file: string][]> {
  if ((await stat(pins)).isFile()) {
    return [[basename(pins), pins]];
  }
  const entries = await readdir(pins, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file): [string, string] => [relative(pins, file), file]).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Whether something exists at the path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Fills a folder through `fill` and gives it its name only when it is complete, so that neither a kill nor a second builder ever
 * leaves half a tool behind. Of two builders the first one wins and the other's work is dropped.
 */
export async function publish(
  target: string,
  expected: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const shelf = dirname(target);
  requireWritable(shelf);
  await mkdir(shelf, { recursive: true });
  await sweep(shelf);
  const draft = join(shelf, `${UNFINISHED}${basename(target)}-${randomUUID().slice(0, 8)}`);
  const broken = `${draft}-broken`;
  await mkdir(draft);
  try {
    await fill(draft);
    if (!(await complete(draft, expected))) {
      throw new Error(`${target} lacks one of ${expected.join(", ")}`);
    }
    for (let tries = 0; !(await named(draft, target)) && !(await complete(target, expected)); tries += 1) {
      if (tries === TRIES) {
        throw new Error(`${target} is broken and cannot be replaced: remove it`);
      }
      // A broken folder is moved away whole: removed in place, it would take files of a builder that is faster by a moment.
      await named(target, broken);
      await rm(broken, { recursive: true, force: true });
    }
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A folder inside the cache for unfinished work. The caller removes it; after a kill a later build does. */
export async function scratchIn(cache: string): Promise<string> {
  const shelf = join(cache, "tools");
  requireWritable(shelf);
  const folder = join(shelf, `${UNFINISHED}${randomUUID().slice(0, 8)}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Gives a folder another name in one step; `false` when it is gone, or when another folder with files has the name. */
async function named(folder: string, name: string): Promise<boolean> {
  return rename(folder, name).then(
    () => true,
    () => false,
  );
}

/** @throws {MachineError} when nothing can be written below the folder, which need not exist yet. */
function requireWritable(folder: string): void {
  if (!takesFiles(folder)) {
    throw new MachineError(
      `A tool must be put into the cache, and ${nearest(folder)} is no folder that can be written.`,
      "Set MILLRACE_CACHE to a folder that can be written, or bring a cache that has every tool.",
    );
  }
}

/** Whether every expected file is in the folder: a folder in its place is none. */
export async function complete(folder: string, expected: readonly string[]): Promise<boolean> {
  const found = await Promise.all(expected.map((file) => stat(join(folder, file)).catch(() => undefined)));
  return found.every((each) => each?.isFile() === true);
}

async function sweep(shelf: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    if (!name.startsWith(UNFINISHED)) {
      continue;
    }
    const folder = join(shelf, name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => (Date.now() - mtimeMs) / 3_600_000,
      () => 0,
    );
    if (age > ABANDONED_AFTER_HOURS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

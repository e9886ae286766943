// The archive of a bundle: regular files and folders, and before them a manifest with the digest of each file.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { create, Parser, type ReadEntry, Unpack } from "tar";

const MANIFEST = "manifest.json";

/** More than a manifest of every tool takes. */
const LONGEST_MANIFEST = 2 ** 24;

/** What a bundle has wrong; completes "it …". */
export class Unfit extends Error {}

/**
 * Writes folders of the cache into an archive.
 *
 * @param into an empty folder for the work, which holds the archive afterwards.
 * @returns path of the archive.
 */
export async function pack(cache: string, paths: readonly string[], into: string): Promise<string> {
  const manifest: Record<string, string> = {};
  for (const path of paths) {
    for (const entry of await readdir(join(cache, path), { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory()) {
        const file = join(entry.parentPath, entry.name);
        manifest[file.slice(cache.length + 1)] = await digestOf(file);
      }
    }
    await mkdir(dirname(join(into, path)), { recursive: true });
    await symlink(join(cache, path), join(into, path));
  }
  await writeFile(join(into, MANIFEST), JSON.stringify(manifest));
  const archive = join(into, "bundle.tgz");
  // Fast rather than small: the programs are hundreds of megabytes. Links are followed: the archive has none.
  await create({ file: archive, gzip: { level: 1 }, cwd: into, portable: true, follow: true }, [MANIFEST, ...paths]);
  return archive;
}

/**
 * Reads an archive to its end and writes nothing.
 *
 * @returns paths of the files in it.
 * @throws {Unfit} when it is damaged, has anything but files and folders, or files that its manifest does not have.
 */
export async function filesIn(archive: string): Promise<Set<string>> {
  const entries = new Entries();
  const parser = new Parser({ strict: true, onReadEntry: (entry) => entries.add(entry) });
  parser.on("ignoredEntry", ({ path }: ReadEntry) => entries.refuse(`has '${path}', which is no file and no folder`));
  await read(archive, parser, () => entries.check());
  return entries.compared();
}

/** Extracts an archive that `filesIn` has read. Owners and modes of the archive do not count: every file may be run. */
export async function unpack(archive: string, into: string): Promise<void> {
  const filter = (_: string, entry: object): boolean => Object.assign(entry, { mode: 0o755 }) !== undefined;
  await read(archive, new Unpack({ cwd: into, strict: true, preserveOwner: false, filter }));
}

/**
 * Reads an archive to its end. It is decompressed by the platform's stream: after a fault `list` and `extract` of tar keep the file open,
 * and the process never ends.
 */
async function read(archive: string, parser: Parser, check: () => void = () => {}): Promise<void> {
  let fault: unknown;
  parser.once("error", (error) => (fault = error));
  const closed = new Promise<void>((resolve, reject) => parser.on("close", resolve).on("error", reject));
  // What stands behind the end is read for the checksum: the parser would keep it.
  let isAtEnd = false;
  parser.once("eof", () => (isAtEnd = true));
  // Also when nobody waits any more.
  closed.catch(() => {});
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      if (!isAtEnd && !parser.write(chunk)) {
        await Promise.race([closed, once(parser, "drain")]);
      }
      check();
      // A parser goes on after a fault, and finds another one in every block.
      if (fault !== undefined) {
        throw fault;
      }
    }
    parser.end();
    await closed;
    check();
  };
  try {
    await pipeline(createReadStream(archive), createGunzip(), consume);
  } catch (error) {
    // What the operating system refuses is no fault of the archive.
    throw error instanceof Unfit || (error instanceof Error && "syscall" in error)
      ? error
      : new Unfit(`cannot be read: ${(error as Error).message}`);
  }
}

/** What an archive has, entry by entry. */
class Entries {
  #fault: Unfit | undefined;
  readonly #folders = new Set<string>();
  readonly #digests = new Map<string, string>();
  #manifest = "";

  /** The first fault counts. */
  refuse(what: string): void {
    this.#fault ??= new Unfit(what);
  }

  /** @throws {Unfit} when something is wrong. */
  check(): void {
    if (this.#fault) {
      throw this.#fault;
    }
  }

  add(entry: ReadEntry): void {
    const path = entry.path.replace(/\/$/, "");
    this.#refuseStrange(entry, path);
    if (entry.type === "Directory") {
      this.#folders.add(path);
      return entry.resume();
    }
    const hash = createHash("sha256");
    entry.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      if (path === MANIFEST) {
        this.#manifest += chunk.toString("latin1");
      }
    });
    entry.on("end", () => this.#digests.set(path, hash.digest("hex")));
  }

  #refuseStrange({ type, size }: ReadEntry, path: string): void {
    if (type !== "File" && type !== "OldFile" && type !== "Directory") {
      this.refuse(`has '${path}', which is no file and no folder (${type})`);
    }
    if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
      this.refuse(`has '${path}', which is no path below the cache`);
    }
    if (this.#folders.has(path) || this.#digests.has(path)) {
      this.refuse(`has '${path}' twice`);
    }
    if (path === MANIFEST && size > LONGEST_MANIFEST) {
      this.refuse(`has a ${MANIFEST} of ${size} bytes`);
    }
  }

  /** Every file, once each one is what the manifest says. */
  compared(): Set<string> {
    if (!this.#digests.delete(MANIFEST)) {
      throw new Unfit(`has no ${MANIFEST} with the digest of each file`);
    }
    const manifest = manifestFrom(Buffer.from(this.#manifest, "latin1").toString());
    for (const path of new Set([...this.#digests.keys(), ...manifest.keys()])) {
      if (this.#digests.get(path) !== manifest.get(path)) {
        throw new Unfit(`has '${path}' with another content than its ${MANIFEST} says`);
      }
      if (this.#digests.has(dirname(path))) {
        throw new Unfit(`has '${dirname(path)}' as a file and as a folder`);
      }
    }
    return new Set(this.#digests.keys());
  }
}

function manifestFrom(text: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text) as object));
  } catch {
    throw new Unfit(`has a ${MANIFEST} that is no JSON`);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

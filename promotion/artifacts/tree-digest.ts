import { createHash } from "node:crypto";
import { ArtifactError } from "./artifact-error.ts";
import { eachAtOnce } from "./at-once.ts";
import type { ModelStore, StoredFile } from "./store.ts";

/** A file of a model with its digest. */
export interface TreeFile extends StoredFile {
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** The files of a model, in the byte order of their paths, and the digest over all of them. */
export interface Tree {
  files: readonly TreeFile[];
  bytes: number;
  sha256: string;
}

/** Longest name of a file, and longest key of an object of S3, in bytes of UTF-8. */
const NAME_BYTES = 255;
const PATH_BYTES = 1024;
/** `PARTS` of `images/model-server/fetch_model/store.py`. */
const PARTS = ".fetch";

/**
 * Digest of a model's files: sha256 of a list with a line `<sha256>  <path>` for each file, in the byte order of the paths
 * (docs/model-server.md, "Fetch").
 */
export function digestOfFiles(files: readonly Pick<TreeFile, "path" | "sha256">[]): string {
  const hash = createHash("sha256");
  for (const { path, sha256 } of files.toSorted(byPath)) {
    hash.update(`${sha256}  ${path}\n`);
  }
  return hash.digest("hex");
}

/**
 * The files below a folder of a store, each read to its end unless the store vouches for its digest.
 *
 * @throws {ArtifactError} when there are none, or one of them has a path that `fetch-model` could not write.
 */
export async function treeOf(
  store: ModelStore,
  folder: string,
  signal: AbortSignal,
  onRead: (bytes: number) => void = () => undefined,
): Promise<Tree> {
  const listed = await filesIn(store, folder, signal);
  if (listed.length === 0) {
    throw new ArtifactError(`${store.name} must have files below '${folder}/', got none`);
  }
  const files: TreeFile[] = [];
  await eachAtOnce(listed, signal, async (file, abort) => {
    files.push({ ...file, sha256: await store.digest(`${folder}/${file.path}`, abort, onRead) });
  });
  files.sort(byPath);
  return { files, bytes: files.reduce((sum, { size }) => sum + size, 0), sha256: digestOfFiles(files) };
}

/**
 * The files below a folder of a store.
 *
 * @throws {ArtifactError} when one of them has a path that `fetch-model` could not write.
 */
export async function filesIn(store: ModelStore, folder: string, signal: AbortSignal): Promise<StoredFile[]> {
  const files = await store.list(folder, signal);
  const paths = new Set(files.map(({ path }) => path));
  for (const path of paths) {
    const problem = pathProblem(path) ?? ancestorIn(paths, path);
    if (problem !== undefined) {
      throw new ArtifactError(`${store.name}, '${folder}/': the path ${JSON.stringify(path)} ${problem}`);
    }
  }
  return files;
}

/** What is wrong with the path of a file of a model; nothing where `fetch-model` can write it and the command of the page can read it. */
export function pathProblem(path: string): string | undefined {
  if (!path.isWellFormed()) {
    return "must be valid Unicode";
  }
  if (Buffer.byteLength(path) > PATH_BYTES) {
    return `must have at most ${PATH_BYTES} bytes`;
  }
  if (/(?! )[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Z}]/u.test(path)) {
    return "must have only characters that are seen, and spaces";
  }
  if (path.includes("\\")) {
    return "must have no backslash, which sha256sum writes in another way";
  }
  if (path.startsWith("-")) {
    return "must not begin with '-', which sha256sum takes for an option";
  }
  if (path.startsWith("/")) {
    return "must be relative";
  }
  if (path.split("/")[0] === PARTS) {
    return `must not lie in '${PARTS}', where fetch-model keeps what is not complete`;
  }
  for (const name of path.split("/")) {
    if (name === "" || name === "." || name === "..") {
      return "must be names joined by '/', without '.', '..' or an empty one";
    }
    if (Buffer.byteLength(name) > NAME_BYTES) {
      return `must have names of at most ${NAME_BYTES} bytes`;
    }
  }
  return undefined;
}

/** S3 takes `a` and `a/b`; a folder takes one of them. */
function ancestorIn(paths: ReadonlySet<string>, path: string): string | undefined {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const above = path.slice(0, end);
    if (paths.has(above)) {
      return `must not lie below another file, got ${JSON.stringify(above)} too`;
    }
  }
  return undefined;
}

/** Byte order, as `LC_ALL=C sort` has it: UTF-16 sorts some characters otherwise. */
const byPath = (a: { path: string }, b: { path: string }): number => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));

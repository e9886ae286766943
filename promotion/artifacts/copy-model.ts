import { counted } from "#render/counted";
import { ArtifactError } from "./artifact-error.ts";
import { eachAtOnce } from "./at-once.ts";
import { AlreadyThere, type ModelStore } from "./store.ts";
import { filesIn, pathProblem, type Tree, type TreeFile, treeOf } from "./tree-digest.ts";

/** Files and their bytes. */
export interface Amount {
  files: number;
  bytes: number;
}

/** How far a copy is. */
export interface ModelProgress {
  /** `check` reads the source, `compare` reads what the target has already, `copy` writes. */
  step: "check" | "compare" | "copy";
  /** Bytes of the step so far; of `copy`, those that were there already count too. */
  bytes: number;
  /** @default - not known yet */
  of?: number;
}

/** What a copy of a model did. */
export interface CopiedModel {
  copied: Amount;
  /** What the target had already, with the same digest. */
  skipped: Amount;
}

export interface CopyModelArgs {
  from: ModelStore;
  to: ModelStore;
  /** Folder of the version, the same in both stores. */
  path: string;
  /** Digest of its files, as the release names it. */
  sha256: string;
  onProgress?: (progress: ModelProgress) => void;
  signal?: AbortSignal;
}

/**
 * Copies the files of a model's version. Safe to repeat, to interrupt and to run twice at one time: what is there is compared, and
 * nothing is ever replaced.
 *
 * 1. The source's digest must be the release's: nothing is written before.
 * 2. What the target has already must be the same files; another one, or one more, is refused.
 * 3. Each missing file is copied, and is there only once the store has verified its sha256.
 *
 * @throws {ArtifactError} at the first failure, with what is in the target by then and what is not.
 */
export async function copyModel({ from, to, path, sha256, onProgress, signal }: CopyModelArgs): Promise<CopiedModel> {
  const stop = signal ?? new AbortController().signal;
  const problem = pathProblem(path);
  if (problem !== undefined) {
    throw new ArtifactError(`the path of a model ${problem}, got ${JSON.stringify(path)}`);
  }
  const report = counter(onProgress);
  const tree = await treeOf(from, path, stop, report("check"));
  if (tree.sha256 !== sha256) {
    throw new ArtifactError(
      `${from.name}, '${path}/' must have the sha256 ${sha256} of the release, got ${tree.sha256} over ${counted(tree.files.length, "file")}: ` +
        `its files are not those that were released, and nothing was copied`,
    );
  }
  const there = await sameFiles(to, path, tree, stop, report("compare"));
  const missing = tree.files.filter((file) => !there.has(file.path));
  const done = new Set<string>(there);
  const copied: Amount = { files: 0, bytes: 0 };
  const onWrite = report("copy", tree.bytes);
  onWrite(amountOf(tree.files.filter((file) => there.has(file.path))).bytes);
  try {
    await eachAtOnce(missing, stop, async (file, abort) => {
      if (await copyFile(from, to, `${path}/${file.path}`, file, abort, onWrite)) {
        copied.files += 1;
        copied.bytes += file.size;
      }
      done.add(file.path);
    });
    await sameList(to, path, tree, stop);
  } catch (error) {
    stop.throwIfAborted();
    throw error instanceof ArtifactError ? new ArtifactError(`${error.message}. ${standing(to, path, tree, done)}`) : error;
  }
  const skipped = { files: tree.files.length - copied.files, bytes: tree.bytes - copied.bytes };
  return { copied, skipped };
}

/** @returns whether it was copied; somebody else may have been faster with the same content. */
async function copyFile(
  from: ModelStore,
  to: ModelStore,
  path: string,
  file: TreeFile,
  signal: AbortSignal,
  onWrite: (bytes: number) => void,
): Promise<boolean> {
  try {
    await to.put(path, counting(from.read(path, signal), onWrite), file, signal);
    return true;
  } catch (error) {
    if (!(error instanceof AlreadyThere)) {
      throw error;
    }
    await refuseOther(to, path, file, signal);
    return false;
  }
}

/** Paths of the files that the target has already. @throws {ArtifactError} when one of them is another file, or one more. */
async function sameFiles(
  to: ModelStore,
  path: string,
  tree: Tree,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<Set<string>> {
  const there = new Set((await filesIn(to, path, signal)).map((file) => file.path));
  refuseMore(to, path, tree, there);
  const files = tree.files.filter((file) => there.has(file.path));
  await eachAtOnce(files, signal, (file, abort) => refuseOther(to, `${path}/${file.path}`, file, abort, onRead));
  return there;
}

async function refuseOther(
  to: ModelStore,
  path: string,
  { sha256 }: TreeFile,
  signal: AbortSignal,
  onRead: (bytes: number) => void = () => undefined,
): Promise<void> {
  const got = await to.digest(path, signal, onRead);
  if (got !== sha256) {
    throw new ArtifactError(
      `${to.name} has another '${path}' already: it must have the sha256 ${sha256} or not be there, got ${got}. ` +
        `Nothing there is replaced: find out who put it there, or release the model under a new version`,
    );
  }
}

function refuseMore(to: ModelStore, path: string, tree: Tree, there: ReadonlySet<string>): void {
  const wanted = new Set(tree.files.map((file) => file.path));
  const [more] = [...there].filter((file) => !wanted.has(file)).toSorted();
  if (more !== undefined) {
    throw new ArtifactError(
      `${to.name}, '${path}/' must have the ${counted(wanted.size, "file")} of the release only, got ${JSON.stringify(more)} too. ` +
        `Nothing there is removed: find out who put it there, or release the model under a new version`,
    );
  }
}

/** After a copy: every file, and no other. */
async function sameList(to: ModelStore, path: string, tree: Tree, signal: AbortSignal): Promise<void> {
  const sizes = new Map((await filesIn(to, path, signal)).map((file) => [file.path, file.size]));
  refuseMore(to, path, tree, new Set(sizes.keys()));
  const other = tree.files.find((file) => sizes.get(file.path) !== file.size);
  if (other) {
    const got = sizes.has(other.path) ? `${sizes.get(other.path)} bytes` : "none";
    throw new ArtifactError(`${to.name} must have '${path}/${other.path}' with ${other.size} bytes after the copy, got ${got}`);
  }
}

const standing = (to: ModelStore, path: string, tree: Tree, done: ReadonlySet<string>): string => {
  const [is, all] = [amountOf(tree.files.filter((file) => done.has(file.path))), amountOf(tree.files)];
  return (
    `${is.files} of ${counted(all.files, "file")} of '${path}/' (${mebibytes(is.bytes)} of ${mebibytes(all.bytes)} MiB) are in ${to.name}, ` +
    `the others are not. The same command goes on from there`
  );
};

const amountOf = (files: readonly TreeFile[]): Amount => ({
  files: files.length,
  bytes: files.reduce((sum, { size }) => sum + size, 0),
});

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Adds up what a step reports. */
const counter =
  (onProgress: CopyModelArgs["onProgress"]) =>
  (step: ModelProgress["step"], of?: number): ((bytes: number) => void) => {
    let sum = 0;
    return (bytes) => {
      sum += bytes;
      onProgress?.({ step, bytes: sum, ...(of !== undefined && { of }) });
    };
  };

async function* counting(content: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): AsyncIterable<Uint8Array> {
  for await (const chunk of content) {
    onBytes(chunk.length);
    yield chunk;
  }
}

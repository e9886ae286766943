import { execFile } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { FILES } from "#stacks/inputs/files";
import { folderOfReleases } from "#stacks/inputs/releases/read";
import type { PlatformRelease } from "#stacks/inputs/releases/schema";
import { ownFolder } from "./own-folder.ts";
import { filesThatDiffer } from "./releases/git.ts";

/** Variable with another project whose stack config is used: a rehearsal has one of its own, whose files are links into the repository. */
export const PROJECT = "MILLRACE_PROJECT";

/** Beginning of the name of a working tree. */
const TREE = "tree-";

/** Link to the working tree of a program that is whole. */
const READY = "ready";

/** Milliseconds after which nobody goes on with a checkout that is not ready. */
const ABANDONED = 24 * 60 * 60 * 1_000;

/** Where the stack config lies, in the repository. */
const CONFIG = "stacks/config";

/** What of a program must be that of its commit, as paths of Git: the values of an environment belong to none. */
const OF_COMMIT = [".", ":(exclude)releases", `:(exclude)${CONFIG}`];

export interface ProgramOptions {
  /** Folder in which programs of other commits are kept. */
  home: string;
  /** Says what is being done, where it takes long. */
  update: (text: string) => void;
  signal?: AbortSignal;
}

/** Where a program lies. */
export interface ProgramFolders {
  /** Root of its working tree. */
  tree: string;
  /** Pulumi project with it, and the stack config that is checked out. */
  project: string;
}

/**
 * The program of a platform release, with the stack config that is checked out: an environment runs the program of its release, whatever has
 * been merged since.
 *
 * @throws {pulumi.RunError} when the commit is not in this clone, or its program is not what the release says.
 */
export async function foldersOf(release: PlatformRelease, options: ProgramOptions): Promise<ProgramFolders> {
  const given = process.env[PROJECT];
  if (filesThatDiffer(PROJECT_FOLDER, release.program)?.length === 0) {
    return { tree: PROJECT_FOLDER, project: given ?? PROJECT_FOLDER };
  }
  const folder = join(options.home, "programs", release.program);
  const tree = (await madeBefore(release.program, folder)) ?? (await checkOut(release, folder, options));
  return { tree, project: given === undefined ? tree : linkedInto(tree, given, ownFolder(folder, "project")) };
}

/** The working tree that an earlier command has made; nothing where there is none, or it is no longer the program of its commit. */
async function madeBefore(program: string, folder: string): Promise<string | undefined> {
  const ready = join(folder, READY);
  if (!lstatSync(ready, { throwIfNoEntry: false })?.isSymbolicLink()) {
    return undefined;
  }
  const tree = readlinkSync(ready);
  const isInside = dirname(tree) === folder && basename(tree).startsWith(TREE);
  if (!isInside || !lstatSync(tree, { throwIfNoEntry: false })?.isDirectory() || !(await isWorktree(tree))) {
    return undefined;
  }
  return filesThatDiffer(tree, program, OF_COMMIT)?.length === 0 ? tree : undefined;
}

/** Whether a folder is a working tree of this repository, and not only a folder in one. */
async function isWorktree(folder: string): Promise<boolean> {
  const where = ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel"];
  const [own, here] = await Promise.all(
    [folder, PROJECT_FOLDER].map((cwd) =>
      run("git", where, { cwd }).then(
        (said) => said.split("\n"),
        () => undefined,
      ),
    ),
  );
  return own?.[0] !== undefined && own[0] === here?.[0] && own[1] === realpathSync(folder);
}

/** Makes the program of a commit; where that fails or is interrupted, nothing of it is left. @returns its working tree. */
async function checkOut(release: PlatformRelease, folder: string, options: ProgramOptions): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const abandoned = readdirSync(folder).map((name) => join(folder, name));
  for (const each of abandoned.filter((path) => Date.now() - lstatSync(path).mtimeMs > ABANDONED)) {
    rmSync(each, { recursive: true, force: true });
  }
  const tree = mkdtempSync(join(folder, TREE));
  try {
    await fill(tree, release, options);
  } catch (error) {
    await takeAway(tree);
    options.signal?.throwIfAborted();
    throw error;
  }
  // Two commands that check it out at once have a tree each; the link of the later one stays.
  const ready = join(folder, READY);
  if (lstatSync(ready, { throwIfNoEntry: false })?.isDirectory()) {
    rmSync(ready, { recursive: true });
  }
  symlinkSync(tree, `${tree}.ready`);
  renameSync(`${tree}.ready`, ready);
  return tree;
}

async function takeAway(tree: string): Promise<void> {
  rmSync(tree, { recursive: true, force: true, maxRetries: 5 });
  await run("git", ["worktree", "prune"], { cwd: PROJECT_FOLDER }).catch(() => undefined);
}

/** Checks the program out with its packages, and holds it against the release. */
async function fill(tree: string, { program, id }: PlatformRelease, options: ProgramOptions): Promise<void> {
  const { signal } = options;
  options.update(`program ${program.slice(0, 7)} of platform ${id}`);
  const git = (...words: string[]) => run("git", words, { cwd: PROJECT_FOLDER, signal });
  await git("worktree", "prune").catch(() => undefined);
  await git("worktree", "add", "--detach", "--force", "--quiet", tree, program).catch(
    (error: { stderr?: string; message: string }) => {
      const said = error.stderr?.trim().split("\n").at(-1) ?? error.message;
      throw new pulumi.RunError(
        `${FILES.platformRelease(id)}: program must be a commit of this clone, got '${program}' (${said}): git fetch --unshallow, or release the program anew`,
      );
    },
  );
  const same = readFileSync(join(tree, "package-lock.json")).equals(readFileSync(join(PROJECT_FOLDER, "package-lock.json")));
  if (same) {
    symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(tree, "node_modules"));
  } else {
    options.update(`npm ci for program ${program.slice(0, 7)}`);
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: tree, signal });
  }
  // Its own code knows where it pins what.
  const check = ["cli/millrace.mjs", "release", "verify", `platform@${id}`, "--tree"];
  const env = { ...process.env, MILLRACE_RELEASES: folderOfReleases() };
  await run(process.execPath, check, { cwd: tree, env, signal }).catch((error: { stdout?: string; message: string }) => {
    throw new pulumi.RunError(/^ {4}(.+)$/m.exec(error.stdout ?? "")?.[1] ?? error.message);
  });
  // Values of the environment belong to no release.
  rmSync(join(tree, CONFIG), { recursive: true, force: true });
  symlinkSync(join(PROJECT_FOLDER, CONFIG), join(tree, CONFIG));
}

/** Runs a program to its end: one that was interrupted has ended too, and writes nothing any more. @returns what it printed. */
async function run(
  command: string,
  words: readonly string[],
  { signal, ...options }: { cwd: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<string> {
  const running = promisify(execFile)(command, words, { ...options, ...(signal && { signal }) });
  try {
    return (await running).stdout;
  } catch (error) {
    const { pid, exitCode, signalCode } = running.child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      await once(running.child, "exit");
    }
    throw error;
  }
}

/** Another project like the given one: its links into the repository lead into `tree`, the rest is taken over. */
function linkedInto(tree: string, given: string, folder: string): string {
  for (const name of readdirSync(given)) {
    const path = join(given, name);
    const entry = lstatSync(path);
    if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(path).replace(PROJECT_FOLDER, tree), join(folder, name));
    } else if (entry.isDirectory()) {
      symlinkSync(path, join(folder, name));
    } else {
      copyFileSync(path, join(folder, name));
    }
  }
  return folder;
}

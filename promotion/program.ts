import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { FILES } from "#stacks/inputs/files";
import { folderOfReleases } from "#stacks/inputs/releases/read";
import type { PlatformRelease } from "#stacks/inputs/releases/schema";
import { ownFolder } from "./own-folder.ts";
import { filesThatDiffer } from "./releases/git.ts";

const run = promisify(execFile);

/** Variable with another project whose stack config is used: a rehearsal has one of its own, whose files are links into the repository. */
export const PROJECT = "MILLRACE_PROJECT";

/** Link to the working tree of a program that is whole. */
const READY = "ready";

/** Milliseconds after which nobody goes on with a checkout that is not ready. */
const ABANDONED = 24 * 60 * 60 * 1_000;

/** Where the stack config lies, in the repository. */
const CONFIG = "stacks/config";

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
  const ready = join(folder, READY);
  const tree = existsSync(ready) ? readlinkSync(ready) : await checkOut(release, folder, options);
  return { tree, project: given === undefined ? tree : linkedInto(tree, given, ownFolder(folder, "project")) };
}

/** Makes the program of a commit, with its packages, and holds it against the release. @returns its working tree. */
async function checkOut({ program, id }: PlatformRelease, folder: string, options: ProgramOptions): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const abandoned = readdirSync(folder).map((name) => join(folder, name));
  for (const each of abandoned.filter((path) => Date.now() - lstatSync(path).mtimeMs > ABANDONED)) {
    rmSync(each, { recursive: true, force: true });
  }
  const tree = mkdtempSync(join(folder, "tree-"));
  options.update(`program ${program.slice(0, 7)} of platform ${id}`);
  const git = (...words: string[]) => run("git", words, { cwd: PROJECT_FOLDER });
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
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: tree, ...(options.signal && { signal: options.signal }) });
  }
  // Its own code knows where it pins what.
  const check = ["cli/millrace.mjs", "release", "verify", `platform@${id}`, "--tree"];
  const env = { ...process.env, MILLRACE_RELEASES: folderOfReleases() };
  await run(process.execPath, check, { cwd: tree, env }).catch((error: { stdout?: string; message: string }) => {
    throw new pulumi.RunError(/^ {4}(.+)$/m.exec(error.stdout ?? "")?.[1] ?? error.message);
  });
  // Values of the environment belong to no release.
  rmSync(join(tree, CONFIG), { recursive: true, force: true });
  symlinkSync(join(PROJECT_FOLDER, CONFIG), join(tree, CONFIG));
  // Two commands that check it out at once have a tree each; the link of the later one stays.
  symlinkSync(tree, `${tree}.ready`);
  renameSync(`${tree}.ready`, join(folder, READY));
  return tree;
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

// A repository of Git for a story: the working tree as it is, as one commit, and what the story commits after it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { MachineError } from "#toolchain/errors";

/** Settings of a person that would change what is committed, or ask for something. */
const SETTINGS = {
  "commit.gpgSign": "false",
  "core.autocrlf": "false",
  "core.hooksPath": "/dev/null",
  "gc.auto": "0",
} as const;

/** A repository with a working tree of its own. */
export class Repository {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes a repository whose first commit is a working tree: all files that are not ignored, committed or not. The tree needs no history
   * and is only read.
   *
   * @param folder where to make it; it must not be there.
   * @param tree root of the working tree.
   * @param author who commits.
   * @param without folders that are left out, wherever they lie.
   * @throws {MachineError} when Git cannot do it.
   */
  static of(folder: string, tree: string, author: { name: string; email: string }, without: readonly string[]): Repository {
    mkdirSync(folder, { recursive: true });
    const repository = new Repository(folder);
    repository.git("init", "--quiet", "--initial-branch=main");
    for (const [key, value] of Object.entries({ ...SETTINGS, "user.name": author.name, "user.email": author.email })) {
      repository.git("config", key, value);
    }
    const inside = without.map((path) => relative(tree, path)).filter((path) => !path.startsWith("..") && !isAbsolute(path));
    const here = [`--git-dir=${join(folder, ".git")}`, `--work-tree=${tree}`];
    // Git refuses to leave out what it leaves out anyway.
    const but = inside.filter((path) => !isIgnored(tree, here, path)).map((path) => `:(exclude,literal)${path}`);
    git(tree, [...here, "add", "--all", "--", ".", ...but]);
    repository.git("commit", "--quiet", "--message", "The working tree");
    repository.git("reset", "--quiet", "--hard");
    return repository;
  }

  /** Runs Git in it. @returns what it printed. @throws {MachineError} with what Git said, when it refuses. */
  git(...words: string[]): string {
    return git(this.folder, words);
  }

  /** Commits everything that has changed, if anything has. @returns the commit. */
  commit(message: string): string {
    this.git("add", "--all");
    if (this.git("status", "--porcelain") !== "") {
      this.git("commit", "--quiet", "--message", message);
    }
    return this.git("rev-parse", "HEAD").trim();
  }

  /** Replaces a text that stands in a file once. @throws {Error} where it does not. */
  edit(file: string, before: string, after: string): void {
    const path = join(this.folder, file);
    const parts = readFileSync(path, "utf8").split(before);
    if (parts.length !== 2) {
      throw new Error(`${file} must hold '${before}' once for the story to change it, it holds it ${parts.length - 1} times`);
    }
    writeFileSync(path, parts.join(after));
  }
}

/** Without the variables by which a hook or a script is told another repository. */
const variables = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));

function isIgnored(tree: string, here: readonly string[], path: string): boolean {
  try {
    git(tree, [...here, "check-ignore", "--quiet", path]);
    return true;
  } catch {
    return false;
  }
}

function git(folder: string, words: readonly string[]): string {
  try {
    return execFileSync("git", words, { cwd: folder, env: variables(), encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    const why = code === "ENOENT" ? "it is not on PATH" : stderr.trim().split("\n").at(-1);
    throw new MachineError(
      `Git must make a repository in ${folder}, it does not: ${why}.`,
      "Install Git 2.28 or newer, and free some space.",
    );
  }
}

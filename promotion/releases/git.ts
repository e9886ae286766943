// What Git says about releases and the working tree. Everything here works without a network.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

/** Commit that is checked out; nothing outside a repository. */
export const headOf = (folder: string): string | undefined => git(folder, "rev-parse", "--verify", "HEAD")?.trim();

/** Who works here, `<name> <address>` as Git knows it; nothing where it does not. */
export function personIn(folder: string): string | undefined {
  const [name, address] = ["user.name", "user.email"].map((key) => git(folder, "config", key)?.trim());
  return name && (address ? `${name} <${address}>` : name);
}

/** What a release of the platform says, as paths of Git: the program. */
const PROGRAM = [".", ":(exclude)releases"];

/**
 * Files in which the working tree differs from a commit, new ones included.
 *
 * @param paths paths of Git that are looked at. @default - everything outside `releases/`
 * @returns nothing where the commit is not here, such as in a clone without history.
 */
export function filesThatDiffer(folder: string, commit: string, paths: readonly string[] = PROGRAM): string[] | undefined {
  const changed = git(folder, "diff", "--name-only", "-z", "--no-renames", commit, "--", ...paths);
  const added = git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ...paths);
  return changed === undefined || added === undefined ? undefined : namesIn(`${changed}${added}`);
}

/** Files that a commit changes on the line that it continues: a merge changes all that it brings. The first commit changes none. */
export function filesChangedBy(folder: string, commit: string, paths: readonly string[]): string[] {
  const before = git(folder, "rev-parse", "--verify", "--quiet", `${commit}^1`)?.trim();
  return before ? namesIn(git(folder, "diff", "--name-only", "-z", "--no-renames", before, commit, "--", ...paths) ?? "") : [];
}

const namesIn = (listed: string): string[] => [...new Set(listed.split("\0"))].filter((file) => file !== "").sort();

/** Whether older commits are missing; nothing outside a repository. */
export function isShallow(folder: string): boolean | undefined {
  const said = git(folder, "rev-parse", "--is-shallow-repository")?.trim();
  return said === undefined ? undefined : said === "true";
}

/**
 * The newest commit of what is checked out that is in the main line: the commit itself, where nothing is known that is not.
 *
 * @param branches names that the main line may have, the likeliest first.
 */
export function inMainLine(folder: string, branches: readonly string[]): string | undefined {
  const main = branches.find((each) => git(folder, "rev-parse", "--verify", "--quiet", `refs/remotes/${each}`) !== undefined);
  return main === undefined ? headOf(folder) : git(folder, "merge-base", "HEAD", `refs/remotes/${main}`)?.trim();
}

/** The texts that files below a folder had when they were first committed. */
export interface FirstTexts {
  /** Whether older commits are missing. */
  shallow: boolean;
  /** Path below the folder → object of Git. */
  blobs: ReadonlyMap<string, string>;
}

/** @returns nothing outside a repository. */
export function firstTexts(folder: string): FirstTexts | undefined {
  const log = git(folder, "log", "--reverse", "--raw", "--no-abbrev", "--no-renames", "--format=", "--relative", "-z", "--", ".");
  if (log === undefined) {
    return undefined;
  }
  const blobs = new Map<string, string>();
  // `:<mode> <mode> <old> <new> <status>`, then the path.
  for (const [, blob = "", status, path = ""] of log.matchAll(/:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])\0([^\0]+)\0/g)) {
    if (status !== "D" && !blobs.has(path)) {
      blobs.set(path, blob);
    }
  }
  return { shallow: isShallow(folder) === true, blobs };
}

/**
 * The commit of the main line since which a file says something without a break, up to the one that is checked out.
 *
 * @returns nothing outside a repository, and where the file does not say it.
 */
export function commitSince(folder: string, path: string, says: (text: string) => boolean): string | undefined {
  let since: string | undefined;
  for (const commit of git(folder, "log", "--first-parent", "--format=%H", "--", path)?.split("\n").filter(Boolean) ?? []) {
    if (!says(git(folder, "show", `${commit}:./${path}`) ?? "")) {
      break;
    }
    since = commit;
  }
  return since;
}

/** The object that Git would keep a text as. */
export const blobOf = (text: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0`)
    .update(text)
    .digest("hex");

/** Text of an object. */
export const textOfBlob = (folder: string, blob: string): string | undefined => git(folder, "cat-file", "blob", blob);

function git(folder: string, ...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
  } catch {
    return undefined;
  }
}

// What came into the main line together with a change. Whatever Git cannot say is an error: nothing here may be taken for "nothing came".

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namesIn, saidByGit } from "./git.ts";

/** A part of the history: what a commit has that the one before it has not. */
export interface Span {
  before: string;
  commit: string;
}

/** Root of the repository to which a folder belongs. @throws {Error} outside a repository. */
export const topOf = (folder: string): string => realpathSync(saidByGit(folder, ["rev-parse", "--show-toplevel"]).trim());

/** Commit that is checked out. @throws {Error} where there is none. */
export const checkedOut = (folder: string): string => saidByGit(folder, ["rev-parse", "--verify", "HEAD"]).trim();

/**
 * The newest commit of the main line that what is checked out has: the commit itself in a repository that was cloned from nowhere.
 *
 * @param names names that the main line may have, the likeliest first.
 * @throws {Error} where it is not known, or has no commit in common.
 */
export function inMainLine(folder: string, names: readonly string[]): string {
  const head = checkedOut(folder);
  const remotes = saidByGit(folder, ["remote"]).split("\n").filter(Boolean);
  if (remotes.length === 0) {
    return head;
  }
  const known = new Set(saidByGit(folder, ["for-each-ref", "--format=%(refname)", "refs/remotes"]).split("\n"));
  const main = names.flatMap((name) => remotes.map((remote) => `refs/remotes/${remote}/${name}`)).find((each) => known.has(each));
  if (main === undefined) {
    throw new Error("the main line is not known: git remote set-head origin --auto");
  }
  return saidByGit(folder, ["merge-base", "HEAD", main]).trim();
}

/** Commit before another one on the line that it continues; nothing for the first of all. @throws {Error} where Git cannot say it. */
export function commitBefore(folder: string, commit: string): string | undefined {
  const [, first] = saidByGit(folder, ["rev-list", "--parents", "--max-count=1", commit]).trim().split(" ");
  return first;
}

/**
 * The commit of the main line since which a file says something without a break, up to the one that is checked out.
 *
 * @returns nothing where the file does not say it. @throws {Error} where Git cannot say it.
 */
export function commitSince(folder: string, path: string, says: (text: string) => boolean): string | undefined {
  let since: string | undefined;
  const commits = saidByGit(folder, ["rev-list", "--first-parent", "HEAD", "--", path]).split("\n").filter(Boolean);
  for (const commit of commits) {
    const [entry] = saidByGit(folder, ["ls-tree", "-z", commit, "--", `./${path}`]).split("\0");
    const [, blob] = /^100\d+ blob ([0-9a-f]+)\t/.exec(entry ?? "") ?? [];
    if (blob === undefined || !says(saidByGit(folder, ["cat-file", "blob", blob]))) {
      break;
    }
    since = commit;
  }
  return since;
}

/** Files that differ in a span. @param paths paths of Git that are looked at. @throws {Error} where Git cannot say it. */
export const changedIn = (root: string, { before, commit }: Span, paths: readonly string[]): string[] =>
  namesIn(saidByGit(root, ["diff-tree", "-r", "--name-only", "-z", "--no-renames", before, commit, "--", ...paths]));

/**
 * Files in which the working tree differs from a commit. An index of its own knows of no file that a person has told Git not to look at.
 *
 * @param paths paths of Git with committed files that are looked at. @param news those whose new files are, ignored or not.
 * @throws {Error} where Git cannot say it.
 */
export function uncommitted(root: string, commit: string, paths: readonly string[], news: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "millrace-index-"));
  const ask = (...words: string[]): string[] => namesIn(saidByGit(root, words, join(folder, "index")));
  try {
    ask("read-tree", commit);
    return [
      ...ask("diff", "--no-ext-diff", "--no-textconv", "--name-only", "-z", "--no-renames", "--", ...paths),
      ...ask("ls-files", "--others", "-z", "--", ...news),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Authors and committers of the commits of a span that change files, as `<name> <address>`; merges are made by who merges. */
export const madeBy = (root: string, { before, commit }: Span, paths: readonly string[]): string[] => [
  ...new Set(
    saidByGit(root, [
      "log",
      "--no-merges",
      "--no-show-signature",
      "--no-use-mailmap",
      "--format=%an <%ae>%n%cn <%ce>",
      `${before}..${commit}`,
      "--",
      ...paths,
    ])
      .split("\n")
      .filter(Boolean),
  ),
];

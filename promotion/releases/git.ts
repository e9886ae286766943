// What Git says about releases and the working tree. Everything here works without a network.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { printable } from "#stacks/wording";

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

/** What Git lists with `-z`, each once. */
export const namesIn = (listed: string): string[] => [...new Set(listed.split("\0"))].filter((file) => file !== "").sort();

/** Whether older commits are missing. @throws {Error} outside a repository. */
export const lacksHistory = (folder: string): boolean =>
  saidByGit(folder, ["rev-parse", "--is-shallow-repository"]).trim() === "true";

/** What a file was when it was committed first, on one line of the history. */
export interface First {
  commit: string;
  /** Mode of Git, such as `100644` for a plain file and `120000` for a link. */
  mode: string;
  /** Object of Git. */
  blob: string;
}

/** What files below a folder were when they were first committed. */
export interface Firsts {
  /** Whether older commits are missing. */
  shallow: boolean;
  /** Path below the folder → each commit that has the file and comes after none that has it. Branches that were merged may have several. */
  files: ReadonlyMap<string, readonly First[]>;
}

/** @returns nothing outside a repository. */
export function firstsIn(folder: string): Firsts | undefined {
  // By ancestry, whatever the clocks of the commits say, with every parent of a merge, and without what a person's settings would leave out.
  const order = ["--reverse", "--topo-order", "--full-history", "-m", "--no-show-signature"];
  const form = ["--raw", "--no-abbrev", "--no-renames", "--format=commit %H %P", "--relative", "-z", "--", "."];
  const log = git(folder, "-c", "log.showRoot=true", "log", ...order, ...form);
  if (log === undefined) {
    return undefined;
  }
  const files = new Map<string, First[]>();
  const isAfter = (commit: string, { commit: other }: First): boolean =>
    git(folder, "merge-base", "--is-ancestor", other, commit) !== undefined;
  for (const [path, first] of additionsIn(log)) {
    const known = files.get(path) ?? [];
    if (!known.some((other) => isAfter(first.commit, other))) {
      files.set(path, [...known, first]);
    }
  }
  return { shallow: lacksHistory(folder), files };
}

/** Each file in each commit that has it and none of whose parents has it, in the order of the log. */
function* additionsIn(log: string): Generator<[path: string, first: First]> {
  let commit = "";
  let parents = 1;
  let added = new Map<string, number>();
  // `commit <hash> <parents>` for each parent, and below `:<mode> <mode> <old> <new> <status>`, then the path.
  for (const match of log.matchAll(
    /commit ([0-9a-f]+)((?: [0-9a-f]+)*) ?\0|:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\0([^\0]+)\0/g,
  )) {
    const [, hash, others = "", mode = "", blob = "", status, path = ""] = match;
    if (hash !== undefined) {
      added = hash === commit ? added : new Map();
      commit = hash;
      parents = Math.max(1, others.split(" ").filter(Boolean).length);
    } else if (status === "A") {
      const count = (added.get(path) ?? 0) + 1;
      added.set(path, count);
      if (count === parents) {
        yield [path, { commit, mode, blob }];
      }
    }
  }
}

/** The object that Git would keep bytes as. */
export const blobOf = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

/** Text of an object. */
export const textOfBlob = (folder: string, blob: string): string | undefined => git(folder, "cat-file", "blob", blob);

/** What Git says; nothing where it refuses. */
function git(folder: string, ...args: string[]): string | undefined {
  try {
    return saidByGit(folder, args);
  } catch {
    return undefined;
  }
}

/** Variables by which a shell has Git look at another repository, or at another history of it. */
const ASTRAY = /^GIT_(?!CONFIG_|SSH|SSL|AUTHOR_|COMMITTER_|ASKPASS|TERMINAL_PROMPT|TRACE)/;

/**
 * What Git says of this repository as it was committed: without what a person's clone puts in place of commits.
 *
 * @param index file in place of the index. @default - the repository's own
 * @throws {Error} where Git refuses.
 */
export function saidByGit(folder: string, args: readonly string[], index?: string): string {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ASTRAY.test(name)));
  const env = {
    ...own,
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
    ...(index !== undefined && { GIT_INDEX_FILE: index }),
  };
  try {
    const stdio = ["ignore", "pipe", "pipe"] as const;
    return execFileSync("git", args, { cwd: folder, env, encoding: "utf8", stdio: [...stdio], maxBuffer: 1 << 28 });
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`git ${args[0]} failed: ${printable(stderr.trim().split("\n").at(-1) || message)}`, { cause: error });
  }
}

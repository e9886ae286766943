// Who approves, and what is asked of a promotion, stands in the main line before what is approved: else whoever asks would bring the approvers.

import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { isRehearsed } from "../rehearsed.ts";
import { lacksHistory } from "../releases/git.ts";
import {
  changedIn,
  checkedOut,
  commitBefore,
  commitSince,
  inMainLine,
  madeBy,
  type Span,
  topOf,
  uncommitted,
} from "../releases/history.ts";

/** Files that say who approves. */
export const WHO_APPROVES = [FILES.promotion, FILES.signers] as const;

/** Folders below `releases/` with what is promoted and approved: they may change together. */
const PROMOTED = ["approvals", "environments", "models", "platform", "stable"];

/** Everything else, as paths of Git. Of files that are not committed, those count that are read. */
const OTHERS = [".", ...PROMOTED.map((name) => `:(exclude)${RELEASES}/${name}`)];

/** @param whole what brings the change and the approvers at once */
export const unsettled = (whole: string, path: string): string =>
  `no approval counts: ${whole} changes ${path} too, and may say who approves, what is asked and what runs. Merge that change by itself, before the promotion`;

/** What came along with a change that is checked out. */
export interface Along {
  /** Why no approval of it counts; nothing where who approves was settled before it. */
  unsettled?: string;
  /** Commit of the main line by which it came. @default - it is not committed */
  came?: string;
  /** Authors and committers of its commits, without those who only put approvals there. */
  madeBy: readonly string[];
}

/**
 * What came along with a change that is checked out.
 *
 * @param releases folder of the releases, in the root of a repository. Elsewhere there is no history to hold it against, which does for rehearsals.
 * @param pointer path of the pointer below that folder. @param says whether a text of it wants the change.
 * @throws {Error} where Git cannot say it.
 */
export function broughtAlong(
  releases: string,
  pointer: string,
  says: (text: string) => boolean,
  env: NodeJS.ProcessEnv = process.env,
): Along {
  const root = dirname(releases);
  if (!isRepository(releases, root)) {
    return isRehearsed(env)
      ? { madeBy: [] }
      : { unsettled: "no approval counts: outside a repository of Git nothing says who approved before", madeBy: [] };
  }
  if (lacksHistory(root)) {
    const why = "no approval counts: the history that says who approved before is not in this clone: git fetch --unshallow";
    return { unsettled: why, madeBy: [] };
  }
  const head = checkedOut(root);
  const main = inMainLine(root, namesOf(env));
  const came = commitSince(releases, pointer, says);
  const parent = came === undefined ? undefined : commitBefore(root, came);
  const spans: (Span & { what: string })[] = [
    ...(main === head ? [] : [{ before: main, commit: head, what: "this branch" }]),
    ...(came === undefined || parent === undefined
      ? []
      : [{ before: parent, commit: came, what: `the commit by which it came, ${came.slice(0, 7)},` }]),
  ];
  const [found] = [
    ...uncommitted(root, head, OTHERS, [...WHO_APPROVES, "promotion", "cli"]).map((path) => unsettled("the working tree", path)),
    ...spans.flatMap((span) => changedIn(root, span, OTHERS).map((path) => unsettled(span.what, path))),
  ];
  const made = spans.flatMap((span) => madeBy(root, span, [".", `:(exclude)${RELEASES}/approvals`]));
  return {
    ...(found !== undefined && { unsettled: found }),
    ...(came !== undefined && { came }),
    madeBy: [...new Set(made)],
  };
}

/** Whether the folder lies where Git has it: a link, or a repository in the repository, would lead elsewhere. */
function isRepository(releases: string, root: string): boolean {
  try {
    const top = topOf(releases);
    return top === realpathSync(root) && realpathSync(releases) === join(top, basename(releases));
  } catch {
    return false;
  }
}

/** Names of the main line, by a job or by custom. */
const namesOf = ({ GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH }: NodeJS.ProcessEnv): string[] =>
  [GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH, "HEAD", "main", "master"].flatMap(
    (each) => each || [],
  );

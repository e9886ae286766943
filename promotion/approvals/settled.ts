// Who approves, and what is asked of a promotion, stands in the main line before what is approved: else whoever asks would bring the approvers.

import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { isRehearsed } from "../rehearsed.ts";
import {
  changedIn,
  checkedOut,
  commitBefore,
  commitSince,
  inMainLine,
  lacksHistory,
  madeBy,
  newSince,
  type Span,
  topOf,
} from "../releases/history.ts";

/** Files that say who approves. */
export const WHO_APPROVES = [FILES.promotion, FILES.signers] as const;

/** Folders below `releases/` with what is promoted and approved: they may change together. */
const PROMOTED = ["approvals", "environments", "models", "platform", "stable"];

/** @param whole what brings the change and the approvers at once */
export const unsettled = (whole: string, path: string): string =>
  `no approval counts: ${whole} changes ${path} too, and may say who approves, what is asked and what runs. Merge that change by itself, before the promotion`;

/** What came along with a change that is checked out. */
export interface Along {
  /** Why no approval of it counts; nothing where who approves was settled before it. */
  unsettled?: string;
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
    { before: head, what: "the working tree" },
    ...(main === head ? [] : [{ before: main, commit: head, what: "this branch" }]),
    ...(parent === undefined
      ? []
      : [{ before: parent, commit: came!, what: `the commit by which it came, ${came!.slice(0, 7)},` }]),
  ];
  const [found] = spans.flatMap(({ what, ...span }) => foreignIn(root, span).map((path) => unsettled(what, path)));
  const made = spans.flatMap(({ before, commit }) =>
    commit === undefined ? [] : madeBy(root, { before, commit }, [".", `:(exclude)${RELEASES}/approvals`]),
  );
  return { ...(found !== undefined && { unsettled: found }), madeBy: [...new Set(made)] };
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

/** Files of a span that are none of what is promoted. Files that are not committed count where they are read. */
function foreignIn(root: string, span: Span): string[] {
  const others = changedIn(root, span, [".", ...PROMOTED.map((name) => `:(exclude)${RELEASES}/${name}`)]);
  return span.commit === undefined ? [...others, ...newSince(root, span.before, [...WHO_APPROVES, "promotion", "cli"])] : others;
}

/** Names of the main line, by a job or by custom. */
const namesOf = ({ GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH }: NodeJS.ProcessEnv): string[] =>
  [GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH, "HEAD", "main", "master"].flatMap(
    (each) => each || [],
  );

// Who approves, and what is asked of a promotion, stands in the main line before what is approved: else whoever asks would bring the approvers.

import { dirname } from "node:path";
import { FILES } from "#stacks/inputs/files";
import { isRehearsed } from "../rehearsed.ts";
import { commitSince, filesChangedBy, filesThatDiffer, headOf, inMainLine, isShallow } from "../releases/git.ts";

/** Folder with the gates, what they ask for, and how approvals are judged. */
export const PROMOTION = "promotion";

/** Files and folders that say who approves, and what. */
export const WHO_APPROVES = [FILES.promotion, FILES.signers, PROMOTION] as const;

/** @param whole what brings the change and the approvers at once */
export const unsettled = (whole: string, path: string): string =>
  `no approval counts: ${whole} changes ${path} too, which says who approves or what is asked. Merge that change by itself, before the promotion`;

/**
 * Why no approval of a change counts that is checked out; nothing where who approves was settled before it.
 *
 * @param releases folder of the releases, in the repository. Outside of one there is no history to hold it against, which does for rehearsals.
 * @param pointer path of the pointer below that folder. @param says whether a text of it wants the change.
 */
export function unsettledHere(
  releases: string,
  pointer: string,
  says: (text: string) => boolean,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const root = dirname(releases);
  switch (isShallow(releases)) {
    case undefined:
      return isRehearsed(env) ? undefined : "no approval counts: outside a repository of Git nothing says who approved before";
    case true:
      return "no approval counts: the history that says who approved before is not in this clone: git fetch --unshallow";
  }
  const base = inMainLine(releases, branchesOf(env));
  const here = headOf(releases);
  if (base === undefined || here === undefined) {
    return "no approval counts: what is checked out has no commit in common with the main line: check out a branch of it";
  }
  const [differing] = filesThatDiffer(root, base, WHO_APPROVES) ?? [];
  if (differing !== undefined) {
    return unsettled(base === here ? "the working tree" : "this branch", differing);
  }
  const commit = commitSince(releases, pointer, says);
  const [changed] = commit === undefined ? [] : filesChangedBy(root, commit, WHO_APPROVES);
  return changed === undefined ? undefined : unsettled(`the commit by which it came, ${commit!.slice(0, 7)},`, changed);
}

/** Names of the main line where a job or a clone knows it. */
const branchesOf = ({ GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH }: NodeJS.ProcessEnv): string[] =>
  [GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, CI_DEFAULT_BRANCH, "HEAD", "main", "master"].flatMap((each) =>
    each ? [`origin/${each}`] : [],
  );

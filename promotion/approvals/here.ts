import { relative } from "node:path";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { contentOf, FORMS } from "#stacks/inputs/releases/read";
import type { Change } from "../ledger/record.ts";
import type { Settings } from "../settings.ts";
import { modelOf } from "../subjects.ts";
import { type Approvals, NOTHING, together } from "./approval.ts";
import { broughtAlong } from "./settled.ts";
import { approvalsFrom, sourcesHere } from "./sources.ts";

/** What is approved, and where that is said. */
export interface ApprovalQuestion {
  environment: EnvironmentName;
  changes: readonly Pick<Change, "subject" | "to">[];
  settings: Settings;
  /** Folder of the releases. */
  releases: string;
}

/**
 * What people have said about some changes: in signed files, and in a job of GitHub or GitLab in the pull request of which it is. Once that is
 * merged, a change came by the commit since which the pointer says it, whatever has been merged after it.
 *
 * @throws {Error} when a service cannot be asked.
 */
export async function approvalsHere({ environment, changes, settings, releases }: ApprovalQuestion): Promise<Approvals> {
  const isRequest = process.env["GITHUB_REF"]?.startsWith("refs/pull/") || process.env["CI_MERGE_REQUEST_IID"] !== undefined;
  const pointer = relative(RELEASES, FILES.pointer(environment));
  const along = changes.map((each) => broughtAlong(releases, pointer, (text) => says(text, each)));
  const here: Approvals = {
    ...NOTHING,
    committedBy: along.flatMap(({ madeBy }) => madeBy.map((name) => ({ kind: "author", name }) as const)),
    unsettled: along.flatMap(({ unsettled }) => unsettled ?? []),
  };
  const commits = isRequest ? [undefined] : along.map(({ came }) => came);
  const all = [...new Set(commits)].map((commit) =>
    approvalsFrom(sourcesHere(process.env, settings, commit), environment, settings),
  );
  return together([here, ...(await Promise.all(all))]);
}

/** Whether a pointer says what a change wants. */
function says(text: string, { subject, to }: Pick<Change, "subject" | "to">): boolean {
  try {
    const { platform, models } = contentOf("", text, FORMS.pointer);
    const model = modelOf(subject);
    return (model === undefined ? platform : models[model]) === to;
  } catch {
    return false;
  }
}

import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { type Account, peopleBehind } from "../people.ts";
import type { Settings } from "../settings.ts";
import { type Approvals, together } from "./approval.ts";
import { type Reader, readRequest } from "./pointed.ts";
import { get, getText, gitlabService, list, type Service } from "./service.ts";

/** Approvals of a merge request on GitLab. */
export interface GitlabApprovals {
  kind: "gitlab";
  /** `https://gitlab.example.com/api/v4`. */
  api: string;
  token: string;
  /** Number of the project, or its path. */
  project: string;
  /** The merge request, or the commit by which it was merged. */
  of: { request: number } | { commit: string };
}

interface MergeRequest {
  iid: number;
  web_url: string;
  state: string;
  author: { username: string };
  target_branch: string;
  sha: string;
  diff_refs: { base_sha: string; head_sha: string } | null;
}

type Commit = Record<`${"author" | "committer"}_${"name" | "email"}` | "id", string>;

interface Given {
  approved_by: { user: { username: string }; approved_at?: string | null }[];
}

/**
 * Approvals of the last push. GitLab names no commit with an approval: one counts that is later than the push, or, on a server that does
 * not say when it was given, where the project takes approvals back on a push.
 *
 * @throws {Error} when GitLab cannot be reached, or refuses.
 */
export async function gitlabApprovals(
  source: GitlabApprovals,
  environment: EnvironmentName,
  settings: Settings,
): Promise<Approvals> {
  const service = gitlabService(source.api, source.token);
  const project = `/projects/${encodeURIComponent(source.project)}`;
  const requests = await requestsOf(service, project, source.of);
  return together(await Promise.all(requests.map((each) => ofRequest(each, service, project, environment, settings))));
}

/** Only merge requests into the default branch: approvals of others may follow other rules. */
async function requestsOf(service: Service, project: string, of: GitlabApprovals["of"]): Promise<MergeRequest[]> {
  const numbers =
    "request" in of
      ? [of.request]
      : (await list<MergeRequest>(service, `${project}/repository/commits/${of.commit}/merge_requests`))
          .filter(({ state }) => state === "merged")
          .map(({ iid }) => iid);
  const [whole, own] = await Promise.all([
    Promise.all(numbers.map((iid) => get<MergeRequest>(service, `${project}/merge_requests/${iid}`))),
    get<{ default_branch: string }>(service, project),
  ]);
  return whole.filter((each): each is MergeRequest => each !== undefined && each.target_branch === own?.default_branch);
}

async function ofRequest(
  { iid, web_url: page, author, sha, diff_refs: refs }: MergeRequest,
  service: Service,
  project: string,
  environment: EnvironmentName,
  settings: Settings,
): Promise<Approvals> {
  const request = `${project}/merge_requests/${iid}`;
  const [approvals, versions, commits, rules] = await Promise.all([
    get<Given>(service, `${request}/approvals`),
    list<{ head_commit_sha: string; created_at: string }>(service, `${request}/versions`),
    list<Commit>(service, `${request}/commits`),
    get<{ reset_approvals_on_push?: boolean }>(service, `${project}/approvals`).catch(() => undefined),
  ]);
  const pushed = versions.find(({ head_commit_sha: head }) => head === sha)?.created_at;
  if (refs === null || approvals === undefined || pushed === undefined) {
    throw new Error(`gitlab does not know what ${page} changes: its commits are gone`);
  }
  const made = commits.map((each) => ({ id: each.id, accounts: accountsOf(each) }));
  const { approves, ...rest } = await readRequest(
    { base: refs.base_sha, head: sha, page, commits: made },
    environment,
    settings,
    readerOf(service, project),
  );
  const given: Approvals["given"][number][] = [];
  const refused: string[] = [];
  for (const { user, approved_at: at } of approvals.approved_by) {
    const [by] = peopleBehind({ kind: "gitlab", name: user.username }, settings);
    if (user.username.toLowerCase() === author.username.toLowerCase()) {
      continue;
    }
    if (at == null && rules?.reset_approvals_on_push !== true) {
      refused.push(
        `the approval of ${user.username} (${page}) may be of an earlier commit: let the project remove approvals on a push`,
      );
    } else if (at != null && Date.parse(at) < Date.parse(pushed)) {
      refused.push(`the approval of ${user.username} (${page}) is of an earlier commit`);
    } else if (by === undefined) {
      refused.push(`${user.username} (${page}) is nobody in releases/promotion.json`);
    } else {
      given.push({ by, source: `${page} by ${user.username}`, time: new Date(at ?? pushed).toISOString(), approves });
    }
  }
  const openedBy: Account[] = [{ kind: "gitlab", name: author.username }];
  return { ...rest, given, refused, openedBy };
}

const accountsOf = (commit: Commit): Account[] => [
  { kind: "author", name: `${commit.author_name} <${commit.author_email}>` },
  { kind: "author", name: `${commit.committer_name} <${commit.committer_email}>` },
];

const readerOf = (service: Service, project: string): Reader => ({
  file: (commit, path) => getText(service, `${project}/repository/files/${encodeURIComponent(path)}/raw?ref=${commit}`),
  root: async (commit) =>
    new Map(
      (await list<{ id: string; name: string }>(service, `${project}/repository/tree?ref=${commit}`)).map(({ id, name }) => [
        name,
        id,
      ]),
    ),
  filesOf: async (commit) =>
    (await list<{ old_path: string; new_path: string }>(service, `${project}/repository/commits/${commit}/diff`)).flatMap(
      ({ old_path: before, new_path: after }) => [before, after],
    ),
});

import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { isRehearsed } from "../rehearsed.ts";
import type { Settings } from "../settings.ts";
import { type Approvals, together } from "./approval.ts";
import { approvalsInFiles, type SignedFiles } from "./files.ts";
import { type GithubReviews, githubApprovals } from "./github.ts";
import { type GitlabApprovals, gitlabApprovals } from "./gitlab.ts";

/** Where approvals are given. */
export type ApprovalSource = SignedFiles | GithubReviews | GitlabApprovals;

/** What all sources say of an environment. @throws {Error} when one of them cannot be asked: who is not heard may have said no. */
export const approvalsFrom = async (
  sources: readonly ApprovalSource[],
  environment: EnvironmentName,
  settings: Settings,
): Promise<Approvals> => together(await Promise.all(sources.map(async (each) => await ask(each, environment, settings))));

function ask(source: ApprovalSource, environment: EnvironmentName, settings: Settings): Approvals | Promise<Approvals> {
  switch (source.kind) {
    case "files":
      return approvalsInFiles(source, environment, settings);
    case "github":
      return githubApprovals(source, environment, settings);
    case "gitlab":
      return gitlabApprovals(source, environment, settings);
  }
}

const GITHUB = "https://api.github.com";
const GITLAB = "https://gitlab.com/api/v4";

/** The address of a service whose reviews are those of people. */
function genuine(variable: string, api: string, usual: string, { forge = usual }: Settings): string {
  if (api !== forge && !isRehearsed()) {
    throw new Error(
      `${variable} must be '${forge}', got '${api}': a server of one's own is named in ${FILES.promotion}, as "forge"`,
    );
  }
  return api;
}

/**
 * The sources of the running process: signed files, and in a job of GitHub or GitLab the pull request of which it is, or by which its
 * commit came. A person's shell may hold the variables of a job, so reviews are only asked for where they can be genuine.
 *
 * @param commit commit by which what is promoted came. @default - the job's own
 * @throws {Error} when the variables name a service that is neither the public one nor that of `releases/promotion.json`.
 */
export function sourcesHere(env: NodeJS.ProcessEnv, settings: Settings, commit?: string): ApprovalSource[] {
  const files: SignedFiles = { kind: "files" };
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN, GITHUB_REF = "", GITHUB_SHA } = env;
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: request, CI_COMMIT_SHA, COMMENT_TOKEN } = env;
  if (env["GITHUB_ACTIONS"] === "true" && repository && GITHUB_TOKEN) {
    const number = /^refs\/pull\/(\d+)\//.exec(GITHUB_REF)?.[1];
    const merged = commit ?? GITHUB_SHA;
    const of = number !== undefined && commit === undefined ? { request: Number(number) } : merged && { commit: merged };
    const home = genuine("GITHUB_API_URL", env["GITHUB_API_URL"] || GITHUB, GITHUB, settings);
    return of ? [files, { kind: "github", api: home, token: GITHUB_TOKEN, repository, of }] : [files];
  }
  if (env["GITLAB_CI"] && api && project && COMMENT_TOKEN) {
    const merged = commit ?? CI_COMMIT_SHA;
    const of = request && commit === undefined ? { request: Number(request) } : merged && { commit: merged };
    return of
      ? [files, { kind: "gitlab", api: genuine("CI_API_V4_URL", api, GITLAB, settings), token: COMMENT_TOKEN, project, of }]
      : [files];
  }
  return [files];
}

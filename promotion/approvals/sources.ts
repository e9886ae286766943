import type { EnvironmentName } from "#stacks/inputs/environments/profile";
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

/**
 * The sources of the running process: signed files, and in a job of GitHub or GitLab the pull request of which it is, or by which its
 * commit came. A person's shell may hold the variables of a job; what they lead to is not asked.
 *
 * @param commit commit by which what is promoted came. @default - the job's own
 */
export function sourcesHere(env: NodeJS.ProcessEnv, commit?: string): ApprovalSource[] {
  const files: SignedFiles = { kind: "files" };
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN, GITHUB_REF = "", GITHUB_SHA } = env;
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: request, CI_COMMIT_SHA, COMMENT_TOKEN } = env;
  if (env["GITHUB_ACTIONS"] === "true" && repository && GITHUB_TOKEN) {
    const number = /^refs\/pull\/(\d+)\//.exec(GITHUB_REF)?.[1];
    const merged = commit ?? GITHUB_SHA;
    const of = number !== undefined && commit === undefined ? { request: Number(number) } : merged && { commit: merged };
    const home = env["GITHUB_API_URL"] || "https://api.github.com";
    return of ? [files, { kind: "github", api: home, token: GITHUB_TOKEN, repository, of }] : [files];
  }
  if (env["GITLAB_CI"] && api && project && COMMENT_TOKEN) {
    const merged = commit ?? CI_COMMIT_SHA;
    const of = request && commit === undefined ? { request: Number(request) } : merged && { commit: merged };
    return of ? [files, { kind: "gitlab", api, token: COMMENT_TOKEN, project, of }] : [files];
  }
  return [files];
}

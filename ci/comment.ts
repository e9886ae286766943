// Writes a comment on the pull request (GitHub) or merge request (GitLab) of the running job, or edits the one of an earlier run.
// Usage: node ci/comment.ts <file with Markdown>; its first line identifies the comment.
// Exit codes: 0 written, or not possible in this job (a fork has no token); 1 the service refused; 2 wrong usage.

import { readFileSync } from "node:fs";
import { call, githubService, gitlabService, list, refusal, type Service } from "#promotion/approvals/service";
import { COMMENT_CHARACTERS, fitting } from "#render/comment";

/** What both services have in common. */
interface Thread {
  service: Service;
  /** Where the list of comments is, below the service's own address. */
  comments: string;
  /** Where one comment is, and the method that edits it. */
  comment: (id: number) => string;
  edit: "PATCH" | "PUT";
  /** Name of the user that comments where the token may not ask for its own. */
  usual?: string;
  /** Page of the running job, which has the files. */
  job: string;
}

async function main(): Promise<number> {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    console.error("'file' must be given: node ci/comment.ts <file with Markdown>");
    return 2;
  }
  const thread = process.env["GITLAB_CI"] ? gitlab(process.env) : github(process.env);
  if (typeof thread === "string") {
    console.error(`no comment is written: ${thread}`);
    return 0;
  }
  const text = readFileSync(file, "utf8");
  const body = fitting(text, COMMENT_CHARACTERS[thread.service.name], `the files of ${thread.job} have all of it.`);
  const mark = text.split("\n", 1)[0]!;
  for (const earlier of await find(thread, mark)) {
    const edited = await callAt(thread, thread.edit, thread.comment(earlier), { body });
    // Somebody else's comment that begins like ours, or one that was deleted meanwhile.
    if (![403, 404].includes(edited.status)) {
      return told(thread, edited);
    }
  }
  return told(thread, await callAt(thread, "POST", thread.comments, { body }));
}

interface Comment {
  id: number;
  body?: string | null;
  /** Who wrote it, on GitHub. */
  user?: { login?: string } | null;
  /** Who wrote it, on GitLab. */
  author?: { username?: string } | null;
}

/** Ids of the comments that begin with the mark and may be ours: those of the token's own user first, of them the newest first. */
async function find(thread: Thread, mark: string): Promise<number[]> {
  const marked = (await list<Comment>(thread.service, thread.comments, "the comment")).filter(
    ({ body }) => body?.split(/\r?\n/, 1)[0] === mark,
  );
  const own = marked.length === 0 ? undefined : await ownName(thread);
  const rank = (comment: Comment): number => (nameOf(comment) === (own ?? thread.usual) ? 0 : 1);
  return marked
    .filter((comment) => own === undefined || [own, undefined].includes(nameOf(comment)))
    .toSorted((one, other) => rank(one) - rank(other) || other.id - one.id)
    .map(({ id }) => id);
}

const nameOf = ({ user, author }: Comment): string | undefined => user?.login ?? author?.username;

/** Name of the token's user; nothing where the token may not ask for it, as that of a job on GitHub. */
async function ownName(thread: Thread): Promise<string | undefined> {
  const answer = await callAt(thread, "GET", "/user");
  const { login, username } = (answer.ok ? await answer.json() : {}) as { login?: string; username?: string };
  return login ?? username;
}

const callAt = ({ service }: Thread, method: string, path: string, body?: object): Promise<Response> =>
  call(service, method, `${service.api}${path}`, body);

async function told(thread: Thread, answer: Response): Promise<number> {
  if (!answer.ok) {
    console.error(await refusal(thread.service, "the comment", answer));
  }
  return answer.ok ? 0 : 1;
}

/** Why this job cannot comment, or where. `GITHUB_TOKEN` is the job's own. */
function github(env: NodeJS.ProcessEnv): Thread | string {
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_REF = "", GITHUB_RUN_ID } = env;
  const number = /^refs\/pull\/(\d+)\//.exec(GITHUB_REF)?.[1];
  if (!repository || !token || number === undefined) {
    return "GITHUB_REPOSITORY, GITHUB_TOKEN and GITHUB_REF (refs/pull/<number>/merge) must be set; run this in the job of a pull request";
  }
  const api = env["GITHUB_API_URL"] || "https://api.github.com";
  const issues = `/repos/${repository}/issues`;
  return {
    service: githubService(api, token),
    comments: `${issues}/${number}/comments`,
    comment: (id) => `${issues}/comments/${id}`,
    edit: "PATCH",
    usual: "github-actions[bot]",
    job: `${env["GITHUB_SERVER_URL"] || "https://github.com"}/${repository}/actions/runs/${GITHUB_RUN_ID ?? ""}`,
  };
}

/** Why this job cannot comment, or where. `COMMENT_TOKEN` is a token of the project, which the pipelines of forks do not have. */
function gitlab(env: NodeJS.ProcessEnv): Thread | string {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_MERGE_REQUEST_IID: request, COMMENT_TOKEN: token } = env;
  if (!api || !project || !request || !token) {
    return "CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID and COMMENT_TOKEN must be set; run this in a merge request's pipeline, with the token as a variable";
  }
  const notes = `/projects/${project}/merge_requests/${request}/notes`;
  return {
    service: gitlabService(api, token),
    comments: notes,
    comment: (id) => `${notes}/${id}`,
    edit: "PUT",
    job: env["CI_JOB_URL"] ?? "the job",
  };
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});

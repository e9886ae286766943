/** Pull requests (GitHub) or merge requests (GitLab) of the repository in which the job runs. */
export interface Requests {
  /** Address of the open one that wants to bring a branch into the main branch. */
  open(branch: string): Promise<string | undefined>;
  /** Makes one. @returns its address. */
  make(branch: string, title: string, text: string): Promise<string>;
  /** Value of the header with which git pushes. @default - git has its own from the checkout */
  authorization?: string;
}

/** A request as either service shows it. */
interface Shown {
  html_url?: string;
  web_url?: string;
}

/** The requests of the service that runs this job; why there are none, as in Jenkins. @param base the main branch. */
export function requestsHere(base: string, env: NodeJS.ProcessEnv = process.env): Requests | string {
  return env["GITLAB_CI"] ? onGitLab(base, env) : onGitHub(base, env);
}

function onGitHub(base: string, env: NodeJS.ProcessEnv): Requests | string {
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_API_URL } = env;
  if (!repository || !token) {
    return "GITHUB_REPOSITORY and GITHUB_TOKEN must be set";
  }
  const pulls = `${GITHUB_API_URL || "https://api.github.com"}/repos/${repository}/pulls`;
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/vnd.github+json", "Content-Type": "application/json" };
  const [owner] = repository.split("/");
  return {
    open: (branch) => first(headers, `${pulls}?${new URLSearchParams({ state: "open", base, head: `${owner}:${branch}` })}`),
    make: (head, title, body) => made(headers, pulls, { head, base, title, body }),
  };
}

function onGitLab(base: string, env: NodeJS.ProcessEnv): Requests | string {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, COMMENT_TOKEN: token } = env;
  if (!api || !project || !token) {
    return "CI_API_V4_URL, CI_PROJECT_ID and COMMENT_TOKEN must be set";
  }
  const requests = `${api}/projects/${project}/merge_requests`;
  const headers = { "PRIVATE-TOKEN": token, "Content-Type": "application/json" };
  const search = { state: "opened", target_branch: base };
  return {
    open: (branch) => first(headers, `${requests}?${new URLSearchParams({ ...search, source_branch: branch })}`),
    make: (branch, title, description) =>
      made(headers, requests, { source_branch: branch, target_branch: base, title, description, remove_source_branch: true }),
    authorization: `Basic ${Buffer.from(`oauth2:${token}`).toString("base64")}`,
  };
}

const addressOf = ({ html_url, web_url }: Shown): string => html_url ?? web_url ?? "the request";

async function first(headers: Record<string, string>, url: string): Promise<string | undefined> {
  const answer = await fetch(url, { headers });
  const [found] = (await read(answer)) as Shown[];
  return found && addressOf(found);
}

async function made(headers: Record<string, string>, url: string, body: object): Promise<string> {
  return addressOf((await read(await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }))) as Shown);
}

async function read(answer: Response): Promise<unknown> {
  if (!answer.ok) {
    throw new Error(`the service answered ${answer.status} about the pull request: ${(await answer.text()).slice(0, 500)}`);
  }
  return await answer.json();
}

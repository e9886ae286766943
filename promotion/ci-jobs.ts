// Jobs of CI systems: which one this process runs in, and whether another one is over.

import { printable } from "#stacks/wording";

/** The job that this process runs in. */
export interface Job {
  /** Who started it, as the CI system says. */
  who: string;
  /** Its address. */
  job: string;
}

/** The job of GitHub Actions, GitLab or Jenkins that this process runs in; nothing on a person's own machine. */
export function jobHere(env: NodeJS.ProcessEnv = process.env): Job | undefined {
  if (env["GITHUB_ACTIONS"] === "true") {
    const {
      GITHUB_SERVER_URL,
      GITHUB_REPOSITORY,
      GITHUB_RUN_ID,
      GITHUB_RUN_ATTEMPT = "1",
      GITHUB_ACTOR = "GitHub Actions",
    } = env;
    return {
      who: GITHUB_ACTOR,
      job: `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}/attempts/${GITHUB_RUN_ATTEMPT}`,
    };
  }
  if (env["GITLAB_CI"] !== undefined && env["CI_JOB_URL"] !== undefined) {
    return { who: env["GITLAB_USER_LOGIN"] ?? "GitLab CI", job: env["CI_JOB_URL"] };
  }
  if (env["JENKINS_URL"] !== undefined && env["BUILD_URL"] !== undefined) {
    return { who: env["BUILD_USER"] ?? `job ${env["JOB_NAME"]} ${env["BUILD_NUMBER"]}`, job: env["BUILD_URL"] };
  }
  return undefined;
}

/** What a CI system says of a job. */
export interface JobState {
  state: "over" | "running" | "unknown";
  /** A sentence without its full stop. */
  why: string;
}

/** How a job is asked for: by the variables of a job or of a person's shell. */
export interface Asking {
  env?: NodeJS.ProcessEnv;
  /** @default - the global one */
  fetch?: typeof fetch;
}

/**
 * Asks the CI system about a job. A token goes to the API that our own environment names and to no address of a record, and only where the
 * record's job is on the same server. Whatever fails, the job's state is unknown.
 */
export async function stateOfJob(job: string, { env = process.env, fetch: ask = fetch }: Asking = {}): Promise<JobState> {
  const question = onGitHub(job, env) ?? onGitLab(job, env);
  if (question === undefined) {
    return { state: "unknown", why: "no CI system that can be asked from here knows it" };
  }
  try {
    // Not redirected: the token would go along.
    const answer = await ask(question.api, { headers: question.headers, redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) {
      return { state: "unknown", why: `${question.system} answered ${answer.status}${question.hint}` };
    }
    const status = ((await answer.json()) as { status?: unknown } | null)?.status;
    if (typeof status !== "string") {
      return { state: "unknown", why: `${question.system} answered without a status` };
    }
    const said = `${question.system} says that it is '${printable(status)}'`;
    return { state: question.over.includes(status) ? "over" : "running", why: said };
  } catch (error) {
    return { state: "unknown", why: `${question.system} did not answer: ${(error as Error).message}` };
  }
}

interface Question {
  system: string;
  api: string;
  headers: Record<string, string>;
  /** States in which no process of the job is left. */
  over: readonly string[];
  /** What may be missing. */
  hint: string;
}

function onGitHub(job: string, env: NodeJS.ProcessEnv): Question | undefined {
  const { GITHUB_SERVER_URL = "https://github.com", GITHUB_API_URL = "https://api.github.com", GITHUB_TOKEN } = env;
  const path = below(GITHUB_SERVER_URL, job);
  const [, repository, run, attempt] =
    /^((?!\.\.?\/)[\w.-]+\/(?!\.\.?\/)[\w.-]+)\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?$/.exec(path ?? "") ?? [];
  return repository === undefined
    ? undefined
    : {
        system: "GitHub",
        api: `${GITHUB_API_URL}/repos/${repository}/actions/runs/${run}${attempt === undefined ? "" : `/attempts/${attempt}`}`,
        headers: {
          accept: "application/vnd.github+json",
          ...(GITHUB_TOKEN && { authorization: `Bearer ${GITHUB_TOKEN}` }),
        },
        over: ["completed"],
        hint: GITHUB_TOKEN ? "" : "; GITHUB_TOKEN is not set",
      };
}

function onGitLab(job: string, env: NodeJS.ProcessEnv): Question | undefined {
  const { CI_API_V4_URL = "https://gitlab.com/api/v4", GITLAB_TOKEN, CI_JOB_TOKEN } = env;
  const path = below(CI_API_V4_URL.replace(/\/api\/v4\/?$/, ""), job);
  const [, project, number] = /^(.+)\/-\/jobs\/(\d+)$/.exec(path ?? "") ?? [];
  return project === undefined
    ? undefined
    : {
        system: "GitLab",
        api: `${CI_API_V4_URL.replace(/\/$/, "")}/projects/${encodeURIComponent(project)}/jobs/${number}`,
        // A job's own token may ask for other jobs only where the project allows it.
        headers: { ...(GITLAB_TOKEN ? { "private-token": GITLAB_TOKEN } : CI_JOB_TOKEN && { "job-token": CI_JOB_TOKEN }) },
        over: ["success", "failed", "canceled", "skipped"],
        hint: GITLAB_TOKEN ? "" : "; GITLAB_TOKEN is not set",
      };
}

/** The path of an address below a server; nothing on another server. */
const below = (server: string, address: string): string | undefined => {
  const base = `${server.replace(/\/+$/, "")}/`;
  return address.startsWith(base) ? address.slice(base.length) : undefined;
};

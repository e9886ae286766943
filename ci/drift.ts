// Looks for drift of an environment, and keeps one open issue on GitHub while there is some: a person must hear of it.
// Usage: node ci/drift.ts <environment>
// Exit codes: those of `millrace drift`, so that the job fails as well; 1 where the issue could not be written.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { COMMENT_CHARACTERS, fitting } from "#render/comment";
import { fenced } from "#render/markdown";

const REPOSITORY = join(import.meta.dirname, "..");

/** Exit code of wrong usage. */
const BAD_INPUT = 2;

interface Issue {
  number: number;
  title: string;
  /** There where it is a pull request. */
  pull_request?: object;
}

async function main([environment]: string[]): Promise<number> {
  if (environment === undefined) {
    console.error("'environment' must be given: node ci/drift.ts <environment>");
    return BAD_INPUT;
  }
  const args = ["cli/millrace.mjs", "drift", environment, "--without-secrets", "--markdown"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: "utf8" });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  const code = status ?? 1;
  if (code === BAD_INPUT) {
    return code;
  }
  const told = await tell(`Drift of ${environment}`, stdout.trim() || fenced(stderr.trim().split("\n")).join("\n"), code === 0);
  return told ? code : code || 1;
}

/** Opens the issue, edits the one that is open, or closes it. @returns whether GitHub did so. */
async function tell(title: string, report: string, isGone: boolean): Promise<boolean> {
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token, GITHUB_RUN_ID: run = "" } = process.env;
  if (!repository || !token) {
    console.error("no issue is written: GITHUB_REPOSITORY and GITHUB_TOKEN must be set; the exit code says the same");
    return true;
  }
  const issues = `${process.env["GITHUB_API_URL"] || "https://api.github.com"}/repos/${repository}/issues`;
  const call = async (method: string, url: string, body?: object): Promise<unknown> => {
    const headers = {
      Authorization: `Bearer ${token}`,
      Accept: "application/vnd.github+json",
      "Content-Type": "application/json",
    };
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) {
      throw new Error(
        `GitHub answered ${answer.status} to ${method} ${new URL(url).pathname}: ${(await answer.text()).slice(0, 300)}`,
      );
    }
    return answer.json();
  };
  const job = `${process.env["GITHUB_SERVER_URL"] || "https://github.com"}/${repository}/actions/runs/${run}`;
  const body = fitting(`${report}\n\n[job](${job})`, COMMENT_CHARACTERS.github, `${job} has all of it.`);
  try {
    const open = (await call("GET", `${issues}?state=open&labels=${LABEL}&per_page=100`)) as Issue[];
    const own = open.find((issue) => issue.title === title && issue.pull_request === undefined);
    if (own !== undefined) {
      await call("PATCH", `${issues}/${own.number}`, isGone ? { body, state: "closed", state_reason: "completed" } : { body });
    } else if (!isGone) {
      await call("POST", issues, { title, body, labels: [LABEL] });
    }
    return true;
  } catch (error) {
    console.error((error as Error).message);
    return false;
  }
}

/** GitHub makes a label that is not there yet. */
const LABEL = "drift";

process.exitCode = await main(process.argv.slice(2));

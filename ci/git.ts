import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Root of the checkout. */
export const REPOSITORY = join(import.meta.dirname, "..");

/** Who commits: the bot of GitHub, or whoever runs the pipeline on GitLab. */
function committer(): Record<string, string> {
  const { GITHUB_ACTIONS, GITLAB_USER_NAME, GITLAB_USER_EMAIL } = process.env;
  const [name, email] =
    GITHUB_ACTIONS === "true"
      ? ["github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"]
      : [GITLAB_USER_NAME || "millrace", GITLAB_USER_EMAIL || "millrace@localhost"];
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

/**
 * What git prints, without the newline at its end.
 *
 * @throws {Error} with what git said.
 */
export function git(...args: string[]): string {
  // Nobody is there to type a password.
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C", ...committer() };
  return execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env }).trimEnd();
}

/** Fetches one thing of the server. */
export function fetchOnly(what: string): void {
  // Depth in a full clone would make it a shallow one.
  const depth = git("rev-parse", "--is-shallow-repository") === "true" ? ["--depth=1"] : [];
  git("fetch", "--quiet", "--no-tags", ...depth, "origin", what);
}

/** Whether a commit is in this clone. */
export function hasCommit(commit: string): boolean {
  try {
    git("rev-parse", "--verify", "--quiet", "--end-of-options", `${commit}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

/** What git said, on one line. */
export function saidBy(error: unknown): string {
  const { stderr = "", message } = error as { stderr?: string; message: string };
  const said = (stderr.trim() || message).split("\n");
  const first = said.find((line) => line.startsWith("fatal:")) ?? said[0]!;
  const remedy = said.find((line) => line.trim().startsWith("git config"));
  return remedy === undefined ? first : `${first}: ${remedy.trim()}`;
}

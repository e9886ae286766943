// Plans an environment for a pull request, in whichever way the runner has cloned the repository.
// Usage: node ci/plan.ts <environment> [branch that the request goes to]
// Writes plan-<environment>.md and .html, policy-<environment>.sarif and .xml. Exit codes: those of `millrace plan`.

import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "..");

/** Exit code of `millrace plan` for wrong input; the commit to compare with may be what is wrong. */
const BAD_INPUT = 2;

function main([environment, branch = ""]: string[]): number {
  if (environment === undefined) {
    console.error("'environment' must be given: node ci/plan.ts <environment> [branch]");
    return BAD_INPUT;
  }
  const target = branch.replace(/^refs\/heads\//, "");
  if (target === "") {
    return plan(environment).code;
  }
  const { ref, reason } = targetRef(target);
  const compared = ref === undefined ? undefined : plan(environment, ref);
  if (compared !== undefined && compared.code !== BAD_INPUT) {
    return compared.code;
  }
  // A branch that cannot be had or planned is no reason to show nothing.
  const alone = plan(environment);
  if (alone.code !== BAD_INPUT) {
    const why = (compared?.said ?? reason).trim().split("\n").slice(-1).join("");
    console.error(`not compared with ${target}: ${why}`);
    remark(`plan-${environment}.md`, `Not compared with \`${target}\`: ${why}`);
  }
  return alone.code;
}

/** The branch as a ref of this clone. A shallow, single-branch or multibranch clone does not have it, so it is fetched. */
function targetRef(branch: string): { ref?: string; reason: string } {
  const ref = `refs/remotes/origin/${branch}`;
  let reason = "";
  try {
    // Depth in a full clone would make it a shallow one.
    const depth = git("rev-parse", "--is-shallow-repository").trim() === "true" ? ["--depth=1"] : [];
    git("fetch", "--quiet", "--no-tags", ...depth, "origin", `+refs/heads/${branch}:${ref}`);
  } catch (error) {
    reason = saidBy(error);
  }
  try {
    git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
    return { ref: `origin/${branch}`, reason };
  } catch (error) {
    return { reason: reason || saidBy(error) };
  }
}

const git = (...args: string[]): string =>
  execFileSync("git", args, {
    cwd: REPOSITORY,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    // Nobody is there to type a password.
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
  });

/** What git said, on one line. */
const saidBy = (error: unknown): string => {
  const { stderr = "", message } = error as { stderr?: string; message: string };
  const said = (stderr.trim() || message).split("\n");
  const first = said.find((line) => line.startsWith("fatal:")) ?? said[0]!;
  const remedy = said.find((line) => line.trim().startsWith("git config"));
  return remedy === undefined ? first : `${first}: ${remedy.trim()}`;
};

function plan(environment: string, against?: string): { code: number; said: string } {
  const markdown = openSync(`plan-${environment}.md`, "w");
  const files = { html: `plan-${environment}.html`, sarif: `policy-${environment}.sarif`, junit: `policy-${environment}.xml` };
  const { status, stderr, error } = spawnSync(
    process.execPath,
    [
      join(REPOSITORY, "cli", "millrace.mjs"),
      "plan",
      environment,
      ...(against === undefined ? [] : ["--against", against]),
      "--markdown",
      ...Object.entries(files).flatMap(([option, file]) => [`--${option}`, file]),
    ],
    { stdio: ["ignore", markdown, "pipe"], encoding: "utf8" },
  );
  closeSync(markdown);
  if (error) {
    throw error;
  }
  process.stderr.write(stderr);
  return { code: status ?? 1, said: stderr };
}

/** A remark below the heading of a comment. */
function remark(file: string, text: string): void {
  const [mark = "", heading = "", ...rest] = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, [mark, heading, "", `> ${text}`, ...rest].join("\n"));
}

process.exitCode = main(process.argv.slice(2));

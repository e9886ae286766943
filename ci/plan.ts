// Plans an environment for a pull request, in whichever way the runner has cloned the repository.
// Usage: node ci/plan.ts <environment> [branch that the request goes to]
// Writes plan-<environment>.md and .html, policy-<environment>.sarif and .xml. Exit codes: those of `millrace plan`.

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeText, plainText } from "#render/markdown";
import { fetchOnly, git, REPOSITORY, saidBy } from "./git.ts";

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
    remark(`plan-${environment}.md`, `Not compared with ${codeText(target)}: ${plainText(why)}`);
  }
  return alone.code;
}

/** The branch as a ref of this clone. A shallow, single-branch or multibranch clone does not have it, so it is fetched. */
function targetRef(branch: string): { ref?: string; reason: string } {
  const ref = `refs/remotes/origin/${branch}`;
  let reason = "";
  try {
    fetchOnly(`+refs/heads/${branch}:${ref}`);
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

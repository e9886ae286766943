// Plans the promotion that a pull request asks for, and writes the comment in every case: also where it cannot be planned.
// Usage: node ci/promote-plan.ts <environment>; writes promote-<environment>.md.
// Exit codes: those of `millrace promote plan`, and 0 in place of 11: approvals come after the check. Who merges without them changes nothing,
// because `promote apply` asks for them again.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fenced } from "#render/markdown";
import { REPOSITORY } from "./git.ts";

/** Only approvals are missing. */
const NOT_APPROVED = 11;

/** First line of the comment, by which a later one takes its place; `promote plan --markdown` writes the same. */
const mark = (environment: string): string => `<!-- millrace promote ${environment} -->`;

/** What the command printed, as a comment that has the mark. */
function commentOf(environment: string, printed: string, said: string): string {
  const text = printed.trim();
  if (text.startsWith(mark(environment))) {
    return `${text}\n`;
  }
  const [outcome, detail] = text === "" ? ["cannot be planned", said.trim() || "it said nothing"] : ["nothing to do", text];
  return [mark(environment), `### Promotion to ${environment}: ${outcome}`, "", ...fenced(detail.split("\n")), ""].join("\n");
}

function main([environment]: string[]): number {
  if (environment === undefined) {
    console.error("'environment' must be given: node ci/promote-plan.ts <environment>");
    return 2;
  }
  const command = [join(REPOSITORY, "cli", "millrace.mjs"), "promote", "plan", "--to", environment, "--markdown"];
  const { status, stdout, stderr, error } = spawnSync(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (error) {
    throw error;
  }
  process.stderr.write(stderr);
  writeFileSync(`promote-${environment}.md`, commentOf(environment, stdout, stderr));
  const code = status ?? 1;
  return code === NOT_APPROVED ? 0 : code;
}

process.exitCode = main(process.argv.slice(2));

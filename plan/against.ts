import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { DOES_NOT_FIT } from "./capacity/capacity.ts";
import { costOf } from "./cost.ts";
import { type Comparable, comparable, type Difference, differenceOf } from "./difference.ts";
import { type EnvironmentPlan, planEnvironment } from "./environment.ts";
import { POLICY_VIOLATED, SUPPORT_ENDED } from "./policy.ts";

const run = promisify(execFile);

/**
 * Holds a plan against another environment of this program, or against the same environment at another commit.
 *
 * @throws {pulumi.RunError} when the word is neither, or the other commit cannot be planned.
 */
export async function planAgainst(plan: EnvironmentPlan, against: string): Promise<Difference> {
  const other = ENVIRONMENTS.find((name) => name === against);
  const before = other ? comparableOf(await planEnvironment(other)) : await planAt(against, plan.environment);
  return differenceOf(comparableOf(plan), before, against);
}

const comparableOf = (plan: EnvironmentPlan): Comparable => comparable(plan, profiles[plan.environment], costOf(plan));

/** @throws {pulumi.RunError} when the word is neither an environment nor a git ref; before anything is planned. */
export function checkAgainst(word: string): void {
  if (!ENVIRONMENTS.some((name) => name === word)) {
    resolve(word);
  }
}

/** Plans another commit with that commit's own program, in a worktree that is gone afterwards. */
async function planAt(ref: string, environment: string): Promise<Comparable> {
  const commit = resolve(ref);
  const folder = mkdtempSync(join(tmpdir(), "millrace-plan-"));
  const tree = join(folder, "tree");
  try {
    await run("git", ["worktree", "add", "--detach", "--quiet", tree, commit], { cwd: PROJECT_FOLDER });
    symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(tree, "node_modules"));
    const { stdout } = await run(process.execPath, ["cli/millrace.mjs", "plan", environment, "--json"], {
      cwd: tree,
      // That commit has exceptions of its own.
      env: { ...process.env, MILLRACE_EXCEPTIONS: undefined },
      maxBuffer: 512 * 2 ** 20,
    }).catch((error: { code?: unknown; stdout: string }) => {
      if ([POLICY_VIOLATED, SUPPORT_ENDED, DOES_NOT_FIT].includes(error.code as number)) {
        return error;
      }
      throw error;
    });
    return JSON.parse(stdout) as Comparable;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split("\n")[0] ?? (error as Error).message;
    throw new pulumi.RunError(`'--against ${ref}' must be a commit whose program can be planned, got '${said}'`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    // What could not be added cannot be forgotten either: the reason above is the one to tell.
    await run("git", ["worktree", "prune"], { cwd: PROJECT_FOLDER }).catch(() => undefined);
  }
}

function resolve(ref: string): string {
  try {
    return execFileSync("git", ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], {
      cwd: PROJECT_FOLDER,
      encoding: "utf8",
      // Its messages are read below, so they must not be translated.
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string; stderr?: string };
    // An unknown ref is answered in silence; whatever git says is about the repository.
    const said = code === "ENOENT" ? "git is not installed" : stderr.trim().split("\n")[0]!;
    if (said !== "") {
      const remedy = said.includes("dubious ownership")
        ? `if you trust it, run git config --global --add safe.directory ${PROJECT_FOLDER}`
        : "run it in a clone, with git on PATH";
      throw new pulumi.RunError(`'--against ${ref}' must be a ref of a repository that git reads, got '${said}': ${remedy}`);
    }
    throw new pulumi.RunError(`'--against' must be an environment (${ENVIRONMENTS.join(", ")}) or a git ref, got '${ref}'`);
  }
}

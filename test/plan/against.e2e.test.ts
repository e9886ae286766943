import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { planAgainst } from "#plan/against";
import { planEnvironment } from "#plan/environment";

it.skipIf(!existsSync(join(PROJECT_FOLDER, ".git")))(
  "plan --against plans another commit with its own program, and leaves no worktree",
  async () => {
    const ofPlans = () =>
      execFileSync("git", ["worktree", "list", "--porcelain"], { cwd: PROJECT_FOLDER, encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes("millrace-plan-"));
    const before = ofPlans();
    const difference = await planAgainst(await planEnvironment("dev"), "HEAD");
    expect(difference.against).toBe("HEAD");
    expect(ofPlans()).toEqual(before);
  },
);

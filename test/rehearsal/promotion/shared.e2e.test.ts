import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { millraceOf } from "#rehearsal/promotion/rehearse";
import { ShellRunner } from "#rehearsal/promotion/runner";
import { Story } from "#rehearsal/promotion/scene";
import { released } from "#rehearsal/promotion/scenes/model";
import { HARMLESS, programReleased } from "#rehearsal/promotion/scenes/platform";
import { sharedIn, Workplace } from "#rehearsal/promotion/shared";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { readTarget } from "#stacks/inputs/release";
import { train } from "./train.ts";

it("a repository of this working tree releases models and programs that its own command line finds right", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-shared-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const shared = sharedIn(join(home, "promotion"));
  const runner = new ShellRunner({ shared, folderOf: () => home, signal: new AbortController().signal });
  const workplace = await Workplace.begin(shared, home, millraceOf(runner), train);
  const story = new Story(runner, { begin: () => undefined, update: () => undefined, end: () => undefined });
  await released(story, workplace, "4", 0.931);
  await programReleased(story, workplace, "2026.11.21-2", HARMLESS, true);
  await story.step("every release is as it must be", "repository", "npx millrace release verify");
  expect(story.steps.map(({ exit }) => exit)).toEqual([0, 0, 0]);
  for (const environment of ENVIRONMENTS) {
    const { platform, models } = readTarget(environment, join(shared.repository, "releases"));
    expect([platform, models["fraud"]]).toEqual([workplace.platform, workplace.models["fraud"]?.version]);
  }
  expect(execFileSync("git", ["status", "--porcelain"], { cwd: shared.repository, encoding: "utf8" })).toBe("");
});

// The lines of the CI files, run in clones as the runners make them. The plan itself is real.

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { githubLine, gitlabScript, jenkinsHome, jenkinsScript, runJob, SHELLS } from "./job.ts";

const TARGET = "release/größe-1";
const STRANGER = 12345;
const folder = mkdtempSync(join(tmpdir(), "millrace-runners-"));
const origin = join(folder, "origin.git");
const asRoot = process.getuid?.() === 0;

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
  });

beforeAll(() => {
  // A stranger must be able to come in here, as into the workspace of a runner.
  chmodSync(folder, 0o755);
  const source = join(folder, "source");
  mkdirSync(source);
  const files = git(PROJECT_FOLDER, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
  for (const file of files.filter((name) => name !== "" && name !== "node_modules" && existsSync(join(PROJECT_FOLDER, name)))) {
    cpSync(join(PROJECT_FOLDER, file), join(source, file), { recursive: true });
  }
  git(source, "init", "--quiet", "--initial-branch=main");
  git(source, "add", "--all");
  git(source, "commit", "--quiet", "--message", "base");
  git(source, "branch", TARGET);
  git(source, "switch", "--quiet", "--create", "feature/über");
  const profile = join(source, "stacks/inputs/environments/dev.ts");
  writeFileSync(profile, readFileSync(profile, "utf8").replace("monthlyBudget: 800", "monthlyBudget: 801"));
  git(source, "commit", "--quiet", "--all", "--message", "change");
  git(folder, "clone", "--quiet", "--bare", source, origin);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let clones = 0;

/** A clone as a runner makes it, with the packages that `npm ci` would bring. */
function cloned(...options: string[]): string {
  clones += 1;
  const clone = join(folder, `clone-${clones}`);
  git(folder, "clone", "--quiet", ...options, `file://${origin}`, clone);
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(clone, "node_modules"));
  return clone;
}

/** What Jenkins' multibranch project checks out: one branch by its own refspec, detached. */
function multibranch(): string {
  clones += 1;
  const clone = join(folder, `clone-${clones}`);
  git(folder, "init", "--quiet", clone);
  git(clone, "remote", "add", "origin", `file://${origin}`);
  git(clone, "fetch", "--quiet", "origin", "+refs/heads/feature/über:refs/remotes/origin/feature/über");
  git(clone, "checkout", "--quiet", "--detach", "origin/feature/über");
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(clone, "node_modules"));
  return clone;
}

const markdown = (clone: string): string => readFileSync(join(clone, "plan-dev.md"), "utf8");
/** The change of the branch, as the comparison shows it. */
const CHANGE = /^\+ monthlyBudget +801/m;

const home = (): string => mkdtempSync(join(folder, "home-"));
const githubPlan = githubLine("plan", "plan", "node ci/plan.ts", { "matrix.environment": "dev" });

describe("the plan of a pull request is compared with its target", () => {
  it("on GitHub, in a shallow clone, for a branch with slashes and letters beyond ASCII", () => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    const ended = runJob(githubPlan, { folder: clone, env: { HOME: home(), TARGET }, shell: SHELLS.github });
    expect([ended.code, ended.err]).toEqual([0, expect.stringContaining("policy-dev.sarif written")]);
    expect(markdown(clone)).toMatch(CHANGE);
    expect(markdown(clone)).toContain(`against origin/${TARGET}`);
    expect(git(clone, "worktree", "list").trim().split("\n")).toHaveLength(1);
  });

  it("on GitHub, for an entry of the merge queue, which names its target as a ref", () => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    const env = { HOME: home(), TARGET: "refs/heads/main" };
    expect(runJob(githubPlan, { folder: clone, env, shell: SHELLS.github }).code).toBe(0);
    expect(markdown(clone)).toMatch(CHANGE);
  });

  it("on GitLab, in a shallow clone with a detached head", () => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    git(clone, "checkout", "--quiet", "--detach");
    // Without a token there is no note: the pipeline of a fork has none.
    const env = { HOME: home(), GITLAB_CI: "true", ENVIRONMENT: "dev", CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" };
    const ended = runJob(gitlabScript("plan"), { folder: clone, env, shell: SHELLS.gitlab });
    expect([ended.code, ended.err]).toEqual([0, expect.stringContaining("no comment is written")]);
    expect(markdown(clone)).toMatch(CHANGE);
  });

  it.runIf(asRoot)("on Jenkins, in a multibranch clone without origin/main, as a user without a home", () => {
    const clone = multibranch();
    // The server's own copy is trusted: a real one is behind HTTP or SSH.
    mkdirSync(jenkinsHome(clone));
    writeFileSync(join(jenkinsHome(clone), ".gitconfig"), `[safe]\n\tdirectory = ${origin}\n`);
    execFileSync("chown", ["-R", "--no-dereference", `${STRANGER}:${STRANGER}`, clone]);
    const script = jenkinsScript("plan").replace("dev staging prod", "dev");
    const ended = runJob(script, { folder: clone, env: { HOME: jenkinsHome(clone) }, user: STRANGER, shell: SHELLS.jenkins });
    expect([ended.code, ended.err]).toEqual([0, expect.stringContaining("policy-dev.xml written")]);
    expect(markdown(clone)).toMatch(CHANGE);
  });

  it("in a full clone, which stays a full one", () => {
    const clone = cloned("--branch=feature/über", "--single-branch");
    expect(runJob(githubPlan, { folder: clone, env: { HOME: home(), TARGET: "main" }, shell: SHELLS.github }).code).toBe(0);
    expect(markdown(clone)).toMatch(CHANGE);
    expect(git(clone, "rev-parse", "--is-shallow-repository").trim()).toBe("false");
  });
});

describe("the plan of a pull request is shown without a comparison, with the reason,", () => {
  it.each<[what: string, env: Record<string, string>, said: RegExp]>([
    [
      "when its target is gone",
      { TARGET: "gone" },
      /^> Not compared with <code>gone<\/code>: fatal&#58; couldn't find remote ref refs\/heads\/gone$/m,
    ],
    ["when its target's name holds what a shell would run", { TARGET: "$(touch hacked)`id`" }, /^> Not compared with/m],
  ])("%s", (_, env, said) => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    const ended = runJob(githubPlan, { folder: clone, env: { HOME: home(), ...env }, shell: SHELLS.github });
    expect(ended.code).toBe(0);
    expect(markdown(clone)).toMatch(said);
    expect(markdown(clone)).toMatch(/^<!-- millrace plan dev -->\n### dev: /);
    expect(existsSync(join(clone, "hacked"))).toBe(false);
  });

  it("when the runner sets no variable at all", () => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    expect(runJob(githubPlan, { folder: clone, shell: SHELLS.github })).toMatchObject({ code: 0 });
    expect(markdown(clone)).not.toContain("against");
  });

  it("when the target cannot be planned: a pull request that mends main has a plan too", () => {
    const clone = cloned("--branch=feature/über");
    git(clone, "switch", "--quiet", "--create", "broken");
    rmSync(join(clone, "stacks/layers.ts"));
    git(clone, "commit", "--quiet", "--all", "--message", "broken");
    git(clone, "push", "--quiet", "origin", "broken");
    git(clone, "switch", "--quiet", "feature/über");
    const ended = runJob(githubPlan, { folder: clone, env: { HOME: home(), TARGET: "broken" }, shell: SHELLS.github });
    expect(ended.code).toBe(0);
    expect(markdown(clone)).toMatch(
      /^> Not compared with <code>broken<\/code>: '--against origin\/broken' must be a commit whose program can be planned/m,
    );
  });

  it.runIf(asRoot)("when the checkout belongs to another user: with git's own reason and remedy", () => {
    const clone = cloned("--branch=feature/über");
    execFileSync("chown", ["-R", "--no-dereference", `${STRANGER}:${STRANGER}`, clone]);
    const env = { HOME: home(), TARGET: "main" };
    expect(runJob(githubPlan, { folder: clone, env, shell: SHELLS.github }).code).toBe(0);
    expect(markdown(clone)).toMatch(
      /^> Not compared with <code>main<\/code>: fatal&#58; detected dubious ownership in repository at '.*'&#58; git config --global --add safe\.directory \//m,
    );
    const typed = runJob("node cli/millrace.mjs plan dev --against main", { folder: clone, env, shell: SHELLS.github });
    expect([typed.code, typed.out]).toEqual([2, ""]);
    expect(typed.err.trim()).toBe(
      `'--against main' must be a ref of a repository that git reads, got 'fatal: detected dubious ownership in repository at '${clone}'': if you trust it, run git config --global --add safe.directory ${clone}`,
    );
  });
});

describe("a machine that is odd in another way", () => {
  it.runIf(asRoot)("npm ci works for a user without a home, as the Jenkinsfile calls it", () => {
    const workspace = join(folder, "npm");
    mkdirSync(join(workspace, "package"), { recursive: true });
    // A package from a tarball goes through npm's cache, which lies in the home.
    writeFileSync(join(workspace, "package/package.json"), '{"name":"inner","version":"1.0.0"}');
    execFileSync("tar", ["-czf", "inner.tgz", "package"], { cwd: workspace });
    writeFileSync(
      join(workspace, "package.json"),
      '{"name":"outer","version":"1.0.0","dependencies":{"inner":"file:inner.tgz"}}',
    );
    const lock = {
      name: "outer",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: {
        "": { name: "outer", version: "1.0.0", dependencies: { inner: "file:inner.tgz" } },
        "node_modules/inner": { version: "1.0.0", resolved: "file:inner.tgz" },
      },
    };
    writeFileSync(join(workspace, "package-lock.json"), JSON.stringify(lock));
    execFileSync("chown", ["-R", `${STRANGER}:${STRANGER}`, workspace]);
    const script = jenkinsScript("check").replace(/ && npm run check.*/, "");
    const run = (HOME: string) => runJob(script, { folder: workspace, env: { HOME }, user: STRANGER, shell: SHELLS.jenkins });
    // Docker gives `/` to a user that it does not know.
    expect([run("/").code, run("/").err]).toEqual([expect.any(Number), expect.stringContaining("EACCES")]);
    expect([run(jenkinsHome(workspace)).code, existsSync(join(workspace, "node_modules/inner"))]).toEqual([0, true]);
  });

  it.runIf(asRoot)("doctor and plan end without a stack trace for a user without a home and without a name", () => {
    for (const [command, codes] of [
      ["doctor", [0, 1]],
      ["plan dev", [0]],
    ] as const) {
      const ended = runJob(`node cli/millrace.mjs ${command}`, { folder: PROJECT_FOLDER, user: STRANGER, shell: SHELLS.jenkins });
      expect(codes).toContain(ended.code);
      expect(ended.err).not.toMatch(/^\s+at /m);
    }
  });

  it("plans the same from a checkout with the line ends of Windows", () => {
    const clone = cloned("--depth=1", "--branch=feature/über");
    const plain = runJob("node cli/millrace.mjs plan dev --json", { folder: clone, shell: SHELLS.github }).out;
    for (const file of git(clone, "ls-files", "-z").split("\0")) {
      if (/\.(ts|yaml|json)$/.test(file)) {
        writeFileSync(join(clone, file), readFileSync(join(clone, file), "utf8").replaceAll("\n", "\r\n"));
      }
    }
    const windows = runJob("node cli/millrace.mjs plan dev --json", { folder: clone, shell: SHELLS.github });
    const stable = (text: string): unknown => ({ ...JSON.parse(text.replaceAll("\\r\\n", "\\n")), seconds: 0, program: "" });
    expect(windows.code).toBe(0);
    expect(stable(windows.out)).toEqual(stable(plain));
  });
});

// The scripts and lines of the workflows of promotions, in clones as the runners make them.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Ended, githubLine, gitlabScript, jenkinsScript, runJob, SHELLS } from "./job.ts";
import { commit, git, pointer, put, requestService, run, Scratch, standIn } from "./scratch.ts";

const DEV = "releases/environments/dev.json";
const STAGING = "releases/environments/staging.json";
const PROD = "releases/environments/prod.json";
const STABLE = "releases/stable/prod.json";
const fraud4 = pointer({ churn: "1", fraud: "4" });

let scratch = new Scratch();
afterAll(() => rmSync(scratch.folder, { recursive: true, force: true }));
/** A server of its own, for tests that push to it. */
const fresh = (): Scratch => {
  rmSync(scratch.folder, { recursive: true, force: true });
  scratch = new Scratch();
  return scratch;
};

describe("environments whose pointer has changed", () => {
  const line = githubLine("promote", "changes", "changed=$(", {});
  const changed = (folder: string, BEFORE: string): unknown => {
    const output = join(scratch.folder, "output");
    rmSync(output, { force: true });
    const { code, err } = runJob(line, {
      folder,
      env: { BEFORE, GITHUB_OUTPUT: output, HOME: scratch.folder },
      shell: SHELLS.github,
    });
    return code === 0 ? JSON.parse(readFileSync(output, "utf8").replace(/^environments=/, "")) : `${code}: ${err}`;
  };
  const ALL = ["dev", "staging", "prod"];

  it.each<[what: string, commits: Record<string, string | null>[], expected: string[]]>([
    ["one", [{ [PROD]: fraud4 }], ["prod"]],
    [
      "several commits of one push, in the order of promotion",
      [{ [PROD]: fraud4 }, { "README.md": "x" }, { [DEV]: fraud4 }],
      ["dev", "prod"],
    ],
    ["a change that the same push takes back", [{ [DEV]: fraud4 }, { [DEV]: pointer({ churn: "1", fraud: "3" }) }], []],
    ["releases beside the pointers", [{ "releases/models/fraud/4.json": "{}", [STABLE]: '{"fraud":[]}\n' }], []],
    ["a pointer that is gone", [{ [STAGING]: null }], ["staging"]],
    ["a pointer that has another name now", [{ [STAGING]: null, "releases/environments/test.json": fraud4 }], ["staging"]],
    ["a name with what a shell would run", [{ "releases/environments/$(touch hacked).json": fraud4 }], []],
  ])("%s", (_, commits, expected) => {
    const clone = scratch.clone();
    const before = git(clone, "rev-parse", "HEAD");
    commits.forEach((each) => commit(clone, each));
    expect(changed(clone, before)).toEqual(expected);
    expect(existsSync(join(clone, "hacked"))).toBe(false);
  });

  it("the first push of a branch: all of them", () => {
    expect(changed(scratch.clone(), "0".repeat(40))).toEqual(ALL);
  });

  it("a pull request: what its merge changes, and not what the target has got meanwhile", () => {
    const { origin } = fresh();
    const clone = scratch.clone();
    git(clone, "switch", "--quiet", "--create", "feature");
    commit(clone, { [PROD]: fraud4 });
    git(clone, "switch", "--quiet", "main");
    commit(clone, { [DEV]: fraud4 });
    git(clone, "merge", "--quiet", "--no-ff", "--no-edit", "feature");
    git(clone, "push", "--quiet", origin, "HEAD:refs/heads/merge");
    expect(changed(scratch.clone("--depth=2", "--branch=merge"), "HEAD^1")).toEqual(["prod"]);
  });

  it("a push of the merge queue, which brings several pull requests to a shallow clone", () => {
    const { origin } = fresh();
    const clone = scratch.clone();
    const before = git(clone, "rev-parse", "HEAD");
    for (const [name, file] of Object.entries({ one: DEV, two: STAGING })) {
      git(clone, "switch", "--quiet", "--create", name, before);
      commit(clone, { [file]: fraud4 });
      git(clone, "switch", "--quiet", "main");
      git(clone, "merge", "--quiet", "--no-ff", "--no-edit", name);
    }
    git(clone, "push", "--quiet", origin, "main");
    expect(changed(scratch.clone("--depth=2"), before)).toEqual(["dev", "staging"]);
  });

  it("a forced push: against the commit that only the server has, and all where nobody has it", () => {
    const { origin } = fresh();
    const clone = scratch.clone();
    const before = commit(clone, { [DEV]: fraud4, [PROD]: fraud4 });
    git(clone, "push", "--quiet", origin, "main");
    git(clone, "reset", "--quiet", "--hard", "HEAD^");
    commit(clone, { [PROD]: fraud4 });
    git(clone, "push", "--quiet", "--force", origin, "main");
    expect(changed(scratch.clone("--depth=2"), before)).toEqual(["dev"]);
    expect(changed(scratch.clone("--depth=2"), "f".repeat(40))).toEqual(ALL);
  });

  it.each(["", "--output=x"])("'%s' is no commit", (before) => {
    expect(changed(scratch.clone(), before)).toMatch(/^2: 'commit' must be one to compare with/);
  });
});

describe("the plan in a pull request", () => {
  const planned = (does: string): { ended: Ended; comment: string } => {
    const clone = scratch.clone();
    put(clone, "cli/millrace.mjs", does);
    const line = githubLine("promote", "plan", "node ci/promote-plan.ts", { "matrix.environment": "prod" });
    const ended = runJob(line, { folder: clone, shell: SHELLS.github });
    return { ended, comment: readFileSync(join(clone, "promote-prod.md"), "utf8") };
  };
  const markdown = 'console.log("<!-- millrace promote prod -->\\n### Promotion to prod");';

  it.each([
    [0, 0],
    [10, 10],
    [5, 5],
    // Reviews come after the check.
    [11, 0],
  ])("that ends with %i ends the job with %i", (code, expected) => {
    const { ended, comment } = planned(`${markdown} process.exitCode = ${code}`);
    expect([ended.code, comment]).toEqual([expected, "<!-- millrace promote prod -->\n### Promotion to prod\n"]);
  });

  it("calls the command with the environment", () => {
    expect(planned("console.log(JSON.stringify(process.argv.slice(2)))").comment).toContain(
      '["promote","plan","--to","prod","--markdown"]',
    );
  });

  it("that cannot be made says why in the comment, which a later one replaces, and nothing of it is markup", () => {
    const { ended, comment } = planned('console.error("the ledger ``` <b>"); process.exitCode = 2');
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining("the ledger ``` <b>\n")]);
    expect(comment).toBe(
      "<!-- millrace promote prod -->\n### Promotion to prod: cannot be planned\n\n````\nthe ledger ``` <b>\n````\n",
    );
  });

  it("with nothing to promote says so", () => {
    const { comment } = planned('console.log("prod runs what its pointer says: there is nothing to promote")');
    expect(comment.split("\n").slice(0, 2)).toEqual(["<!-- millrace promote prod -->", "### Promotion to prod: nothing to do"]);
  });

  it.each([
    ["success", '["prod"]', 0],
    ["skipped", "[]", 0],
    // A fork may not plan.
    ["skipped", '["prod"]', 1],
    ["failure", '["prod"]', 1],
    ["cancelled", '["prod"]', 1],
    // Nobody knows what has changed.
    ["skipped", "", 1],
  ])("the check of %s with %s ends with %i", (PLANNED, ENVIRONMENTS, code) => {
    const line = githubLine("promote", "gates", "test", {});
    expect(runJob(line, { folder: scratch.folder, env: { PLANNED, ENVIRONMENTS }, shell: SHELLS.github }).code).toBe(code);
  });
});

describe("the lines that change an environment", () => {
  type Called = Ended & { calls: string[]; folder: string };
  const called = (
    script: string,
    does: string,
    env: Record<string, string>,
    shell: readonly string[] = SHELLS.github,
  ): Called => {
    const folder = scratch.clone();
    // None of them is there in a test: they reach the network.
    standIn(folder, does, "npm", "curl", "pulumi", "aws");
    const ended = runJob(script, { folder, env: { ENVIRONMENT: "prod", WHERE: "prod", HOME: folder, STATE: "", ...env }, shell });
    const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n") : [];
    return { ...ended, calls, folder };
  };
  const apply = githubLine("promote-environment", "apply", "code=0", {});
  const PLAN = "[millrace][promote][plan][--to][prod][--out][plan.json]";
  const APPLY = "[millrace][promote][apply][--to][prod][--plan][plan.json][--yes][--no-follow]";

  it.each<[what: string, does: string, code: number, calls: string[]]>([
    ["a plan is applied", "touch plan.json", 0, [PLAN, APPLY]],
    ["nothing to promote is nothing to apply", "", 0, [PLAN]],
    ["wrong input ends it", "exit 2", 2, [PLAN]],
    [
      "gates decide when it is applied: what was begun goes on",
      'touch plan.json; test "$3" = apply || exit 10',
      0,
      [PLAN, APPLY],
    ],
    ["the code of the apply is that of the job", 'touch plan.json; test "$3" = apply && exit 14; exit 10', 14, [PLAN, APPLY]],
  ])("%s", (_, does, code, calls) => {
    expect(called(apply, does, {})).toMatchObject({ code, calls });
  });

  const rollback = githubLine("rollback", "rollback", "npx millrace rollback", {});
  const hold = githubLine("rollback", "rollback", 'npx millrace "$COMMAND"', {});

  it.each([
    ["GitLab", gitlabScript(".promote"), SHELLS.gitlab],
    ["Jenkins", jenkinsScript("promotion"), SHELLS.jenkins],
  ])("promote on %s as on GitHub", (_, script, shell) => {
    const env = { COMMAND: "promote" };
    expect(called(script, "touch plan.json", env, shell)).toMatchObject({ code: 0, calls: [PLAN, APPLY] });
    expect(called(script, "", env, shell)).toMatchObject({ code: 0, calls: [PLAN] });
    expect(called(script, "exit 2", env, shell)).toMatchObject({ code: 2, calls: [PLAN] });
    expect(called(script, 'touch plan.json; test "$3" = apply && exit 14; exit 10', env, shell)).toMatchObject({
      code: 14,
      calls: [PLAN, APPLY],
    });
  });

  it.each([
    ["GitLab", gitlabScript("rollback"), SHELLS.gitlab],
    ["Jenkins", jenkinsScript("promotion"), SHELLS.jenkins],
  ])("take back on %s as on GitHub, with what a person types as it is typed", (_, script, shell) => {
    const typed = '$(touch hacked) "; touch hacked; `touch hacked` --yes';
    const back = called(script, "exit 14", { COMMAND: "rollback", WHAT: typed, REASON: typed, TO: typed }, shell);
    expect([back.code, back.calls]).toEqual([
      14,
      [`[millrace][rollback][--env=prod][--reason=${typed}][--to=${typed}][--yes][--no-follow][--][${typed}]`],
    ]);
    const held = called(script, "", { COMMAND: "hold", WHAT: "", REASON: typed, TO: "" }, shell);
    expect([held.code, held.calls]).toEqual([0, [`[millrace][hold][--env=prod][--reason=${typed}][--]`]]);
    expect([back, held].filter(({ folder }) => existsSync(join(folder, "hacked")))).toEqual([]);
  });

  it("apply on Jenkins no plan that another build has left", () => {
    const { code, calls } = called(`touch plan.json\n${jenkinsScript("promotion")}`, "", { COMMAND: "promote" }, SHELLS.jenkins);
    expect([code, calls]).toEqual([0, [PLAN]]);
  });

  it("keep on Jenkins what a run has written, for a person", () => {
    const writes = `printf '%s' '${pointer({ churn: "1", fraud: "2" })}' > ${PROD}`;
    const { code, folder } = called(
      jenkinsScript("promotion"),
      writes,
      { COMMAND: "rollback", WHAT: "fraud", REASON: "x", TO: "" },
      SHELLS.jenkins,
    );
    expect([code, readFileSync(join(folder, "promote-prod.patch"), "utf8")]).toEqual([
      0,
      expect.stringContaining('+    "fraud": "2"'),
    ]);
  });

  it("roll back to what a person names, or to what was good last", () => {
    const env = { WHAT: "fraud", REASON: "chargebacks doubled", TO: "" };
    expect(called(rollback, "", env).calls).toEqual([
      "[millrace][rollback][--env=prod][--reason=chargebacks doubled][--yes][--no-follow][--][fraud]",
    ]);
    expect(called(rollback, "", { ...env, TO: "3" }).calls[0]).toContain("[--to=3][--yes]");
  });

  it("hold one thing, or everything", () => {
    const env = { COMMAND: "hold", REASON: "incident 4711", WHAT: "" };
    expect(called(hold, "", env).calls).toEqual(["[millrace][hold][--env=prod][--reason=incident 4711][--]"]);
    expect(called(hold, "", { ...env, WHAT: "fraud" }).calls[0]).toMatch(/\[--\]\[fraud\]$/);
  });

  it.each(['x"; touch hacked; "', "$(touch hacked)", "`touch hacked`", "--json", "-- --yes", "a b\tc", "*", "é'ü"])(
    "take %j as it is typed",
    (typed) => {
      const { calls, folder } = called(rollback, "", { WHAT: typed, REASON: typed, TO: typed });
      expect(calls).toEqual([
        `[millrace][rollback][--env=prod][--reason=${typed}][--to=${typed}][--yes][--no-follow][--][${typed}]`,
      ]);
      expect(existsSync(join(folder, "hacked"))).toBe(false);
      const held = called(hold, "", { COMMAND: "hold", WHAT: typed, REASON: typed });
      expect([held.calls[0], existsSync(join(held.folder, "hacked"))]).toEqual([
        `[millrace][hold][--env=prod][--reason=${typed}][--][${typed}]`,
        false,
      ]);
    },
  );

  it.each([
    ["a version that is stable", "", 0],
    ["a version that was thrown out", "exit 13", 13],
    ["a release that takes longer than the session", "exec sleep 30", 0],
  ])("follow %s on GitLab and Jenkins", (_, does, code) => {
    const soon = (script: string): string => script.replace("90m", "1");
    expect(called(soon(gitlabScript(".follow")), does, {}, SHELLS.gitlab)).toMatchObject({
      code,
      calls: ["[millrace][promote][follow][--to][prod]"],
    });
    expect(called(soon(jenkinsScript("promotion")), does, { COMMAND: "follow" }, SHELLS.jenkins).code).toBe(code);
  });

  const follow = githubLine("follow", "follow", "code=0", {}).replace("100m", "1");
  it.each([
    ["a version that is stable", "", 0, ""],
    ["a version that was thrown out", "exit 13", 13, ""],
    ["a release that takes longer than the session", "exec sleep 30", 0, "::notice::The release in prod goes on"],
  ])("follow %s", (_, does, code, said) => {
    const ended = called(follow, does, {});
    expect([ended.code, ended.calls]).toEqual([code, ["[millrace][promote][follow][--to][prod]"]]);
    expect(ended.out).toContain(said);
  });
});

describe.each<[string, (url: string) => Record<string, string>]>([
  [
    "GitHub",
    (url) => ({ GITHUB_ACTIONS: "true", GITHUB_API_URL: url, GITHUB_REPOSITORY: "example/millrace", GITHUB_TOKEN: "secret" }),
  ],
  [
    "GitLab",
    (url) => ({ GITLAB_CI: "true", CI_API_V4_URL: url, CI_PROJECT_ID: "3", COMMENT_TOKEN: "secret", CI_DEFAULT_BRANCH: "main" }),
  ],
])("what a run has written comes back on %s", (_, variables) => {
  let service: Awaited<ReturnType<typeof requestService>>;
  beforeEach(async () => {
    service = await requestService();
    fresh();
  });
  afterEach(() => service.close());
  const proposal = (clone: string, ...args: string[]): Promise<Ended> =>
    run(clone, ["ci/proposal.ts", ...args], variables(service.url));
  /** A run that writes files, and the job after it that proposes them. */
  const wrote = async (files: Record<string, string>): Promise<Ended> => {
    const clone = scratch.clone();
    expect(await proposal(clone, "take-up", "prod")).toMatchObject({ code: 0, err: "" });
    Object.entries(files).forEach(([path, text]) => put(clone, path, text));
    expect((await proposal(clone, "keep", "prod")).code).toBe(0);
    const next = scratch.clone();
    if (existsSync(join(clone, "promote-prod.patch"))) {
      put(next, "promote-prod.patch", readFileSync(join(clone, "promote-prod.patch"), "utf8"));
    }
    return await proposal(next, "propose");
  };
  const branch = (path: string): string => git(scratch.origin, "show", `promote/prod:${path}`);
  const stable = '{\n  "fraud": [\n    "2"\n  ]\n}\n';
  const fraud2 = pointer({ churn: "1", fraud: "2" });

  it("as a request of a branch of its own, which the next run adds to", async () => {
    expect(await wrote({ [PROD]: fraud2 })).toMatchObject({ code: 0, out: "https://service/promote/prod\n" });
    expect(branch(PROD)).toBe(fraud2.trimEnd());
    const first = git(scratch.origin, "rev-parse", "promote/prod");
    expect((await wrote({ [STABLE]: stable })).code).toBe(0);
    expect([branch(PROD), branch(STABLE)]).toEqual([fraud2.trimEnd(), stable.trimEnd()]);
    expect(git(scratch.origin, "merge-base", first, "promote/prod")).toBe(first);
    expect(service.made).toHaveLength(1);
    expect(git(scratch.origin, "diff", "--name-only", "main", "promote/prod").split("\n")).toEqual([PROD, STABLE]);
  });

  it("also from the clone in which it was written", async () => {
    await wrote({ [PROD]: fraud2 });
    const clone = scratch.clone();
    await proposal(clone, "take-up", "prod");
    put(clone, STABLE, stable);
    await proposal(clone, "keep", "prod");
    git(clone, "reset", "--quiet", "--hard");
    expect(await proposal(clone, "propose")).toMatchObject({ code: 0, err: "" });
    expect([branch(PROD), branch(STABLE)]).toEqual([fraud2.trimEnd(), stable.trimEnd()]);
  });

  it("on top of what main has got meanwhile", async () => {
    await wrote({ [PROD]: fraud2 });
    const clone = scratch.clone();
    commit(clone, { [DEV]: fraud4 });
    git(clone, "push", "--quiet", "origin", "main");
    await wrote({ [STABLE]: stable });
    expect(branch(DEV)).toBe(fraud4.trimEnd());
  });

  it("never where nothing has changed, or other files have", async () => {
    expect(await wrote({})).toMatchObject({ code: 0, out: "nothing has changed\n" });
    expect(await wrote({ "README.md": "x", [DEV]: fraud4 })).toMatchObject({ code: 0, out: "nothing has changed\n" });
    expect(service.made).toEqual([]);
  });

  it("anew where the branch is left over from a request that was closed", async () => {
    await wrote({ [PROD]: fraud2 });
    service.open.length = 0;
    await wrote({ [STABLE]: stable });
    expect(branch(PROD)).toBe(pointer({ churn: "1", fraud: "3" }).trimEnd());
    expect(service.made).toHaveLength(2);
  });

  it("and stops what contradicts it", async () => {
    await wrote({ [PROD]: fraud2 });
    const clone = scratch.clone();
    // Main still says what was taken back.
    expect(await proposal(clone, "check", "prod")).toMatchObject({
      code: 12,
      err: "releases/environments/prod.json must be what prod runs, got what https://service/promote/prod takes back: merge it or close it first\n",
    });
    commit(clone, { [PROD]: fraud4 });
    git(clone, "push", "--quiet", "origin", "main");
    expect(await proposal(clone, "take-up", "prod")).toMatchObject({
      code: 1,
      err: "https://service/promote/prod contradicts what is checked out: merge it or close it first\n",
    });
  });

  it("and does not stop a promotion where it only says that a version is stable", async () => {
    await wrote({ [STABLE]: stable });
    expect(await proposal(scratch.clone(), "check", "prod")).toMatchObject({ code: 0, err: "" });
  });

  it("while a run of an older commit applies nothing: main has another pointer by now", async () => {
    const old = scratch.clone();
    const clone = scratch.clone();
    commit(clone, { [PROD]: fraud4 });
    git(clone, "push", "--quiet", "origin", "main");
    expect(await proposal(old, "check", "prod")).toMatchObject({
      code: 12,
      err: expect.stringContaining("the run of its own commit applies it"),
    });
    expect((await proposal(old, "check", "dev")).code).toBe(0);
  });

  it.each([[], ["check"], ["check", "prd"], ["make", "prod"], ["constructor", "prod"], ["propose", "prod"]])(
    "'%s %s' is no command",
    async (...args) => {
      expect(await proposal(scratch.clone(), ...args)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^the command must be propose, or one of .*\n$/),
      });
    },
  );

  it("or says that the token is wrong, or missing", async () => {
    const clone = scratch.clone();
    put(clone, "promote-prod.patch", "x");
    const env = variables(service.url);
    const [name] = Object.keys(env).filter((each) => each.endsWith("_TOKEN"));
    const wrong = await run(clone, ["ci/proposal.ts", "propose"], { ...env, [name!]: "stolen" });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("the service answered 401") });
    const missing = await run(clone, ["ci/proposal.ts", "propose"], { ...env, [name!]: "" });
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("promote-prod.patch must be committed by a person") });
  });
});

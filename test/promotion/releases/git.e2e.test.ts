import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { composePlatformRelease } from "#promotion/releases/create";
import { commitSince } from "#promotion/releases/history";
import { differencesFromTree, verifyAll } from "#promotion/releases/verify";
import { pointAt, writeModelRelease, writePlatformRelease } from "#promotion/releases/write";
import { readRelease } from "#stacks/inputs/release";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { asParent, modelReleaseOf, pointerOf, putRelease, releasesFolder } from "../../harness/releases.ts";

let repository: string;
const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@millrace.dev", "-c", "commit.gpgsign=false", ...args], {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
const commit = (message: string): string => {
  git("add", "-A");
  return git("commit", "-q", "--allow-empty", "-m", message);
};

const MODELS = ["abuse", "churn", "fraud"];
const PROD = "environments/prod.json";

/** A repository in which prod runs version 1 of three models that stand next to each other. */
beforeEach(() => {
  const versions = MODELS.map((model) => [`models/${model}/1.json`, modelReleaseOf(model, "1")]);
  repository = releasesFolder({
    ...Object.fromEntries(versions),
    [PROD]: pointerOf(Object.fromEntries(MODELS.map((model) => [model, "1"]))),
    "environments/dev.json": pointerOf({}),
    "environments/staging.json": pointerOf({}),
  });
  onTestFinished(() => rmSync(repository, { recursive: true }));
  git("init", "-q", "-b", "main");
  commit("releases");
});

/** What a team does: a branch with a new version of its model, which prod is to run. */
function promote(branch: string, model: string, version = "2"): void {
  git("checkout", "-q", "-b", branch, "main");
  const parent = readRelease("prod", repository).models[model];
  writeModelRelease(modelReleaseOf(model, version, { parent: parent ? asParent(parent) : null }), repository);
  pointAt("prod", model, version, repository);
  commit(`${branch}: ${model} ${version}`);
}

/** Merges branches into main, one after the other. @returns the files in conflict. */
function merge(...branches: string[]): string[] {
  git("checkout", "-q", "main");
  for (const branch of branches) {
    const args = ["-c", "user.name=Ada", "-c", "user.email=ada@millrace.dev", "merge", "-q", "--no-edit", branch];
    if (spawnSync("git", args, { cwd: repository }).status !== 0) {
      return git("diff", "--name-only", "--diff-filter=U").trim().split("\n");
    }
  }
  return [];
}

const versionsInProd = (): Record<string, string> =>
  Object.fromEntries(Object.entries(readRelease("prod", repository).models).map(([model, { version }]) => [model, version]));

describe("two teams that promote at once", () => {
  it.each([
    ["abuse", "churn"],
    ["churn", "fraud"],
    ["fraud", "abuse"],
  ])("do not conflict, even on lines next to each other: %s and %s", (one, other) => {
    promote("one", one);
    promote("other", other);
    expect(merge("one", "other")).toEqual([]);
    expect(versionsInProd()).toEqual({ abuse: "1", churn: "1", fraud: "1", [one]: "2", [other]: "2" });
  });

  it("do not conflict with a platform release, nor three teams with each other", () => {
    MODELS.forEach((model) => promote(model, model));
    git("checkout", "-q", "-b", "platform", "main");
    putRelease(
      repository,
      "platform/2026.11.22-1.json",
      readFileSync(join(repository, "platform/2026.11.21-1.json"), "utf8").replace("11.21-1", "11.22-1"),
    );
    putRelease(repository, PROD, pointerOf(Object.fromEntries(MODELS.map((model) => [model, "1"])), "2026.11.22-1"));
    commit("platform");
    expect(merge(...MODELS, "platform")).toEqual([]);
    expect(versionsInProd()).toEqual({ abuse: "2", churn: "2", fraud: "2" });
    expect(readRelease("prod", repository).platform).toBe("2026.11.22-1");
  });

  it("conflict where both promote the same model to another version", () => {
    promote("one", "fraud", "2");
    promote("other", "fraud", "3");
    expect(merge("one", "other")).toEqual([PROD]);
    expect(() => readRelease("prod", repository)).toThrow("releases/environments/prod.json must be JSON, got ");
  });

  it("conflict where both release the same version with other bytes", () => {
    promote("one", "fraud");
    promote("other", "fraud");
    writeFileSync(
      join(repository, "models/fraud/2.json"),
      readFileSync(join(repository, "models/fraud/2.json"), "utf8").replace("transactions 7", "transactions 8"),
    );
    commit("other features");
    expect(merge("one", "other")).toEqual(["models/fraud/2.json"]);
  });

  it("merge right or conflict where one adds a model, wherever it stands", () => {
    for (const [added, promoted] of [
      ["aardvark", "abuse"],
      ["bot", "abuse"],
      ["bot", "churn"],
      ["zebra", "fraud"],
      ["zebra", "abuse"],
    ] as const) {
      const names = [`add-${added}-${promoted}`, `promote-${promoted}-${added}`] as const;
      promote(names[0], added, "1");
      promote(names[1], promoted);
      if (merge(...names).length === 0) {
        expect(versionsInProd()).toEqual({ abuse: "1", churn: "1", fraud: "1", [added]: "1", [promoted]: "2" });
      }
      git("reset", "-q", "--hard");
      git("checkout", "-q", "main");
      git("reset", "-q", "--hard", git("rev-list", "--max-parents=0", "HEAD").trim());
    }
  });
});

describe("a release that is committed", () => {
  const problems = async (): Promise<string[]> =>
    (await verifyAll(repository)).files
      .flatMap((file) => file.problems)
      .filter((text) => !text.includes("must be of a model of"));
  const change = (): void => {
    const path = join(repository, "models/fraud/1.json");
    writeFileSync(path, readFileSync(path, "utf8").replace("0.92", "0.99"));
  };
  const CHANGED =
    /^releases\/models\/fraud\/1.json must be as it was committed first, with digest '[0-9a-f]{64}', got '[0-9a-f]{64}': restore it/;

  it("may not change, whether the change is committed or not", async () => {
    expect(await problems()).toEqual([]);
    change();
    expect(await problems()).toEqual([expect.stringMatching(CHANGED)]);
    commit("better");
    expect(await problems()).toEqual([expect.stringMatching(CHANGED)]);
    git("revert", "--no-edit", "HEAD");
    expect(await problems()).toEqual([]);
  });

  const GONE =
    /^releases\/models\/fraud\/\d.json must be there, as it was committed first in [0-9a-f]{12}, got nothing: restore it: git checkout /;

  it("may not go, unless it was no release", async () => {
    putRelease(repository, "models/fraud/7.json", "{");
    commit("no release");
    git("rm", "-q", "models/fraud/7.json", "models/fraud/1.json");
    commit("away");
    const found = await problems();
    expect(found.filter((each) => GONE.test(each))).toEqual([
      expect.stringContaining("releases/models/fraud/1.json must be there"),
    ]);
    const [, command = ""] = /(git checkout .*)$/.exec(found.find((each) => GONE.test(each)) ?? "") ?? [];
    git(...command.replace("releases/", "").split(" ").slice(1));
    expect(await problems()).toEqual([]);
  });

  it("may not come back as another one after it was removed", async () => {
    const text = readFileSync(join(repository, "models/fraud/1.json"), "utf8");
    git("rm", "-q", "models/fraud/1.json");
    commit("away");
    putRelease(repository, "models/fraud/1.json", text.replace("0.92", "0.99"));
    commit("back");
    expect(await problems()).toEqual([expect.stringMatching(CHANGED)]);
  });

  it("may be signed later, and may have been written in another form", async () => {
    const release = modelReleaseOf("fraud", "1");
    putRelease(repository, "models/fraud/1.json", {
      ...release,
      signature: { kind: "key", signer: "ada", value: `${"A".repeat(86)}==` },
    });
    commit("signed");
    expect(await problems()).toEqual([expect.stringContaining("signature.signer must be somebody with a key")]);
  });

  it("is compared as far back as a shallow clone goes, which is said", async () => {
    change();
    commit("better");
    const [whole, clone] = [repository, releasesFolder()];
    onTestFinished(() => rmSync(clone, { recursive: true }));
    rmSync(clone, { recursive: true });
    execFileSync("git", ["clone", "-q", "--depth", "1", `file://${whole}`, clone], { stdio: "ignore" });
    const { files, notes } = await verifyAll(clone);
    expect(files.find(({ file }) => file === "releases")?.problems).toEqual([
      "releases must come with its whole history, by which a changed release is known, got a shallow clone: git fetch --unshallow",
    ]);
    expect(notes).toEqual([]);
  });

  const FOURTH = "models/fraud/4.json";
  const fourth = (data: string) => modelReleaseOf("fraud", "4", { data, parent: asParent(modelReleaseOf("fraud", "1")) });
  const NEVER =
    /^releases\/models\/fraud\/4.json must have been a release when it was committed first, got what is no (release|plain file) in commit [0-9a-f]{12}: remove it/;
  const other = expect.stringMatching(CHANGED.source.replace("1.json", "4.json"));
  const put = (data: string): void => putRelease(repository, FOURTH, fourth(data));

  it.each<[what: string, write: () => void]>([
    ["text that is no JSON", () => putRelease(repository, FOURTH, "{")],
    ["a list", () => putRelease(repository, FOURTH, "[]\n")],
    ["nothing", () => putRelease(repository, FOURTH, "")],
    [
      "a key that stands there twice",
      () => putRelease(repository, FOURTH, canonicalText(fourth("b")).replace("{", '{ "data": "a",')),
    ],
    [
      "a link",
      () => {
        putRelease(repository, "elsewhere", fourth("b"));
        symlinkSync("../../elsewhere", join(repository, FOURTH));
      },
    ],
  ])("may not have begun as %s", async (_, write) => {
    write();
    commit("a trick");
    rmSync(join(repository, FOURTH));
    put("b");
    commit("the release");
    expect(await problems()).toEqual([expect.stringMatching(NEVER)]);
  });

  it.each<[what: string, trick: () => void]>([
    [
      "in a merge",
      () => {
        promote("side", "churn");
        git("checkout", "-q", "main");
        promote("main2", "abuse");
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-ff", "main2");
        git("merge", "-q", "--no-ff", "--no-commit", "side");
        put("first");
        commit("an evil merge");
      },
    ],
    [
      "on a branch that was merged without it",
      () => {
        git("checkout", "-q", "-b", "side");
        put("first");
        commit("first");
        git("checkout", "-q", "main");
        promote("main2", "abuse");
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-ff", "main2");
        git("merge", "-q", "--no-ff", "-s", "ours", "side");
      },
    ],
    [
      "before a commit that says that it is older",
      () => {
        put("first");
        commit("first");
        git("checkout", "-q", "-b", "side");
        put("second");
        git("add", "-A");
        vi.stubEnv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z");
        git("commit", "-q", "-m", "second");
        vi.unstubAllEnvs();
        git("checkout", "-q", "main");
        promote("main2", "abuse");
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-ff", "main2");
        git("merge", "-q", "--no-ff", "side");
      },
    ],
    [
      "beside a history of its own that says that it is older",
      () => {
        put("first");
        commit("first");
        git("checkout", "-q", "--orphan", "side");
        put("second");
        git("add", "-A");
        vi.stubEnv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z");
        git("commit", "-q", "-m", "second");
        vi.unstubAllEnvs();
        git("checkout", "-q", "main");
        git("merge", "-q", "--no-ff", "--allow-unrelated-histories", "-s", "ours", "side");
      },
    ],
    [
      "under another name and back",
      () => {
        put("first");
        commit("first");
        git("mv", FOURTH, "models/fraud/5.json");
        commit("away");
        git("rm", "-q", "models/fraud/5.json");
        commit("gone");
      },
    ],
    [
      "in the first commit of all, with settings that hide it",
      () => {
        put("first");
        git("add", "-A");
        git("commit", "-q", "--amend", "-m", "first");
        git("config", "log.showRoot", "false");
      },
    ],
    [
      "in a commit that is shown as another one",
      () => {
        put("first");
        commit("first");
        const first = git("rev-parse", "HEAD").trim();
        put("second");
        git("add", "-A");
        git("commit", "-q", "--amend", "-m", "second");
        const second = git("rev-parse", "HEAD").trim();
        git("reset", "-q", "--hard", first);
        git("replace", first, second);
      },
    ],
  ])("may not be other than it was %s", async (_, trick) => {
    trick();
    put("second");
    commit("the release");
    expect((await problems()).filter((each) => !GONE.test(each))).toEqual([other]);
  });

  it("may have been changed and put right, on a branch too", async () => {
    put("first");
    commit("first");
    git("rm", "-q", FOURTH);
    commit("away");
    put("second");
    commit("second");
    git("rm", "-q", FOURTH);
    commit("away again");
    put("first");
    commit("first again");
    expect(await problems()).toEqual([]);
  });
});

describe("a platform release", () => {
  const compose = (id?: string) =>
    composePlatformRelease({ id, author: "Ada", now: new Date("2026-12-01T10:00:00.123Z"), tree: repository }, repository);
  beforeEach(() => {
    putRelease(repository, "package-lock.json", "{}");
    putRelease(repository, "releases/any.json", "{}");
    commit("a program");
  });

  it("has the commit, the lockfile and the pins of what is checked out, which is compared with it later", () => {
    const release = compose();
    expect(release).toMatchObject({ id: "2026.12.01-1", program: git("rev-parse", "HEAD").trim(), time: "2026-12-01T10:00:00Z" });
    expect(release.parent?.id).toBe("2026.11.21-1");
    expect(release.lockfile).toBe(createHash("sha256").update("{}").digest("hex"));
    writePlatformRelease(release, repository);
    commit("a release");
    expect(compose().id).toBe("2026.12.01-2");
    rmSync(join(repository, "releases"), { recursive: true });
    expect(differencesFromTree({ ...release, program: git("rev-parse", "HEAD").trim() }, repository)).toEqual([]);
    putRelease(repository, "package-lock.json", '{"packages": {}}');
    putRelease(repository, "new.ts", "");
    const file = "releases/platform/2026.12.01-1.json";
    expect(
      differencesFromTree({ ...release, program: git("rev-parse", "HEAD").trim(), charts: "d".repeat(64) }, repository),
    ).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${file}: program must be the commit of this working tree, got '[0-9a-f]{40}', from which new.ts, package-lock.json differ$`,
        ),
      ),
      expect.stringMatching(new RegExp(`^${file}: charts must be '${release.charts}', which this working tree has`)),
      expect.stringMatching(
        new RegExp(
          `^${file}: lockfile must be '[0-9a-f]{64}', which this working tree has \\(package-lock.json\\), got '${release.lockfile}'$`,
        ),
      ),
    ]);
  });

  it("is refused while something outside releases/ is not committed", () => {
    putRelease(repository, "releases/any.json", "[]");
    expect(compose().id).toBe("2026.12.01-1");
    for (const name of ["a.ts", "b.ts", "c.ts", "d.ts"]) {
      putRelease(repository, name, "");
    }
    expect(() => compose()).toThrow(
      "everything outside releases/ must be committed, got changes in a.ts, b.ts, c.ts and 1 more: commit or remove them first",
    );
  });
});

it("the commit since which prod runs a version is the one that merged it, whatever was merged after", () => {
  const since = (model: string, version: string) =>
    commitSince(repository, PROD, (text) => text.includes(`"${model}": "${version}"`));
  const first = git("rev-parse", "HEAD").trim();
  promote("one", "abuse");
  promote("two", "fraud");
  git("checkout", "-q", "main");
  git("merge", "-q", "--no-ff", "--no-edit", "one");
  const merged = git("rev-parse", "HEAD").trim();
  git("merge", "-q", "--no-ff", "--no-edit", "two");
  expect([since("abuse", "2"), since("churn", "1"), since("fraud", "2"), since("fraud", "1")]).toEqual([
    merged,
    first,
    git("rev-parse", "HEAD").trim(),
    undefined,
  ]);
});

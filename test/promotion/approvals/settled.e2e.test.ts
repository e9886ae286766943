import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { broughtAlong } from "#promotion/approvals/settled";

const POINTER = "environments/prod.json";

/** A repository whose main line runs version 3, and what somebody does in it. */
class Clone {
  readonly folder: string;

  constructor(folder = mkdtempSync(join(tmpdir(), "millrace-settled-"))) {
    this.folder = folder;
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  }

  static begun(): Clone {
    const clone = new Clone();
    clone.git("init", "--quiet", "--initial-branch=main");
    clone.commit({
      "releases/promotion.json": "{}",
      "releases/signers.json": "{}",
      "promotion/gates/soak.ts": "24",
      [`releases/${POINTER}`]: "3",
    });
    return clone;
  }

  git(...words: string[]): string {
    const who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"];
    return execFileSync("git", [...who, ...words], { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }

  commit(files: Readonly<Record<string, string>>): string {
    this.write(files);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "x");
    return this.git("rev-parse", "--short=7", "HEAD").trim();
  }

  /** As a runner or a person clones it. */
  cloned(...options: string[]): Clone {
    const folder = mkdtempSync(join(tmpdir(), "millrace-settled-"));
    execFileSync("git", ["clone", "--quiet", ...options, pathToFileURL(this.folder).href, folder], { stdio: "ignore" });
    return new Clone(folder);
  }

  /** Whether approvals of version 4 count; of the refusal, what changes what. */
  said(env: NodeJS.ProcessEnv = {}): string | undefined {
    return this.along(env)
      .unsettled?.replace(/^no approval counts: /, "")
      .replace(/ too, and may say .*$/, "");
  }

  along(env: NodeJS.ProcessEnv = {}) {
    return broughtAlong(join(this.folder, "releases"), POINTER, (text) => text === "4", env);
  }
}

const point = { [`releases/${POINTER}`]: "4" };

describe("approvals of a change count", () => {
  it("where who approves stood in the main line before, or was merged by itself since", () => {
    const clone = Clone.begun();
    expect(clone.said()).toBe(undefined);
    clone.write(point);
    expect(clone.said()).toBe(undefined);
    clone.commit(point);
    clone.commit({ "other.txt": "1" });
    expect(clone.said()).toBe(undefined);
    clone.commit({ "releases/promotion.json": "{ada}" });
    expect(clone.said()).toBe(undefined);
    const onBranch = clone.cloned();
    onBranch.git("checkout", "--quiet", "-b", "next");
    onBranch.commit({ "releases/models/fraud/5.json": "{}", "releases/approvals/prod/models-fraud-4/ben.json": "{}" });
    // What a job or a person leaves beside the files, and nothing reads.
    onBranch.write({ "promote-prod.md": "plan" });
    expect(onBranch.said()).toBe(undefined);
  });

  it.each([
    ["releases/promotion.json", "promotion.json"],
    ["releases/signers.json", "signers.json"],
    ["promotion/requirements.ts", "a new file"],
    ["promotion/gates/soak.ts", "a gate"],
    ["package.json", "what leads to other code"],
    ["cli/promote/outer.ts", "what asks the gates"],
  ])("but not where %s comes along with it", (path) => {
    const told = Clone.begun();
    told.commit({ [path]: "as it was" });
    told.write({ [path]: "mallory" });
    expect(told.said()).toBe(`the working tree changes ${path}`);

    const together = Clone.begun();
    const commit = together.commit({ ...point, [path]: "mallory" });
    expect(together.said()).toBe(`the commit by which it came, ${commit}, changes ${path}`);

    const main = Clone.begun();
    const branch = main.cloned();
    branch.git("checkout", "--quiet", "-b", "next");
    branch.commit({ [path]: "mallory" });
    branch.commit(point);
    expect(branch.said()).toBe(`this branch changes ${path}`);
    // Somebody else may have gone on; and a runner knows the main line by the name that the job has.
    main.commit({ "other.txt": "1" });
    branch.git("fetch", "--quiet");
    branch.git("update-ref", "refs/remotes/origin/trunk", "origin/main");
    branch.git("update-ref", "-d", "refs/remotes/origin/main");
    branch.git("remote", "set-head", "origin", "--delete");
    expect(() => branch.said()).toThrow("the main line is not known: git remote set-head origin --auto");
    expect(branch.said({ GITHUB_BASE_REF: "trunk" })).toBe(`this branch changes ${path}`);

    // As GitHub checks a pull request out, and once it is merged.
    main.git("fetch", "--quiet", branch.folder, "next");
    main.git("merge", "--quiet", "--no-ff", "--no-edit", "FETCH_HEAD");
    const merge = main.git("rev-parse", "--short=7", "HEAD").trim();
    expect(main.said()).toBe(`the commit by which it came, ${merge}, changes ${path}`);
  });

  it("and not where nothing says who approved before", () => {
    const main = Clone.begun();
    main.commit(point);
    expect(main.cloned("--depth", "1").said()).toBe(
      "the history that says who approved before is not in this clone: git fetch --unshallow",
    );
    const copy = new Clone();
    cpSync(join(main.folder, "releases"), join(copy.folder, "releases"), { recursive: true });
    expect(copy.said()).toBe("outside a repository of Git nothing says who approved before");
    expect(copy.said({ PULUMI_BACKEND_URL: "file:///stacks" })).toBe(undefined);
    const other = main.cloned();
    other.git("checkout", "--quiet", "--orphan", "own");
    other.commit({ "releases/promotion.json": "mallory" });
    expect(() => other.said()).toThrow(/^git merge-base failed/);
  });

  it.each<[what: string, hide: (clone: Clone) => void]>([
    ["tells Git not to look at it", (clone) => clone.git("update-index", "--skip-worktree", "releases/promotion.json")],
    ["tells Git that it is as before", (clone) => clone.git("update-index", "--assume-unchanged", "releases/promotion.json")],
    ["has an index that cannot be read", (clone) => writeFileSync(join(clone.folder, ".git/index"), "junk")],
  ])("and not where somebody %s", (_, hide) => {
    const clone = Clone.begun();
    hide(clone);
    clone.write({ "releases/promotion.json": "mallory" });
    expect(clone.said()).toBe("the working tree changes releases/promotion.json");
  });

  it("and not where new files of the gates are ignored", () => {
    const clone = Clone.begun();
    clone.write({ ".git/info/exclude": "promotion/\ncli/\n", "promotion/gates/own.ts": "mallory" });
    expect(clone.said()).toBe("the working tree changes promotion/gates/own.ts");
  });

  it("and not where another history is put in place of the own one", () => {
    const clone = Clone.begun();
    const commit = clone.commit({ ...point, "releases/promotion.json": "mallory" });
    const first = clone.git("rev-parse", "HEAD^").trim();
    clone.git("replace", "--graft", "HEAD");
    expect(clone.said()).toBe(`the commit by which it came, ${commit}, changes releases/promotion.json`);
    clone.git("replace", "--delete", clone.git("rev-parse", "HEAD").trim());
    clone.write({ ".git/info/grafts": `${clone.git("rev-parse", "HEAD").trim()}\n` });
    expect(clone.said()).toBe(`the commit by which it came, ${commit}, changes releases/promotion.json`);
    rmSync(join(clone.folder, ".git/info/grafts"));
    rmSync(join(clone.folder, ".git/objects", first.slice(0, 2), first.slice(2)));
    expect(() => clone.said()).toThrow(/^git [\w-]+ failed: /);
  });

  it.each<[what: string, lead: (clone: Clone, clean: Clone) => void]>([
    ["GIT_DIR", (_, clean) => vi.stubEnv("GIT_DIR", join(clean.folder, ".git"))],
    ["GIT_INDEX_FILE", () => vi.stubEnv("GIT_INDEX_FILE", "/dev/null/x")],
    [
      "a repository in the folder of the releases",
      (clone) => {
        execFileSync("git", ["init", "--quiet"], { cwd: join(clone.folder, "releases") });
        new Clone(join(clone.folder, "releases")).commit({});
      },
    ],
    [
      "a link in place of the folder",
      (clone) => {
        cpSync(join(clone.folder, "releases"), join(clone.folder, "other"), { recursive: true });
        rmSync(join(clone.folder, "releases"), { recursive: true });
        symlinkSync("other", join(clone.folder, "releases"));
      },
    ],
  ])("and not where %s leads elsewhere", (_, lead) => {
    const clone = Clone.begun();
    const clean = clone.cloned();
    clone.write({ "releases/promotion.json": "mallory" });
    lead(clone, clean);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(clone.said()).toMatch(/^(the working tree changes releases\/promotion.json|outside a repository of Git nothing says)/);
  });

  it("of people who made none of its commits, but for those with approvals alone", () => {
    const main = Clone.begun();
    const branch = main.cloned();
    branch.git("checkout", "--quiet", "-b", "next");
    const by = (name: string, files: Record<string, string>) => {
      branch.write(files);
      branch.git("add", "--all");
      branch.git("-c", `user.name=${name}`, "-c", `user.email=${name}@c`, "commit", "--quiet", "--message", "x");
    };
    by("ada", point);
    by("ben", { "releases/approvals/prod/models-fraud-4/ben.json": "{}" });
    expect(branch.along().madeBy).toEqual(["ada <ada@c>"]);
    main.git("fetch", "--quiet", branch.folder, "next");
    main.git("-c", "user.name=cleo", "merge", "--quiet", "--no-ff", "--no-edit", "FETCH_HEAD");
    expect(main.along()).toEqual({ came: main.git("rev-parse", "HEAD").trim(), madeBy: ["ada <ada@c>"] });
  });
});

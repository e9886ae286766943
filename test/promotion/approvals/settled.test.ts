import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { unsettledHere } from "#promotion/approvals/settled";

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
    return unsettledHere(join(this.folder, "releases"), POINTER, (text) => text === "4", env)
      ?.replace(/^no approval counts: /, "")
      .replace(/ too, which says .*$/, "");
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
    onBranch.commit({ "other.txt": "2" });
    expect(onBranch.said()).toBe(undefined);
  });

  it.each([
    ["releases/promotion.json", "promotion.json"],
    ["releases/signers.json", "signers.json"],
    ["promotion/requirements.ts", "a new file"],
    ["promotion/gates/soak.ts", "a gate"],
  ])("but not where %s comes along with it", (path) => {
    const told = Clone.begun();
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
    expect(other.said()).toBe("what is checked out has no commit in common with the main line: check out a branch of it");
  });
});

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Repository } from "#rehearsal/promotion/repository";

/** A working tree with these files. */
function treeOf(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "millrace-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const tree = join(root, "tree");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  return tree;
}

const git = (folder: string, ...words: string[]) =>
  execFileSync("git", ["-c", "user.name=Bob", "-c", "user.email=bob@example.com", ...words], { cwd: folder, encoding: "utf8" });

const ADA = { name: "Ada", email: "ada@example.com" };
const FILES = { ".gitignore": "ignored\nhome\n", "releases/r.json": "0", "a.ts": "1", "below/b.ts": "2", ignored: "3" };

describe("the repository of a story", () => {
  it.each([false, true])("begins with the working tree, where that is in a repository: %s", (inRepository) => {
    const tree = treeOf(FILES);
    if (inRepository) {
      git(tree, "init", "--quiet");
      git(tree, "add", "a.ts");
      git(tree, "commit", "--quiet", "--message", "a");
      writeFileSync(join(tree, "a.ts"), "changed");
    }
    const { folder, ...repository } = Repository.of(join(tree, "home", "repository"), tree, ADA, [
      join(tree, "home"),
      join(tree, "releases"),
    ]);
    expect(repository).toEqual({});
    expect(git(folder, "ls-files").split("\n")).toEqual([".gitignore", "a.ts", "below/b.ts", ""]);
    expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe(inRepository ? "changed" : "1");
    expect(git(folder, "log", "--format=%an <%ae>")).toBe("Ada <ada@example.com>\n");
    expect(git(folder, "status", "--porcelain")).toBe("");
    expect(existsSync(join(tree, ".git"))).toBe(inRepository);
    if (inRepository) {
      expect(git(tree, "status", "--porcelain")).toBe(" M a.ts\n?? .gitignore\n?? below/\n?? releases/\n");
    }
  });

  it("asks nobody and runs no hook, whatever the settings of a person say", () => {
    const tree = treeOf({ ...FILES, settings: "[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nowhere\n" });
    const before = process.env["GIT_CONFIG_GLOBAL"];
    process.env["GIT_CONFIG_GLOBAL"] = join(tree, "settings");
    onTestFinished(() => {
      delete process.env["GIT_CONFIG_GLOBAL"];
      Object.assign(process.env, before === undefined ? {} : { GIT_CONFIG_GLOBAL: before });
    });
    const repository = Repository.of(join(tree, "..", "repository"), tree, ADA, ["/elsewhere"]);
    writeFileSync(join(repository.folder, "a.ts"), "2");
    expect(repository.commit("two")).toMatch(/^[0-9a-f]{40}$/);
  });

  it("changes a text that stands there once, and refuses others", () => {
    const tree = treeOf({ "a.ts": "one two two" });
    const repository = Repository.of(join(tree, "..", "repository"), tree, ADA, ["/elsewhere"]);
    repository.edit("a.ts", "one", "1");
    expect(readFileSync(join(repository.folder, "a.ts"), "utf8")).toBe("1 two two");
    expect(() => repository.edit("a.ts", "two", "2")).toThrow(
      "a.ts must hold 'two' once for the story to change it, it holds it 2 times",
    );
  });

  it("says what Git said when it refuses", () => {
    const tree = treeOf({ "a.ts": "1" });
    const repository = Repository.of(join(tree, "..", "repository"), tree, ADA, ["/elsewhere"]);
    expect(() => repository.git("checkout", "nowhere")).toThrow(/it does not: error: pathspec 'nowhere'/);
  });
});

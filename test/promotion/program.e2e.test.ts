import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ProgramFolders, ProgramOptions } from "#promotion/program";
import type { PlatformRelease } from "#stacks/inputs/releases/schema";
import { platformReleaseOf } from "../harness/releases.ts";

/** A repository with two programs, the older of which needs other packages. */
const root = realpathSync(mkdtempSync(join(tmpdir(), "program-")));
const repository = join(root, "repository");
const bin = join(root, "bin");
const home = join(root, "home");
const git = (...words: string[]): string => execFileSync("git", words, { cwd: repository, encoding: "utf8" }).trim();
const write = (file: string, text: string): void => {
  mkdirSync(join(repository, file, ".."), { recursive: true });
  writeFileSync(join(repository, file), text);
};

let release: PlatformRelease;
let foldersOf: (release: PlatformRelease, options: ProgramOptions) => Promise<ProgramFolders>;
beforeAll(async () => {
  mkdirSync(repository);
  git("init", "--quiet");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.com");
  write(".gitignore", "node_modules\n");
  write("index.ts", "one\n");
  write("package-lock.json", "{}\n");
  write("stacks/config/Pulumi.platform-dev.yaml", "config: {}\n");
  write("cli/millrace.mjs", "if (process.env.FAKE === 'other') { console.log('x\\n    it is another one'); process.exit(1); }\n");
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
  release = platformReleaseOf("2026.11.21-1", { program: git("rev-parse", "HEAD") });
  write("package-lock.json", "{ }\n");
  git("commit", "--quiet", "--all", "--message", "two");
  mkdirSync(bin);
  const npm = `#!/bin/sh\nmkdir node_modules\n[ "$FAKE" = slow ] || exit 0\ntrap 'sleep 0.3; echo late > node_modules/late; exit 1' TERM\ntouch "${root}/started"\nwhile :; do sleep 0.05; done\n`;
  writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });
  vi.resetModules();
  vi.doMock("#engine/project", () => ({ PROJECT_FOLDER: repository }));
  ({ foldersOf } = await import("#promotion/program"));
});
afterAll(() => {
  vi.doUnmock("#engine/project");
  vi.resetModules();
  rmSync(root, { recursive: true, force: true });
});

beforeEach(() => {
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
  vi.stubEnv("MILLRACE_PROJECT", undefined);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
    rmSync(join(root, "started"), { force: true });
    git("worktree", "prune");
  });
});

const folder = (): string => join(home, "programs", release.program);
const options = (signal?: AbortSignal): ProgramOptions => ({ home, update: () => undefined, ...(signal && { signal }) });
const trees = (): number => git("worktree", "list", "--porcelain").match(/^worktree /gm)!.length - 1;

describe("the program of a platform release", () => {
  it("is checked out once", async () => {
    const { tree, project } = await foldersOf(release, options());
    expect([project, await foldersOf(release, options()), trees()]).toEqual([tree, { tree, project }, 1]);
    expect(existsSync(join(tree, "node_modules"))).toBe(true);
    expect(readlinkSync(join(tree, "stacks/config"))).toBe(join(repository, "stacks/config"));
  });

  it("leaves nothing where it is interrupted, also what npm writes in its last moments", async () => {
    vi.stubEnv("FAKE", "slow");
    const controller = new AbortController();
    const why = new Error("interrupted by SIGINT");
    const made = foldersOf(release, options(controller.signal));
    const ended = expect(made).rejects.toBe(why);
    while (!existsSync(join(root, "started"))) {
      await sleep(20);
    }
    controller.abort(why);
    await ended;
    expect([readdirSync(folder()), trees()]).toEqual([[], 0]);
    await sleep(500);
    expect(readdirSync(folder())).toEqual([]);
  });

  it.each([
    ["is none of this clone", { program: "0".repeat(40) }, "", /^releases\/platform\/.* program must be a commit of this clone/],
    ["is not what the release says", {}, "other", /^it is another one$/],
  ])("leaves nothing where it %s", async (_, other, fake, sentence) => {
    vi.stubEnv("FAKE", fake);
    const wrong = { ...release, ...other };
    await expect(foldersOf(wrong, options())).rejects.toThrow(sentence);
    expect([readdirSync(join(home, "programs", wrong.program)), trees()]).toEqual([[], 0]);
  });

  /** Puts a link to something else in the place of the one that leads to the tree. */
  const point = (to: string): void => {
    rmSync(join(folder(), "ready"));
    symlinkSync(to, join(folder(), "ready"));
  };

  it.each<[what: string, change: (tree: string) => void]>([
    ["a file of it was changed", (tree) => writeFileSync(join(tree, "index.ts"), "two\n")],
    ["a file was added", (tree) => writeFileSync(join(tree, "index.js"), "two\n")],
    ["it is gone", (tree) => rmSync(tree, { recursive: true })],
    [
      "it is another commit",
      (tree) => void execFileSync("git", ["checkout", "--quiet", git("rev-parse", "HEAD")], { cwd: tree }),
    ],
    ["the link leads elsewhere", () => point(repository)],
    [
      "the link leads to the same program elsewhere",
      () => {
        git("worktree", "add", "--quiet", "--detach", join(home, "tree-elsewhere"), release.program);
        point(join(home, "tree-elsewhere"));
      },
    ],
    [
      "it is no working tree",
      () => {
        mkdirSync(join(folder(), "tree-own"));
        point(join(folder(), "tree-own"));
      },
    ],
    [
      "a folder stands in the place of the link",
      () => {
        rmSync(join(folder(), "ready"));
        mkdirSync(join(folder(), "ready", "more"), { recursive: true });
      },
    ],
  ])("is made anew where %s", async (_, change) => {
    const before = (await foldersOf(release, options())).tree;
    change(before);
    const { tree } = await foldersOf(release, options());
    expect([dirname(tree), readlinkSync(join(folder(), "ready"))]).toEqual([folder(), tree]);
    expect([before, join(folder(), "tree-own")]).not.toContain(tree);
    expect(await foldersOf(release, options())).toMatchObject({ tree });
  });
});

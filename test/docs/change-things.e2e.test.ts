// Makes every change of the guide in a copy of this repository, runs the command that shows its effect, and compares what it prints.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { read } from "./pages.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-changes-"));
const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd, encoding: "utf8" });

beforeAll(() => {
  const files = git(PROJECT_FOLDER, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0");
  for (const file of files.filter((name) => name !== "" && name !== "node_modules" && existsSync(join(PROJECT_FOLDER, name)))) {
    cpSync(join(PROJECT_FOLDER, file), join(folder, file), { recursive: true });
  }
  git(folder, "init", "--quiet", "--initial-branch=main");
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "base");
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A change of the guide: lines of a file, the command that shows the effect, what it prints and ends with. */
interface Change {
  file: string;
  diff: string;
  command: string;
  output: string;
  code: number;
}

/** The changes of a section: an output belongs to the diff and the command above it, a file to the diff below it. */
function changesOf(section: string): Change[] {
  let [file, diff, command, code] = ["", "", "", 0];
  return [...section.matchAll(/([\s\S]*?)^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, text = "", kind, body = ""]) => {
    file = [...text.matchAll(/`([\w./*-]+\.(?:ts|yaml))`/g)].at(-1)?.[1] ?? file;
    if (kind === "diff") {
      diff = body;
      code = text.includes("refused:") ? 2 : Number(/exit code (\d)/.exec(text)?.[1] ?? 0);
    } else if (kind === "sh") {
      command = body.trim();
    }
    return kind === "" ? [{ file, diff, command, output: body, code }] : [];
  });
}

/** Does what a diff says, in every file of the pattern. */
function apply({ file, diff }: Change): void {
  const side = (marks: string): string =>
    diff
      .split("\n")
      .filter((line) => line !== "" && marks.includes(line[0]!))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  const paths = globSync(file, { cwd: folder });
  expect(paths, file).not.toEqual([]);
  for (const path of paths.map((each) => join(folder, each))) {
    const [before, after] = [side(" -"), side(" +")];
    const text = readFileSync(path, "utf8");
    expect(text, `${file} has the lines of the guide`).toContain(before);
    writeFileSync(
      path,
      text.replace(before, () => after),
    );
  }
}

/** The parts of an output that the guide shows, in their order; `…` and the end of a line leave something out. */
function shown(output: string, text: string): string[] {
  const parts = output
    .split(/…|\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  let from = 0;
  return parts.filter((part) => {
    const at = text.indexOf(part, from);
    from = at === -1 ? from : at + part.length;
    return at === -1;
  });
}

const sections = read("docs/guides/change-things.md")
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => changesOf(section).map((change, at) => [`${section.split("\n")[0]!}, ${at + 1}`, change] as const));

describe("the guide to changes", () => {
  it("has a change and a mistake for each thing", () => {
    expect(sections.length).toBeGreaterThan(12);
    expect(sections.filter(([, { code }]) => code === 2).length).toBeGreaterThan(4);
  });

  it.each(sections)("shows what happens: %s", (_, change) => {
    git(folder, "checkout", "--quiet", "--", ".");
    apply(change);
    const [program, ...args] = change.command.replace("npx millrace", "node cli/millrace.mjs").split(" ");
    const { stdout, stderr, status } = spawnSync(program!, args, { cwd: folder, encoding: "utf8" });
    expect(shown(change.output, stdout + stderr), stdout + stderr).toEqual([]);
    expect(status).toBe(change.code);
  });
});

it("an alert of one's own, as the guide writes it, is accepted by the tests that the guide names", () => {
  git(folder, "checkout", "--quiet", "--", ".");
  const guide = read("docs/guides/change-things.md");
  const [rule = "", runbook = "", example = ""] = [...guide.matchAll(/^ {3}```(?:ts|md)\n([\s\S]*?)^ {3}```$/gm)].map(
    ([, body = ""]) => body.replaceAll(/^ {3}/gm, ""),
  );
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(join(folder, path), change(readFileSync(join(folder, path), "utf8")));
  edit("components/monitoring/rules/gpus.ts", (text) => text.replace(/ {2}\],\n\}\);\n$/, (end) => rule + end));
  edit("test/monitoring/cases/platform.ts", (text) => text.replace("const gpuCases: Case[] = [\n", (head) => head + example));
  edit("README.md", (text) => text.replace(/(\d+) alerts with/, (_, count) => `${Number(count) + 1} alerts with`));
  writeFileSync(join(folder, "docs/runbooks/GpuIdle.md"), runbook);
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", "test/monitoring", "test/docs/reading.test.ts"];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
}, 300_000);

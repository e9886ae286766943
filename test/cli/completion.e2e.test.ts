import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const folder = mkdtempSync(join(tmpdir(), "millrace-completion-"));
/** Where no file has a name that a shell could offer. */
const empty = mkdtempSync(join(folder, "empty-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];
const isHere = (shell: Shell): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

beforeAll(() => {
  for (const shell of SHELLS) {
    const args = [join(PROJECT_FOLDER, "cli", "millrace.mjs"), "completion", shell];
    writeFileSync(join(folder, shell), execFileSync(process.execPath, args, { encoding: "utf8" }));
  }
});

/** What a shell offers for the last word of a line. */
const COMPLETE: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) =>
    `source ${folder}/bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Stand-ins for what zsh's own completion does with the words.
  zsh: (words) =>
    `compdef() { :; }; _files() { :; }; compadd() { local word; for word in \${(P)2}; do [[ $word == "\${words[CURRENT]}"* ]] && print -r -- $word; done; }; source ${folder}/zsh; words=(${words.map((word) => `'${word}'`).join(" ")}); CURRENT=${words.length}; _millrace`,
  fish: (words) => `source ${folder}/fish; complete -C '${words.join(" ")}'`,
};

const offered = (shell: Shell, ...words: string[]): string[] =>
  execFileSync(shell, ["-c", COMPLETE[shell](["millrace", ...words])], { encoding: "utf8", cwd: empty })
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "")
    .filter((word) => word !== "");

describe.each(SHELLS)("in %s", (shell) => {
  it.skipIf(!isHere(shell)).each<[words: string[], found: string[]]>([
    [["pl"], ["plan"]],
    [["re"], ["rehearse", "release", "resume"]],
    [
      ["release", ""],
      ["create", "show", "verify", "diff", "list", "format"],
    ],
    [["release", "create", "p"], ["platform"]],
    [["release", "list", "--m"], ["--model"]],
    [["release", "list", "--env", "st"], ["staging"]],
    [["plan", "p"], ["prod"]],
    [["rehearse", "down", "s"], ["staging"]],
    [["plan", "dev", "--js"], ["--json"]],
  ])("millrace %j offers %j", (words, found) => {
    const options = (word: string): boolean => word.startsWith("--") && !words.at(-1)?.startsWith("--");
    expect(
      offered(shell, ...words)
        .filter((word) => !options(word))
        .sort(),
    ).toEqual(found.toSorted());
  });
});

it.skipIf(!isHere("bash"))("a value that is a file is left to the shell", () => {
  expect(offered("bash", "release", "create", "model", "fraud", "--from", "")).toEqual([]);
});

it("another shell is refused with the list", () => {
  const args = [join(PROJECT_FOLDER, "cli", "millrace.mjs"), "completion", "bsh"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, "'<shell>' must be one of bash, zsh, fish, got 'bsh'. Did you mean 'bash'?\n"]);
});

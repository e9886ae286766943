import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const COMMANDS = [
  "plan prod --against staging --tree",
  "plan dev",
  "rehearse dev --list",
  "doctor",
  "plan --help",
  "rehearse --help",
  "plan prd",
  "plan dev --against nowhere",
];

/** What may be longer than a line: one word behind its indentation or mark. */
const isOneWord = (line: string): boolean => /^\s*([~+✗✓!○?-] )?\S+$/.test(line);

it.each(COMMANDS)("no line of `millrace %s` is longer than the terminal, unless it is one word", (command) => {
  for (const columns of [40, 80, 120, 200]) {
    const env = { ...process.env, COLUMNS: String(columns), NO_COLOR: "1" };
    const { stdout, stderr } = spawnSync(process.execPath, ["cli/millrace.mjs", ...command.split(" ")], {
      cwd: PROJECT_FOLDER,
      env,
      encoding: "utf8",
    });
    const lines = `${stdout}${stderr}`.split("\n");
    expect(lines.filter((line) => line.length > columns && !isOneWord(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(1);
  }
});

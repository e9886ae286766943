import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

it("what is uploaded as alerts lacks what an exception allows, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-alerts-"));
  try {
    const file = join(folder, "policy.sarif");
    const results = [
      { ruleId: "open" },
      { ruleId: "accepted", suppressions: [{ kind: "external", status: "accepted", justification: "why" }] },
      { ruleId: "no status means accepted", suppressions: [{ kind: "inSource" }] },
      { ruleId: "empty list", suppressions: [] },
      {
        ruleId: "rejected",
        suppressions: [
          { kind: "external", status: "accepted" },
          { kind: "external", status: "rejected" },
        ],
      },
    ];
    writeFileSync(file, JSON.stringify({ version: "2.1.0", runs: [{ tool: {}, results }, { tool: {} }] }));
    execFileSync(process.execPath, ["ci/open-alerts.ts", file], { cwd: PROJECT_FOLDER });
    const { version, runs } = JSON.parse(readFileSync(file, "utf8")) as {
      version: string;
      runs: { results: { ruleId: string }[] }[];
    };
    expect([version, runs.map((run) => run.results.map(({ ruleId }) => ruleId))]).toEqual([
      "2.1.0",
      [["open", "empty list", "rejected"], []],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("what is uploaded fits GitHub's limits as a whole: the gravest results, long values cut, and the rest told", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-alerts-"));
  try {
    const file = join(folder, "policy.sarif");
    // Random text does not compress: 40 MB of it.
    const noise = () => randomBytes(3_000).toString("base64");
    const result = (level: string) => ({ level, message: { text: noise() } });
    const results = [
      ...Array.from({ length: 9_990 }, () => result("warning")),
      ...Array.from({ length: 10 }, () => result("error")),
    ];
    writeFileSync(file, JSON.stringify({ version: "2.1.0", runs: [{ tool: {}, results }] }));
    const { stderr } = spawnSync(process.execPath, ["ci/open-alerts.ts", file], { cwd: PROJECT_FOLDER, encoding: "utf8" });
    const text = readFileSync(file, "utf8");
    const { runs } = JSON.parse(text) as { runs: { results: { level: string; message: { text: string } }[] }[] };
    const kept = runs[0]!.results;
    expect(gzipSync(text).length).toBeLessThanOrEqual(10_000_000);
    expect([kept.length, kept.filter(({ level }) => level === "error").length]).toEqual([5_000, 10]);
    expect(Math.max(...kept.map(({ message }) => message.text.length))).toBe(2_001);
    expect(stderr).toBe(
      `${file}: 5000 results are left out, the least severe ones: GitHub takes no more. \`npx millrace plan --json\` has all\n`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

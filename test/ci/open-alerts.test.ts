import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

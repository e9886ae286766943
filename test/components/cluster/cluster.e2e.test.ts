import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";
import { type Admission, CHANGES, INVALID, INVALID_CHANGES, VALID } from "./admission.ts";
import type { Released } from "./releases.ts";

describe("components on a real API server", { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-cluster-"));
  let admission: Admission = {};
  let releases: Released[] = [];
  beforeAll(async () => {
    for (const tool of ["controlplane", "rollouts"] as const) {
      if (!(await locate(tool, defaultCache()))) {
        throw new Error(`The tool '${tool}' is not built yet: run \`npm start\` once, which builds it.`);
      }
    }
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, "program.ts"), folder]);
    ({ admission, releases } = JSON.parse(readFileSync(`${folder}.json`, "utf8")));
  });
  afterAll(() => takeDown(folder));

  it.each(Object.keys(VALID))("a team's namespace admits a job that asks for %s", (what) => {
    expect(admission[what]).toBe("");
  });

  it.each(Object.keys(INVALID))("a team's namespace refuses a job that asks for %s, which no quota counts", (what) => {
    expect(admission[what]).toContain("a Job that asks for GPUs must ask for nvidia.com/gpu: quotas count no other resource");
  });

  it.each(Object.keys(CHANGES))("a team's namespace lets a pod have %s", (what) => {
    expect(admission[what]).toBe("");
  });

  it.each(Object.keys(INVALID_CHANGES))("a team's namespace refuses %s for a pod that waits", (what) => {
    expect(admission[what]).toContain("a pod with nvidia.com/gpu in a team's namespace must come from a Job in a queue");
  });

  it("a version that was thrown out is measured when it comes back, and thrown out again", () => {
    expect(releases.map(({ version, outcome }) => `${version} ${outcome}`)).toEqual([
      "4 stable",
      "5 aborted",
      "6 stable",
      "5 aborted",
      "4 stable",
    ]);
    // The first version of all has nothing to be compared with.
    for (const { version, measured } of releases.slice(1)) {
      expect(measured, version).toBeGreaterThan(1);
    }
  });

  it("a version that has been stable comes back in two shares", () => {
    // A release may begin before the weight of the one that was thrown out is taken back.
    const shares = (index: number) => [...new Set(releases.at(index)?.weights.filter((weight) => weight > 0))];
    expect(shares(-1).slice(-2)).toEqual([5, 100]);
    expect(shares(2)).toEqual([20, 50, 100]);
  });
});

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { defaultCache } from "#toolchain/cache";
import { locate } from "#toolchain/locate";
import { CASES, type Verdict } from "./scheduler-cases.ts";

describe("plan and scheduler", { timeout: 300_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), "millrace-scheduler-"));
  const folder = join(root, "rehearsal");
  const verdicts = new Map<string, Verdict>();
  beforeAll(async () => {
    if (!(await locate("controlplane", defaultCache()))) {
      throw new Error("The control plane is not built yet: run `npm start` once, which builds it.");
    }
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, "scheduler-program.ts"), folder]);
    const all = JSON.parse(readFileSync(join(root, "verdicts.json"), "utf8")) as Verdict[];
    Object.keys(CASES).forEach((name, index) => verdicts.set(name, all[index]!));
  });
  afterAll(() => takeDown(root));

  it.each(Object.keys(CASES))("agree on %s", (name) => {
    const { plan, scheduler } = verdicts.get(name)!;
    expect(scheduler.reason !== undefined, scheduler.reason).toBe(plan.pending);
    // A pod that has no place ends the wait, while Karpenter may still start nodes for others.
    expect(plan.pending ? plan.nodes : scheduler.nodes).toEqual(plan.nodes);
  });

  it.each([
    ["a release of dev with yesterday's system nodes", "Insufficient cpu"],
    ["too little memory", "Insufficient memory"],
    ["too many pods", "Too many pods"],
  ])("refuse %s, with the scheduler's reason: %s", (name, reason) => {
    expect(verdicts.get(name)?.scheduler.reason).toMatch(new RegExp(`^0/\\d nodes are available: .*${reason}`));
  });
});

import { describe, expect, it } from "vitest";
import type { PhaseResult } from "#rehearsal/outcome";
import { Progress } from "#rehearsal/progress";

/** A screen that keeps what it was told, without times. */
function recorded(phases: PhaseResult[] = []) {
  const told: unknown[] = [];
  const progress = new Progress(
    {
      begin: (phase) => told.push(["begin", phase]),
      update: (text) => told.push(["update", text]),
      end: ({ name, state, detail }) => told.push(["end", { name, state, detail }]),
    },
    phases,
  );
  return { progress, told };
}

describe("Progress", () => {
  it("tells the screen how a phase goes, keeps how it ended and returns what it made", async () => {
    const { progress, told } = recorded();
    const result = await progress.phase("platform", async (update) => {
      update("1 of 2");
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { made: 42, detail: "2 created" };
    });
    expect(result.made).toBe(42);
    expect(told).toEqual([
      ["begin", "platform"],
      ["update", "1 of 2"],
      ["end", { name: "platform", state: "done", detail: "2 created" }],
    ]);
    expect(progress.phases).toHaveLength(1);
    expect(progress.phases[0]?.seconds).toBeGreaterThan(0.015);
    expect(progress.phases[0]?.seconds).toBeLessThan(5);
  });

  it.each([
    [new Error("it broke\n  at line 3"), "it broke"],
    ["a word", "a word"],
  ])("tells of a failure in one line, and throws it on", async (error, detail) => {
    const { progress, told } = recorded();
    await expect(progress.phase("destroy", () => Promise.reject(error as Error))).rejects.toBe(error);
    expect(told.at(-1)).toEqual(["end", { name: "destroy", state: "failed", detail }]);
    expect(progress.phases.map(({ state }) => state)).toEqual(["failed"]);
  });

  it("tells why a phase was skipped, after the phases that are there already", () => {
    const { progress, told } = recorded([{ name: "tools", state: "done", detail: "", seconds: 1 }]);
    progress.skip("release", "not asked for");
    expect(told).toEqual([["end", { name: "release", state: "skipped", detail: "not asked for" }]]);
    expect(progress.phases.slice(1)).toEqual([{ name: "release", state: "skipped", detail: "not asked for", seconds: 0 }]);
    expect(progress.phases[0]?.name).toBe("tools");
  });
});

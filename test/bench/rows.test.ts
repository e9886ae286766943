import { describe, expect, it } from "vitest";
import { rehearsalRows } from "#bench/rows";
import type { Outcome, PhaseResult } from "#rehearsal/outcome";

const done = (name: PhaseResult["name"], seconds: number) => ({ name, state: "done" as const, detail: "", seconds });
const layer = (name: string, seconds: number) => ({ layer: name, created: 1, seconds, byProvider: {} });

const outcome = (rest: Partial<Outcome> = {}): Outcome => ({
  environment: "dev",
  began: "2026-11-21T15:24:06.562Z",
  seconds: 257,
  ok: true,
  phases: [done("preview-again", 18.5), done("destroy", 51.7)],
  layers: [layer("foundation", 7), layer("platform", 17), layer("workloads", 6)],
  releases: [
    { kind: "good", failed: 2 },
    { kind: "bad", failed: 47, faultToAbort: 11.4, abortToLastAnswer: 0.5 },
  ] as Outcome["releases"],
  tools: [],
  pace: {},
  simulated: [],
  memory: {},
  ...rest,
});

const figures = (rest?: Partial<Outcome>) =>
  rehearsalRows(outcome(rest)).map(({ what, measured, bar }) => [what.split("): ")[1], measured, bar]);

describe("rehearsalRows", () => {
  it("holds a rehearsal's times against their bars", () => {
    expect(figures()).toEqual([
      ["layers up", 30, 120],
      ["preview again", 18.5, 30],
      ["destroy", 51.7, 90],
      ["failed requests in the good release", 2, 0],
      ["traffic off the bad version after the verdict", 0.5, 5],
      ["traffic off the bad version after the fault", 11.9, 240],
      ["whole rehearsal", 257, 480],
    ]);
    expect(rehearsalRows(outcome())[0]?.what).toBe("rehearsal of dev (2026-11-21 15:24): layers up");
  });

  it("says nothing of what did not come to its end", () => {
    expect(
      figures({
        ok: false,
        phases: [{ ...done("destroy", 3), state: "failed" }],
        layers: [layer("foundation", 7)],
        releases: [],
      }),
    ).toEqual([]);
  });
});

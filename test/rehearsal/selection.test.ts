import { describe, expect, it } from "vitest";
import type { Phase } from "#rehearsal/phase";
import { phase } from "#rehearsal/phase";
import { PHASES } from "#rehearsal/phases/index";
import type { PhaseName } from "#rehearsal/results";
import { faultsOf, leftOut, withNeeds } from "#rehearsal/selection";

/** Phases that run under a selection. */
const run = (selection: Parameters<typeof leftOut>[1]): PhaseName[] => {
  const skipped = leftOut(PHASES, selection);
  return PHASES.map(({ name }) => name).filter((name) => !skipped.has(name));
};

const USUAL = PHASES.filter(({ onRequest }) => !onRequest).map(({ name }) => name);

describe("the phases", () => {
  it("each need only phases that come before them, and no name is there twice", () => {
    expect(faultsOf(PHASES)).toEqual([]);
  });

  it("are faulty when a need comes later, is unknown or is the phase itself, or a name comes twice", () => {
    const list = (...entries: [string, string[]][]) =>
      entries.map(([name, needs]) => ({ name, needs }) as Pick<Phase, "name" | "needs">);
    expect(
      faultsOf(list(["project", ["foundation"]], ["foundation", ["project"]], ["foundation", ["nobody", "foundation"]])),
    ).toEqual([
      "'project' needs 'foundation', which does not come before it",
      "'foundation' is there twice",
      "'foundation' needs 'nobody', which does not come before it",
    ]);
    expect(faultsOf(list(["project", ["project"]]))).toHaveLength(1);
  });

  it("say in one line what they do", () => {
    expect(PHASES.filter(({ summary }) => summary.length > 120 || /[\n.]$/.test(summary))).toEqual([]);
  });

  it("cannot use what a phase makes that they do not need", () => {
    // A type error in each of the marked lines; `tsc` fails when one of them is accepted.
    phase({
      name: "secrets",
      summary: "",
      needs: ["project"],
      // @ts-expect-error: `cluster` is made by control-plane.
      run: async ({ cluster }) => ({ detail: String(cluster) }),
    });
    phase({
      name: "workloads",
      summary: "",
      needs: ["project"],
      // @ts-expect-error: workloads must make `served`.
      run: async () => ({ detail: "" }),
    });
    expect(withNeeds(PHASES, ["secrets"])).toContain("project");
  });
});

describe("--only", () => {
  it("runs the named phases with everything that they need, directly or by others", () => {
    expect(run({ only: ["bad-objects"] })).toEqual([
      "control-plane",
      "project",
      "foundation",
      "platform",
      "controllers",
      "models",
      "workloads",
      "bad-objects",
    ]);
    expect(run({ only: ["control-plane"] })).toEqual(["control-plane"]);
    expect(run({ only: ["foundation", "controllers"] })).toEqual([
      "control-plane",
      "project",
      "foundation",
      "platform",
      "controllers",
    ]);
  });

  it("is closed for every phase: what runs finds what it needs", () => {
    for (const { name } of PHASES) {
      const closure = withNeeds(PHASES, [name]);
      const missing = PHASES.filter((each) => closure.has(each.name)).flatMap(({ needs }) =>
        needs.filter((need) => !closure.has(need)),
      );
      expect([name, closure.has(name), missing]).toEqual([name, true, []]);
    }
  });

  it("says why the others are left out", () => {
    expect(leftOut(PHASES, { only: ["project"] }).get("destroy")).toBe("not asked for (--only)");
  });
});

describe("--until", () => {
  it("runs everything up to the phase, and takes down what has come up", () => {
    expect(run({ until: "platform" })).toEqual(["control-plane", "project", "foundation", "platform", "protection", "destroy"]);
    expect(run({ until: "destroy" })).toEqual(USUAL);
  });

  it("takes nothing down when nothing came up", () => {
    expect(run({ until: "project" })).toEqual(["control-plane", "project"]);
    expect(leftOut(PHASES, { until: "project" }).get("destroy")).toBe("after 'project' (--until)");
  });
});

it("without a selection every phase runs, except those that wait for a person to ask", () => {
  expect(run({})).toEqual(USUAL);
  expect(leftOut(PHASES, {}).get("runbooks")).toBe("not asked for (--only)");
  expect([run({ until: "runbooks" }), run({ only: ["runbooks"] })].every((names) => names.includes("runbooks"))).toBe(true);
});

import { expect, it } from "vitest";
import type { Sample } from "#rehearsal/traffic/sample";
import { count, type Met, releaseLine, sharesOf } from "#rehearsal/traffic/watch";

const samples = (counts: Record<string, number>): Sample[] =>
  Object.entries(counts).flatMap(([version, count]) =>
    Array.from({ length: count }, () => ({ at: 0, ms: 1, status: version === "" ? 0 : 200, version })),
  );

it("the shares are those of all requests, by number of the version", () => {
  expect(sharesOf(samples({ "10": 5, "9": 90, "": 5 }))).toBe("v9 90.0 %  v10 5.0 %");
  expect(sharesOf(samples({ "": 3 }))).toBe("no answers");
  expect(sharesOf([])).toBe("no answers");
});

it("a release is told with its step and the controller's reason, a model at rest without", () => {
  const spec = { strategy: { canary: { steps: [{}, {}, {}] } } };
  const status = { phase: "Paused", message: "CanaryPauseStep", currentStepIndex: 1 };
  expect(releaseLine({ rollout: { spec, status } })).toBe("release Paused, step 1 of 3: CanaryPauseStep");
  expect(releaseLine({ rollout: { spec, status: { phase: "Healthy", currentStepIndex: 3 } } })).toBe("release Healthy");
  expect(releaseLine({ rollout: {} })).toBe("release unknown");
});

it("what users met is counted by version and by second, with the time of each version's last answer", () => {
  const met: Met = { model: "fraud", total: 0, failed: 0, byVersion: {}, timeline: [], lastAnswers: {} };
  const answers: [at: number, status: number, version: string][] = [
    [1_000, 200, "3"],
    [1_999, 500, "4"],
    [2_000, 200, "3"],
    // Answers of one report may come in another order.
    [1_998, 200, "3"],
    [2_500, 0, ""],
  ];
  answers.forEach(([at, status, version]) => count(met, { at, ms: 1, status, version }));
  expect(met).toEqual({
    model: "fraud",
    total: 5,
    failed: 2,
    byVersion: { "3": 3, "4": 1 },
    timeline: [
      { at: 1_000, total: 2, failed: 1, byVersion: { "3": 1, "4": 1 } },
      { at: 2_000, total: 3, failed: 1, byVersion: { "3": 2 } },
    ],
    lastAnswers: { "3": 2_000, "4": 1_999 },
  });
});

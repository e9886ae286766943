import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ReleaseResult } from "#rehearsal/outcome";
import { resultOf } from "#rehearsal/traffic/release";
import type { Sample } from "#rehearsal/traffic/sample";
import { analysisRun, rollout, virtualService, watchedTimeline } from "./watched.ts";

beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const served = { model: "fraud", version: "3", namespace: "models-risk", host: "h", path: "/", bodies: [] };
const BEGAN = 4_000;

/** Tells the shares as they were set, at their moments, and then what the controller says of the release. */
function told(shares: readonly (readonly [at: number, weight: number])[], [at, status]: readonly [number, object]) {
  const { timeline, tell } = watchedTimeline();
  for (const [moment, weight] of shares) {
    vi.setSystemTime(moment);
    tell("virtualservices", virtualService(weight));
  }
  vi.setSystemTime(at);
  tell("analysisruns", analysisRun("fraud-5d-2-0", "Failed", "[0.31]"));
  tell("rollouts", rollout(status));
  return timeline;
}

/** An answer every 100 ms from one moment until another. */
const answers = (from: number, to: number, version: string, status = 200): Sample[] =>
  Array.from({ length: (to - from) / 100 }, (_, index) => ({ at: from + 100 * index, ms: 2, status, version }));

describe("the result of a good release", () => {
  const result = (): ReleaseResult =>
    resultOf({
      options: { served, version: "4", kind: "good" },
      samples: [...answers(0, 6_000, "3"), ...answers(6_000, 9_000, "4"), ...answers(9_000, 12_000, "4")],
      timeline: told(
        [
          [1_000, 0],
          [5_000, 50],
          [8_000, 100],
          [10_000, 0],
        ],
        [10_100, { phase: "Healthy" }],
      ),
      began: BEGAN,
      ended: 10_500,
    });

  it("counts from the start of the release", () => {
    expect(result()).toMatchObject({ model: "fraud", version: "4", kind: "good", verdict: "promoted", seconds: 6.5 });
    expect(result()).toMatchObject({ total: 80, failed: 0, failedByNew: 0, rate: 250 });
  });

  it("has a window for each share, but not for the swap after the last one", () => {
    expect(result().windows.map(({ wanted, observed, seconds, total }) => [wanted, observed, seconds, total])).toEqual([
      [50, 100, 3, 20],
      [100, 100, 2.5, 15],
    ]);
  });

  it("begins with its own first share where it overtakes a version that was raised once more", () => {
    const timeline = told(
      [
        [1_000, 20],
        [4_500, 50],
        [5_000, 0],
        [6_000, 5],
        [8_000, 100],
        [10_000, 0],
      ],
      [10_100, { phase: "Healthy" }],
    );
    const options = { served, version: "4", kind: "good" } as const;
    const { windows } = resultOf({ options, samples: answers(0, 12_000, "4"), timeline, began: BEGAN, ended: 10_500 });
    expect(windows.map(({ wanted, seconds }) => [wanted, seconds])).toEqual([
      [5, 2],
      [100, 2.5],
    ]);
  });

  it("has a line for each second", () => {
    expect(result().timeline).toEqual([0, 0, 10, 10, 10, 10, 10, 10].map((fresh, at) => ({ at, total: 10, fresh, failed: 0 })));
  });

  it("has the events, in seconds since the start", () => {
    expect(result().events.map(({ seconds, text }) => [seconds, text])).toEqual([
      [1, "new version at 50 %"],
      [4, "new version at 100 %"],
      [6, "new version at 0 %"],
      [6.1, "fraud-5d-2-0 Failed: error-share [0.31]"],
      [6.1, "Healthy, step -"],
    ]);
  });

  it("has no times of a fault", () => {
    expect(Object.keys(result())).not.toContain("faultToAbort");
  });
});

describe("the result of a bad release", () => {
  const result = (samples: Sample[]): ReleaseResult =>
    resultOf({
      options: { served, version: "5", kind: "bad" },
      samples,
      timeline: told(
        [
          [5_000, 5],
          [9_200, 0],
        ],
        [9_000, { phase: "Degraded", abort: true, message: "error-share failed" }],
      ),
      began: BEGAN,
      ended: 9_300,
    });
  const fresh = answers(5_500, 9_600, "5", 500);

  it("counts from the first answer of the new version to the verdict, and on to its last", () => {
    const { faultToAbort, abortToLastAnswer, abortToOff, reason, verdict } = result([...answers(0, 12_000, "4"), ...fresh]);
    expect({ faultToAbort, abortToLastAnswer, abortToOff: abortToOff?.toFixed(3), reason, verdict }).toEqual({
      faultToAbort: 3.5,
      abortToLastAnswer: 0.5,
      abortToOff: "0.498",
      reason: "error-share failed",
      verdict: "rolled back",
    });
  });

  it("ends its window with the verdict", () => {
    expect(result(fresh).windows.map(({ wanted, seconds, total }) => [wanted, seconds, total])).toEqual([[5, 4, 30]]);
  });

  it("counts failures of the new version apart from others", () => {
    const none: Sample = { at: 7_000, ms: 15_000, status: 0, version: "" };
    const { failed, failedByNew } = result([...fresh, none]);
    expect({ failed, failedByNew }).toEqual({ failed: 42, failedByNew: 41 });
  });

  it("says 0 where the last answer came before the verdict", () => {
    expect(result(answers(5_500, 6_000, "5")).abortToLastAnswer).toBe(0);
  });
});

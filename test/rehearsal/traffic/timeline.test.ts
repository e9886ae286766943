import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { analysisRun, rollout, virtualService, watchedTimeline } from "./watched.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000, toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

describe("Timeline", () => {
  it("watches the model's own objects, and stops all watches at once", () => {
    const { timeline, watches } = watchedTimeline();
    expect(watches.map(({ path, query }) => [path, query])).toEqual([
      ["/apis/networking.istio.io/v1/namespaces/models-risk/virtualservices", "fieldSelector=metadata.name%3Dfraud-split"],
      ["/apis/argoproj.io/v1alpha1/namespaces/models-risk/rollouts", "fieldSelector=metadata.name%3Dfraud"],
      ["/apis/argoproj.io/v1alpha1/namespaces/models-risk/analysisruns", ""],
    ]);
    timeline.stop();
    expect(watches.map(({ signal }) => signal.aborted)).toEqual([true, true, true]);
  });

  it("reads the share of the new version from the weighted route, not from the forced one", () => {
    const { timeline, tell } = watchedTimeline();
    tell("virtualservices", virtualService(20));
    expect(timeline.events).toEqual([{ at: 1_000, kind: "weight", text: "new version at 20 %", weight: 20 }]);
  });

  it("reports 0 % for a route without the new version", () => {
    const { timeline, tell } = watchedTimeline();
    tell("virtualservices", { spec: { http: [] } });
    tell("rollouts", { metadata: { generation: 1 } });
    expect(timeline.events.map(({ text }) => text)).toEqual(["new version at 0 %", "-, step -"]);
  });

  it("reports each state once, and ignores the list at the start of a watch", () => {
    const { timeline, tell } = watchedTimeline();
    tell("virtualservices", {}, "SYNC");
    for (const weight of [5, 5, 20, 20, 5]) {
      tell("virtualservices", virtualService(weight));
    }
    expect(timeline.events.map(({ weight }) => weight)).toEqual([5, 20, 5]);
  });

  it("gives the changes of the share since a moment", () => {
    const { timeline, tell } = watchedTimeline();
    for (const [at, weight] of [
      [1_000, 0],
      [2_000, 5],
      [3_000, 20],
    ] as const) {
      vi.setSystemTime(at);
      tell("virtualservices", virtualService(weight));
      tell("rollouts", rollout({ phase: "Progressing", currentStepIndex: at / 1_000 }));
    }
    expect(timeline.weightsSince(1_500)).toEqual([
      { at: 2_000, weight: 5 },
      { at: 3_000, weight: 20 },
    ]);
  });

  it.each([
    ["of this generation", { phase: "Healthy", observedGeneration: "2" }, true],
    ["of the one before", { phase: "Healthy", observedGeneration: "1" }, false],
    ["while it goes on", { phase: "Progressing", observedGeneration: "2" }, false],
  ])("a release is complete when the controller says so %s: %s %s", (_, status, healthy) => {
    const { timeline, tell } = watchedTimeline();
    expect(timeline.healthy).toBe(false);
    tell("rollouts", rollout(status));
    expect(timeline.healthy).toBe(healthy);
  });

  it("reports that a release was taken back, and why", () => {
    const { timeline, tell } = watchedTimeline();
    tell("rollouts", rollout({ phase: "Degraded", currentStepIndex: 0, abort: true, message: "error-share failed" }));
    expect(timeline.events).toEqual([
      { at: 1_000, kind: "rollout", text: "Degraded, step 0, aborted error-share failed", aborted: true },
    ]);
  });

  it("tells when a release was taken back, whatever became of the one before", () => {
    const { timeline, tell } = watchedTimeline();
    const said = (at: number, status: object): void => {
      vi.setSystemTime(at);
      tell("rollouts", rollout(status));
    };
    said(2_000, { phase: "Degraded", abort: true, message: "of the one before" });
    said(3_000, { phase: "Progressing", abort: true });
    expect(timeline.abortedSince(1_500)).toBeUndefined();
    said(4_000, { phase: "Progressing", currentStepIndex: 1 });
    expect(timeline.abortedSince(1_500)).toBeUndefined();
    said(5_000, { phase: "Degraded", abort: true, message: "slow-share failed" });
    expect([timeline.abortedSince(1_500), timeline.abortedSince(4_500)]).toEqual([5_000, undefined]);
  });

  it("keeps the last value of each measurement of this model, and ignores other models", () => {
    const { timeline, tell } = watchedTimeline();
    tell("analysisruns", analysisRun("fraud-5d-2-0", "Failed", "[0.31]"));
    tell("analysisruns", analysisRun("churn-5d-2-0", "Failed", "[1]"));
    tell("analysisruns", { metadata: { name: "fraud-5d-2-1" } });
    expect(timeline.events).toEqual([
      { at: 1_000, kind: "analysis", text: "fraud-5d-2-0 Failed: error-share [0.31]", phase: "Failed" },
      { at: 1_000, kind: "analysis", text: "fraud-5d-2-1 Pending: ", phase: "Pending" },
    ]);
  });
});

import type { Outcome, ReleaseResult } from "#rehearsal/outcome";
import type { ShareWindow } from "#rehearsal/traffic/sample";

const window = (wanted: number, rest: Partial<ShareWindow> = {}): ShareWindow => ({
  wanted,
  observed: wanted,
  sigmas: 0,
  seconds: 14,
  total: 3_250,
  failed: 0,
  byVersion: { "3": 1, "4": 1 },
  p50: 4.1,
  p99: 12.3,
  ...rest,
});

/** A version that took over all traffic, as it should. */
export const promoted = (rest: Partial<ReleaseResult> = {}): ReleaseResult => ({
  model: "fraud",
  version: "4",
  kind: "good",
  verdict: "promoted",
  seconds: 60,
  windows: [window(5, { observed: 5.4, sigmas: 1.05 }), window(20, { observed: 19.2, sigmas: -1.14 }), window(50), window(100)],
  total: 23_168,
  failed: 0,
  failedByNew: 0,
  unanswered: 0,
  rate: 250,
  timeline: [
    { at: 0, total: 250, fresh: 0, failed: 0 },
    { at: 1, total: 250, fresh: 125, failed: 0 },
    { at: 2, total: 250, fresh: 250, failed: 0 },
  ],
  events: [
    { at: 1_000, seconds: 0.5, kind: "weight", text: "new version at 50 %", weight: 50 },
    { at: 1_500, seconds: 1, kind: "analysis", text: "fraud-2 Running: ", phase: "Running" },
    { at: 1_700, seconds: 1.5, kind: "analysis", text: "fraud-2 Successful: error-share [0]", phase: "Successful" },
    { at: 2_000, seconds: 2, kind: "weight", text: "new version at 100 %", weight: 100 },
    { at: 3_000, seconds: 2.9, kind: "weight", text: "new version at 0 %", weight: 0 },
  ],
  ...rest,
});

/** A version that was thrown out. */
export const thrownOut = (rest: Partial<ReleaseResult> = {}): ReleaseResult => ({
  ...promoted(),
  version: "5",
  kind: "bad",
  verdict: "rolled back",
  windows: [window(5)],
  total: 6_579,
  failed: 47,
  failedByNew: 47,
  unanswered: 0,
  faultToAbort: 11.42,
  abortToLastAnswer: 0.516,
  reason: "error-share assessed Failed & done",
  timeline: [
    { at: 0, total: 100, fresh: 5, failed: 0 },
    { at: 1, total: 100, fresh: 4, failed: 2 },
  ],
  events: [
    { at: 1_000, seconds: 0.5, kind: "weight", text: "new version at 5 %", weight: 5 },
    { at: 1_200, seconds: 1.2, kind: "analysis", text: "fraud-3 Failed: error-share [0.31]", phase: "Failed" },
    { at: 1_300, seconds: 1.3, kind: "rollout", text: "Degraded, step 3, aborted", aborted: true },
    { at: 1_400, seconds: 1.4, kind: "weight", text: "new version at 0 %", weight: 0 },
  ],
  ...rest,
});

export const outcome = (rest: Partial<Outcome> = {}): Outcome => ({
  environment: "dev",
  began: "2026-11-21T15:28:09.123Z",
  seconds: 301.6,
  ok: true,
  phases: [
    { name: "tools", state: "done", detail: "nothing built", seconds: 0.04 },
    { name: "release", state: "skipped", detail: "not asked for (--no-traffic)", seconds: 0 },
  ],
  layers: [{ layer: "foundation", created: 95, seconds: 7.44, byProvider: { aws: 92, random: 3 } }],
  releases: [promoted(), thrownOut()],
  tools: [{ name: "envoy", version: "1.40.0", from: "cache" }],
  pace: { stepSeconds: 14 },
  simulated: ["AWS simulated", "no certificates"],
  charts: ["from their projects' sources: kueue", "recorded, pods only: argo-rollouts"],
  training: {
    lender: "risk",
    borrower: "second",
    gpus: 2,
    admitted: 0.21,
    running: 6.72,
    reclaimed: 1.14,
    waited: "insufficient unused quota",
    preempted: "reclamation within the cohort",
    nodes: { "g6.xlarge": 4 },
    refused: [{ what: "a pod of an administrator", by: "it must come from a Job" }],
    proved: ["G2"],
    bought: 113.6,
  },
  memory: { istiod: 120.4 },
  ...rest,
});

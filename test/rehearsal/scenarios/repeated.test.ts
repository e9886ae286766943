import { expect, it } from "vitest";
import type { ReleaseResult } from "#rehearsal/outcome";
import { repeated } from "#rehearsal/scenarios/repeated";

const release = (some: Partial<ReleaseResult>): ReleaseResult =>
  ({ kind: "good", windows: [], total: 1_000, failed: 0, ...some }) as ReleaseResult;

const share = (wanted: number, total: number, observed: number) =>
  ({ wanted, total, observed }) as ReleaseResult["windows"][number];

it("puts the shares of good releases together, weighted by their requests", () => {
  const releases = [
    release({ windows: [share(5, 1_000, 4), share(100, 500, 100)] }),
    release({ windows: [share(5, 3_000, 6), share(100, 500, 100)] }),
  ];
  // 5.5 % of 4,000 where 5 % are wanted: 0.005 / sqrt(0.05 * 0.95 / 4000).
  expect(repeated(releases, 2)).toBe("2 times · 5.50 % of 4,000 (1.5 σ) · 0 of 2,000 failed");
});

it("tells the longest times of bad releases", () => {
  const bad = Array.from({ length: 20 }, (_, at) =>
    release({ kind: "bad", failed: 3, faultToAbort: 10 + at, abortToLastAnswer: 5 + at, abortToOff: (20 - at) / 10 }),
  );
  expect(repeated(bad, 20)).toBe(
    "20 times · first answer → last one at most 53.0 s · verdict → traffic off 1.90 s (p95), 2.00 s at most · 60 of 20,000 failed",
  );
});

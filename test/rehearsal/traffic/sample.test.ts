import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deviation, failed, type Sample, shareWindows, summarise } from "#rehearsal/traffic/sample";

const sample = (at: number, version: string, status = 200, ms = 3): Sample => ({ at, ms, status, version });
const samples = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    ms: fc.double({ min: 0, max: 500, noNaN: true }),
    status: fc.constantFrom(0, 200, 204, 301, 404, 500, 503),
    version: fc.constantFrom("3", "4", ""),
  }),
  { maxLength: 200 },
);

describe("failed", () => {
  it.each([
    [0, true],
    [199, true],
    [200, false],
    [299, false],
    [300, true],
    [500, true],
  ])("status %i: %s", (status, expected) => {
    expect(failed(sample(0, "3", status))).toBe(expected);
  });
});

describe("summarise", () => {
  it("counts answers by version, failures, and the time they took", () => {
    const all = [5, 1, 3, 2, 4].map((ms, index) => sample(index, index < 2 ? "4" : "3", index === 4 ? 500 : 200, ms));
    expect(summarise(all)).toEqual({ total: 5, failed: 1, byVersion: { "4": 2, "3": 3 }, p50: 3, p99: 4 });
  });

  it("is empty without samples", () => {
    expect(summarise([])).toEqual({ total: 0, failed: 0, byVersion: {}, p50: 0, p99: 0 });
  });

  it("includes the beginning of a stretch, and excludes its end", () => {
    const all = [sample(10, "3"), sample(19, "3"), sample(20, "4")];
    expect(summarise(all, 10, 20).byVersion).toEqual({ "3": 2 });
  });

  it("loses no sample when time is cut in two", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 60_001 }), (all, cut) => {
        const [before, after, whole] = [summarise(all, 0, cut), summarise(all, cut), summarise(all)];
        expect(before.total + after.total).toBe(whole.total);
        expect(before.failed + after.failed).toBe(whole.failed);
        expect(Object.values(whole.byVersion).reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(whole.p50).toBeLessThanOrEqual(whole.p99);
      }),
    );
  });
});

describe("deviation", () => {
  it("is counted in standard errors of a binomial", () => {
    // 100 requests at 50 %: one standard error is 5 percentage points.
    expect(deviation(0.6, 0.5, 100)).toBeCloseTo(2, 10);
    expect(deviation(0.06, 0.05, 1_900)).toBeCloseTo(2, 10);
  });

  it("is 0 where the share is 0 or 100 %", () => {
    expect([deviation(0.4, 1, 100), deviation(0.4, 0, 100)]).toEqual([0, 0]);
  });

  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const requests = fc.integer({ min: 1, max: 1_000_000 });

  it("has the sign of the difference, and is 0 for the share that was asked for", () => {
    fc.assert(
      fc.property(share, share, requests, (observed, wanted, n) => {
        expect(Math.sign(deviation(observed, wanted, n))).toBe(Math.sign(observed - wanted));
        expect(deviation(wanted, wanted, n)).toBe(0);
      }),
    );
  });

  it("is the same seen from the other version, with the other sign", () => {
    fc.assert(
      fc.property(share, share, requests, (observed, wanted, n) => {
        expect(deviation(1 - observed, 1 - wanted, n)).toBeCloseTo(-deviation(observed, wanted, n), 6);
      }),
    );
  });

  it("doubles when there are four times as many requests", () => {
    fc.assert(
      fc.property(share, share, requests, (observed, wanted, n) => {
        expect(deviation(observed, wanted, 4 * n)).toBeCloseTo(2 * deviation(observed, wanted, n), 6);
      }),
    );
  });
});

describe("shareWindows", () => {
  it("measures each share from a second after it was set until the next one", () => {
    const early = [sample(10_500, "3"), sample(20_999, "3")];
    const first = [
      ...Array.from({ length: 95 }, () => sample(11_000, "3")),
      ...Array.from({ length: 5 }, () => sample(19_999, "4")),
    ];
    const second = [sample(21_000, "3"), sample(25_000, "4", 500, 9)];
    const changes = [
      { at: 10_000, weight: 5 },
      { at: 20_000, weight: 50 },
    ];
    expect(shareWindows([...early, ...first, ...second, sample(30_000, "4")], changes, "4", 30_000)).toEqual([
      { wanted: 5, observed: 5, sigmas: 0, seconds: 10, total: 100, failed: 0, byVersion: { "3": 95, "4": 5 }, p50: 3, p99: 3 },
      { wanted: 50, observed: 50, sigmas: 0, seconds: 10, total: 2, failed: 1, byVersion: { "3": 1, "4": 1 }, p50: 3, p99: 3 },
    ]);
  });

  it("has a share of 0 without requests", () => {
    expect(shareWindows([], [{ at: 0, weight: 20 }], "4", 5_000)).toEqual([
      expect.objectContaining({ wanted: 20, observed: 0, total: 0, seconds: 5 }),
    ]);
  });

  it("leaves no gap, counts no request twice, and observes a share", () => {
    const rising = fc.uniqueArray(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(samples, rising, (all, moments) => {
        const changes = moments.sort((a, b) => a - b).map((at, index) => ({ at, weight: 10 * (index + 1) }));
        const windows = shareWindows(all, changes, "4", 60_000);
        expect(windows.map(({ wanted }) => wanted)).toEqual(changes.map(({ weight }) => weight));
        const seconds = windows.reduce((sum, window) => sum + window.seconds, 0);
        expect(seconds).toBeCloseTo((60_000 - (changes[0]?.at ?? 0)) / 1000, 6);
        expect(windows.reduce((sum, { total }) => sum + total, 0)).toBeLessThanOrEqual(all.length);
        for (const { observed, total, byVersion } of windows) {
          expect(observed).toBeCloseTo(total === 0 ? 0 : (100 * (byVersion["4"] ?? 0)) / total, 6);
        }
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trafficChart } from "#rehearsal/traffic-chart";
import { promoted, thrownOut } from "./sample.ts";

const paths = (markup: string): string[] => [...markup.matchAll(/<path d="([^"]+)"/g)].map(([, path = ""]) => path);
const labels = (markup: string): string[] => [...markup.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text = ""]) => text);

describe("the picture of a release", () => {
  it("draws the share that users met, as an area", () => {
    const [area] = paths(trafficChart(promoted()).markup);
    // Three seconds over 1066 points; 0 % lies at 214, 100 % at 14.
    expect(area).toBe("M44,214 L221.7,214.0 L577.0,114.0 L932.3,14.0 L1110,214 Z");
  });

  it("draws the share that was asked for in steps, without the swap after the last one", () => {
    expect(paths(trafficChart(promoted()).markup)[1]).toBe("M44,214 H221.7 V114.0 H754.7 V14.0 H1110");
  });

  it("draws a rollback as a step down", () => {
    // At 5 % the picture ends at 20 %, or nothing could be seen.
    expect(paths(trafficChart(thrownOut()).markup)[1]).toBe("M44,214 H310.5 V164.0 H790.2 V214.0 H1110");
  });

  it.each([
    [5, "20 %"],
    [16, "20 %"],
    [20, "40 %"],
    [33, "100 %"],
    [100, "100 %"],
  ])("a release that reached %i %% has a scale up to %s", (weight, top) => {
    const events = [{ at: 0, seconds: 0, kind: "weight" as const, text: "", weight }];
    expect(labels(trafficChart(promoted({ events, timeline: [] })).markup)[4]).toBe(top);
  });

  it("marks the seconds in which requests failed", () => {
    const bars = [...trafficChart(thrownOut()).markup.matchAll(/<rect x="([^"]+)" y="([^"]+)" width="4" height="([^"]+)"/g)];
    expect(bars.map(([, ...numbers]) => numbers.map(Number))).toEqual([[575, 194, 20]]);
    expect(trafficChart(promoted()).markup).not.toContain("<rect");
  });

  it("marks verdicts by colour, and leaves out measurements that are still running", () => {
    const dots = (markup: string) =>
      [...markup.matchAll(/fill:var\(--(\w+)\)"><title>([^<]*)/g)].map(([, ...colourAndText]) => colourAndText);
    expect(dots(trafficChart(promoted()).markup)).toEqual([["good", "1.5 s fraud-2 Successful: error-share [0]"]]);
    expect(dots(trafficChart(thrownOut()).markup)).toEqual([
      ["bad", "1.2 s fraud-3 Failed: error-share [0.31]"],
      ["bad", "1.3 s Degraded, step 3, aborted"],
    ]);
  });

  it("shows few enough seconds to be readable", () => {
    const seconds = (last: number): string[] =>
      labels(trafficChart(promoted({ timeline: [{ at: last - 1, total: 1, fresh: 0, failed: 0 }] })).markup).slice(5);
    expect(seconds(12)).toEqual(["0 s", "5 s", "10 s"]);
    expect(seconds(96)).toEqual(["0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "60 s", "70 s", "80 s", "90 s"]);
    expect(seconds(3_600)).toHaveLength(13);
  });

  it("stays inside its frame for any release", () => {
    const second = fc.record({ total: fc.nat(500), fresh: fc.nat(500), failed: fc.nat(500) });
    fc.assert(
      fc.property(fc.array(second, { maxLength: 300 }), fc.array(fc.nat(100), { maxLength: 8 }), (seconds, weights) => {
        const timeline = seconds.map(({ total, fresh, failed }, at) => ({
          at,
          total,
          fresh: Math.min(fresh, total),
          failed: Math.min(failed, total),
        }));
        const events = weights.map((weight, at) => ({ at, kind: "weight" as const, text: "", weight, seconds: at % 4 }));
        const { markup } = trafficChart(promoted({ timeline, events }));
        expect(markup).not.toMatch(/NaN|Infinity|undefined/);
        const [area = ""] = paths(markup);
        for (const [x = NaN, y = NaN] of [...area.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map(([, ...at]) => at.map(Number))) {
          expect(x).toBeGreaterThanOrEqual(44);
          expect(x).toBeLessThanOrEqual(1110);
          expect(y).toBeGreaterThanOrEqual(14);
          expect(y).toBeLessThanOrEqual(214);
        }
      }),
      { numRuns: 50 },
    );
  });
});

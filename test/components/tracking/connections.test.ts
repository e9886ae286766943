import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostConnections, replicasWithin } from "#components/tracking/connections";

describe("connections", () => {
  it("counts every pool of every process of every replica, and one replica more", () => {
    // (1 + 1) replicas × 2 engines × (2 workers × (4 + 4) + 1)
    expect(mostConnections(1, 2)).toBe(68);
    expect(mostConnections(8, 2)).toBe(306);
  });

  it("fits the databases of the environments", () => {
    // RDS gives a connection to every 9,531,392 bytes: 2, 4 and 8 GiB.
    expect([225, 450, 901].map((connections) => replicasWithin(connections, 2))).toEqual([4, 9, 20]);
  });

  it("finds the largest number of replicas below 80 %", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 16 }), (maxConnections, workers) => {
        const most = replicasWithin(maxConnections, workers);
        expect(mostConnections(most + 1, workers)).toBeGreaterThanOrEqual(0.8 * maxConnections);
        expect(most < 1 || mostConnections(most, workers) < 0.8 * maxConnections).toBe(true);
      }),
    );
  });

  it("carries fewer replicas the more workers each has", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 15 }), (maxConnections, workers) => {
        expect(replicasWithin(maxConnections, workers + 1)).toBeLessThanOrEqual(replicasWithin(maxConnections, workers));
      }),
    );
  });
});

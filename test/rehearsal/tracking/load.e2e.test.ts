import { describe, expect, it } from "vitest";
import { mostConnections } from "#components/tracking/connections";
import { told } from "./told.ts";

describe("what is recorded with the tracking server", () => {
  const result = told("load-program.ts");

  it("is there when the server was killed under load, as far as clients were told so", () => {
    const { kills, finished, missing } = result()["killed"];
    expect(kills).toBe(3);
    expect(finished).toBeGreaterThanOrEqual(10);
    expect(missing).toEqual([]);
  });

  it("is there when the database was gone, and the server comes back by itself", () => {
    const { withoutDatabase, restartedByDatabase } = result()["killed"];
    expect(withoutDatabase).toBeGreaterThanOrEqual(500);
    expect(restartedByDatabase).toBe(0);
  });

  it("needs no more connections than are counted on", () => {
    const { most, statuses } = result()["counted"];
    // A slow machine may not answer in time, which is 0.
    expect(Object.keys(statuses)).toContain("200");
    expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
    // Of one replica, which two are counted for: one more runs during a rollout.
    expect(most).toBeLessThanOrEqual(mostConnections(1, 2) / 2);
  });
});

import { describe, expect, it } from "vitest";
import { told } from "./told.ts";

describe("what is recorded with the tracking server", () => {
  const result = told("survival-program.ts");

  it("is collected 30 days after its deletion, rows and files, and not before", () => {
    const { succeeded, said, before, after } = result()["collected"];
    expect({ succeeded, said }).toMatchObject({ succeeded: true, said: expect.stringContaining("has been permanently deleted") });
    expect(before.rows[0].every((rows: number) => rows > 0)).toBe(true);
    expect(before.files).toEqual([1, 1, 1]);
    expect(after).toEqual({ rows: [[0, 0, 0, 0, 0], before.rows[1], before.rows[2]], files: [0, 1, 1] });
  });

  it("is in a database that is brought back from its backups", () => {
    const { good, steps, gone } = result()["restored"];
    expect(good).toMatchObject({ faults: [], compared: good.rows });
    expect(good.rows).toBeGreaterThan(15);
    expect(steps).toHaveLength(4);
    expect(gone).toBe(true);
  });

  it.each([
    ["flipped", "table params has other values, in 2 of "],
    ["truncated", /^table params has \d+ rows too few, in \d+ of /],
  ])("is missed in a backup with a file that is %s", (damage, fault) => {
    expect(result()["restored"][damage].faults).toEqual([
      typeof fault === "string" ? expect.stringContaining(fault) : expect.stringMatching(fault),
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { compare, type Fingerprint, fingerprintIn, rowsOf } from "#promotion/drill/fingerprint";

type Parts = Record<string, [rows: number, rest: string]>;

const PARTS: Parts = { "0": [2, "11"], "7": [1, "5"] };

/** What the pod says of a database. */
function log(parts: Parts = PARTS, { columns = ["id", "value"], files = 2, sha256 = "a" } = {}): string {
  return [
    "WARNING: something of Python",
    { at: "2026-12-01T05:00:00.250Z" },
    { table: "metrics", columns, parts },
    { version: "fraud 3", uri: "mlflow-artifacts:/1/r/artifacts/model", files, sha256 },
    { end: true },
  ]
    .map((line) => (typeof line === "string" ? line : JSON.stringify(line)))
    .join("\n");
}

const of = (...options: Parameters<typeof log>): Fingerprint => fingerprintIn(log(...options));

describe("what a pod says of a database", () => {
  it("is read past the lines of others", () => {
    const { at, tables, versions } = of();
    expect(at).toEqual(new Date("2026-12-01T05:00:00.250Z"));
    expect(rowsOf(tables.get("metrics")!)).toBe(3);
    expect([...versions.keys()]).toEqual(["fraud 3"]);
  });

  it.each([
    ["without its end", log().replace('{"end":true}', "")],
    ["without its beginning", log().replace('"at"', '"of"')],
    ["of a pod that said nothing", ""],
  ])("%s is refused", (_, text) => {
    expect(() => fingerprintIn(text)).toThrow(/^the database must be read to its end, the pod said: /);
  });
});

describe("a restored database", () => {
  it("is equal when every row and file is", () => {
    expect(compare(of(), of(), of())).toEqual({ tables: 1, rows: 3, compared: 3, versions: 1, faults: [] });
  });

  it.each<[string, Fingerprint, string]>([
    ["lacks rows", of({ "0": [2, "11"] }), "table metrics has 1 rows too few, in 1 of 2 parts"],
    ["has rows too many", of({ ...PARTS, "9": [4, "1"] }), "table metrics has 4 rows too many, in 1 of 3 parts"],
    ["has another value", of({ ...PARTS, "7": [1, "6"] }), "table metrics has other values, in 1 of 2 parts"],
    ["has other columns", of(PARTS, { columns: ["id"] }), "table metrics has the columns id: not those of the live one"],
    ["lacks a table", { ...of(), tables: new Map() }, "table metrics is missing"],
    ["lacks a version", { ...of(), versions: new Map() }, "fraud 3 has no entry"],
    ["names other files", of(PARTS, { sha256: "b" }), "fraud 3 has other files, at mlflow-artifacts:/1/r/artifacts/model"],
  ])("that %s is found", (_, restored, fault) => {
    expect(compare(of(), restored, of()).faults).toEqual([fault]);
  });

  it("whose versions have no files is found", () => {
    const empty = of(PARTS, { files: 0 });
    expect(compare(empty, empty, empty).faults).toEqual(["fraud 3 has no files at mlflow-artifacts:/1/r/artifacts/model"]);
  });

  it("may have, of what was written in the meantime, either or neither", () => {
    const before = of(PARTS);
    const after = of({ ...PARTS, "7": [2, "8"] });
    for (const restored of [before, after, of({ "0": [2, "11"] })]) {
      expect(compare(before, restored, after)).toMatchObject({ compared: 2, faults: [] });
    }
    expect(compare(before, of({ ...PARTS, "0": [1, "3"] }), after).faults).toHaveLength(1);
  });
});

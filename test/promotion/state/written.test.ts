import { expect, it } from "vitest";
import { statesWritten } from "#promotion/state/written";
import { chain, changed } from "../chain.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const C = "c".repeat(64);
const platform = changed("platform", null, "2026.11.21-1");
const fraud = changed("models/fraud", "3", "4");
const all = { foundation: A, platform: A, workloads: A };

it("each state is the last that an operation wrote and named", () => {
  const records = chain([
    { kind: "begin", changes: [platform] },
    { kind: "done", begin: 1, states: all, seconds: 1 },
    { kind: "begin", changes: [fraud] },
    { kind: "done", begin: 3, states: { workloads: B }, seconds: 1 },
  ]);
  expect(statesWritten(records)).toEqual({
    foundation: { digest: A, by: "record 2 of the ledger" },
    platform: { digest: A, by: "record 2 of the ledger" },
    workloads: { digest: B, by: "record 4 of the ledger" },
  });
});

it("a layer that is being changed, or whose change was refused, has none", () => {
  const begun = chain([
    { kind: "begin", changes: [platform] },
    { kind: "done", begin: 1, states: all, seconds: 1 },
    { kind: "begin", changes: [fraud], states: { workloads: C } },
  ]);
  expect(Object.keys(statesWritten(begun))).toEqual(["foundation", "platform"]);
  const failed = chain([...begun, { kind: "failed", begin: 3, layers: [], why: "no" }] as never);
  expect(Object.keys(statesWritten(failed))).toEqual(["foundation", "platform"]);
  expect(statesWritten([])).toEqual({});
});

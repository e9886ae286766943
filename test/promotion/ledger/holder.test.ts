import { expect, it } from "vitest";
import { heldSubjects, holdOn } from "#promotion/ledger/holder";
import { chained, hour, word } from "./records.ts";

it("the last word on a subject, or on all, says whether it is held", () => {
  const records = chained(
    word(hour(9), "hold", "models/fraud"),
    word(hour(10), "hold"),
    word(hour(11), "resume", "models/churn"),
    word(hour(12), "resume", "models/fraud"),
  );
  expect(holdOn(records.slice(0, 1), "models/churn")).toBeUndefined();
  expect(holdOn(records.slice(0, 1), "models/fraud")).toBe(records[0]);
  expect(["models/fraud", "models/churn", "platform"].map((subject) => holdOn(records, subject)?.number)).toEqual([
    undefined,
    undefined,
    2,
  ]);
  expect(heldSubjects(records.slice(0, 1))).toEqual([records[0]]);
  expect(heldSubjects(records)).toEqual([records[1]]);
  expect(heldSubjects(chained(word(hour(9), "hold", "platform"), word(hour(10), "resume")))).toEqual([]);
});

import { expect, it } from "vitest";
import { heldSubjects, holdOn, unfinished } from "#promotion/ledger/holder";
import { BOB, begin, chained, done, failed, fraud, hour, takenOver, word } from "./records.ts";

it("a begin holds the environment until it is done or has failed, and who takes it over holds it then", () => {
  expect(unfinished([])).toBeUndefined();
  const start = begin(hour(9), [fraud(null, "3")]);
  const begun = chained(start);
  expect(unfinished(begun)).toEqual({ begin: begun[0], owner: start.owner, since: hour(9) });
  const over = chained(start, takenOver(hour(10), 1, BOB), word(hour(11), "hold"));
  expect(unfinished(over)).toEqual({ begin: over[0], owner: BOB, since: hour(10) });
  expect(unfinished(chained(start, takenOver(hour(10), 1, BOB), done(hour(11), 1)))).toBeUndefined();
  expect(unfinished(chained(start, failed(hour(10), 1, [])))).toBeUndefined();
  const next = chained(start, done(hour(10), 1), begin(hour(11), [fraud("3", "4")]), done(hour(12), 1));
  expect(unfinished(next)).toMatchObject({ begin: { number: 3 } });
});

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

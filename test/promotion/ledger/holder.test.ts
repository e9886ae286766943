import fc from "fast-check";
import { expect, it } from "vitest";
import { holdOn, standingHolds } from "#promotion/ledger/holder";
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
  expect(standingHolds(records.slice(0, 1))).toEqual([{ hold: records[0], except: [] }]);
  expect(standingHolds(records)).toEqual([{ hold: records[1], except: ["models/churn", "models/fraud"] }]);
  expect(standingHolds(chained(word(hour(9), "hold", "platform"), word(hour(10), "resume")))).toEqual([]);
});

it("what stands, and what a gate asks of a subject, is the same after any words", () => {
  const subject = fc.constantFrom(undefined, "models/fraud", "models/churn", "platform");
  const one = fc.record({ kind: fc.constantFrom("hold" as const, "resume" as const), subject });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), (words) => {
      const records = chained(
        ...words.map(({ kind, subject: of }, at) => word(hour(at), kind, of) as Parameters<typeof chained>[0]),
      );
      const standing = standingHolds(records);
      for (const of of ["models/fraud", "models/churn", "platform", "models/other"]) {
        const shown = standing.some(
          ({ hold, except }) => hold.subject === of || (hold.subject === undefined && !except.includes(of)),
        );
        expect(shown).toBe(holdOn(records, of) !== undefined);
      }
    }),
    { numRuns: 500 },
  );
});

import { expect, it } from "vitest";
import type { LedgerRecord } from "#promotion/ledger/record";
import { runsIn, runsNow, stableIn, thrownOut } from "#promotion/ledger/runs";
import { begin, chained, digestOf, done, failed, fraud, hour, platform, stable, thrown } from "./records.ts";

const FRAUD = "models/fraud";
const lines = (records: readonly LedgerRecord[]): string[] =>
  runsIn(records).map(
    ({ subject, version, since: from, until = "now" }) =>
      `${subject} ${version} ${from.slice(11, 13)}–${until.slice(11, 13) || until}`,
  );
const versionsNow = (records: readonly LedgerRecord[]): Record<string, string> =>
  Object.fromEntries([...runsNow(records)].map(([subject, { version }]) => [subject, version]));

const TO_3 = [begin(hour(1), [fraud(null, "3"), platform(null, "p1")]), done(hour(2), 1), stable(hour(3), 1, "3")] as const;

it("what is done runs, a model's old version until the new one is stable", () => {
  const to4 = chained(...TO_3, begin(hour(4), [fraud("3", "4")]), done(hour(5), 4));
  expect(versionsNow(to4)).toEqual({ [FRAUD]: "4", platform: "p1" });
  expect(lines(to4)).toEqual([`${FRAUD} 3 02–05`, "platform p1 02–now", `${FRAUD} 4 05–now`]);
  const after = chained(...TO_3, begin(hour(4), [fraud("3", "4")]), done(hour(5), 4), stable(hour(7), 4, "4"));
  expect(lines(after)).toEqual([`${FRAUD} 3 02–07`, "platform p1 02–now", `${FRAUD} 4 05–now`]);
  expect(runsNow(after).get(FRAUD)?.since).toBe(hour(5));
  expect(runsNow(after).get("models/churn")).toBeUndefined();
});

it("what is thrown out gives its place back to the version before, which has run all the time", () => {
  const records = chained(...TO_3, begin(hour(4), [fraud("3", "4")]), done(hour(5), 4), thrown(hour(6), 4, "4"));
  expect(versionsNow(records)).toEqual({ [FRAUD]: "3", platform: "p1" });
  expect(runsNow(records).get(FRAUD)?.since).toBe(hour(2));
  expect(lines(records)).toEqual([`${FRAUD} 3 02–now`, "platform p1 02–now", `${FRAUD} 4 05–06`]);
  expect(thrownOut(records, FRAUD)).toEqual([{ version: "4", time: hour(6), why: "31 % errors" }]);
  const again = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4")]),
    done(hour(5), 4),
    thrown(hour(6), 4, "4"),
    begin(hour(7), [fraud("3", "4")]),
    done(hour(8), 7),
    stable(hour(9), 7, "4"),
  );
  expect(thrownOut(again, FRAUD)).toEqual([]);
  expect(versionsNow(again)).toEqual({ [FRAUD]: "4", platform: "p1" });
});

it("a rollback runs what it goes back to, and a late word on another version changes nothing", () => {
  const records = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4")]),
    done(hour(5), 4),
    stable(hour(6), 4, "4"),
    begin(hour(7), [fraud("4", "3")], { operation: "rollback", reason: "wrong answers" }),
    done(hour(8), 7),
    thrown(hour(9), 4, "4"),
  );
  expect(runsNow(records).get(FRAUD)).toMatchObject({
    version: "3",
    operation: "rollback",
    reason: "wrong answers",
    since: hour(8),
    begin: 7,
  });
  expect(lines(records).filter((line) => line.startsWith(FRAUD))).toEqual([
    `${FRAUD} 3 02–06`,
    `${FRAUD} 4 05–08`,
    `${FRAUD} 3 08–now`,
  ]);
  expect(stableIn(records, FRAUD)).toEqual([
    { version: "3", digest: digestOf("3"), since: hour(3), until: hour(6) },
    { version: "4", digest: digestOf("4"), since: hour(6), until: hour(8) },
  ]);
});

it("a late word on an earlier run of the same version is no word on this one", () => {
  const records = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4")]),
    done(hour(5), 4),
    begin(hour(6), [fraud("4", "3")], { operation: "rollback" }),
    done(hour(7), 6),
    begin(hour(8), [fraud("3", "4")]),
    done(hour(9), 8),
    stable(hour(10), 4, "4"),
  );
  expect(runsNow(records).get(FRAUD)).toMatchObject({ version: "4", begin: 8 });
  expect(runsNow(records).get(FRAUD)!.stable).toBeUndefined();
});

it("what failed runs as far as its layers are up", () => {
  const half = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4"), platform("p1", "p2")]),
    failed(hour(5), 4, ["foundation", "platform"]),
  );
  expect(versionsNow(half)).toEqual({ [FRAUD]: "3", platform: "p1" });
  const up = chained(...TO_3, begin(hour(4), [fraud("3", "4")]), failed(hour(5), 4, ["workloads"]));
  expect(versionsNow(up)).toEqual({ [FRAUD]: "4", platform: "p1" });
  // The same command goes on, and brings nothing that is not there.
  const on = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4")]),
    failed(hour(5), 4, ["workloads"]),
    begin(hour(6), [fraud("4", "4")]),
    done(hour(7), 6),
  );
  expect(runsNow(on).get(FRAUD)?.since).toBe(hour(5));
});

it("versions that were stable are listed by when they were last there, without one that was thrown out since", () => {
  const records = chained(
    ...TO_3,
    begin(hour(4), [fraud("3", "4")]),
    done(hour(5), 4),
    stable(hour(6), 4, "4"),
    begin(hour(7), [fraud("4", "3")]),
    done(hour(8), 7),
    stable(hour(9), 7, "3"),
    begin(hour(10), [fraud("3", "4")]),
    done(hour(11), 10),
    thrown(hour(12), 10, "4"),
  );
  expect(stableIn(records, FRAUD).map(({ version, until }) => [version, until])).toEqual([["3", undefined]]);
  expect(stableIn(records, "platform")).toEqual([{ version: "p1", digest: digestOf("p1"), since: hour(2) }]);
});

import { describe, expect, it } from "vitest";
import { openIn } from "#promotion/open";
import { chain, changed, OWNER } from "./chain.ts";
import { BOB, begin, chained, done, failed, fraud, hour, takenOver, word } from "./ledger/records.ts";

const FRAUD = changed("models/fraud", "3", "4");
const PLATFORM = changed("platform", "2026.11.21-1", "2026.11.21-2");
const ROB = { ...OWNER, who: "Bob", pid: 43 };

const opened = (records: Parameters<typeof chain>[0]) =>
  openIn(chain(records)).map(({ begin, holder, failure }) => ({ begin: begin.number, holder: holder?.who, failure }));

it("a begin holds the environment until it is done, and who takes it over holds it then", () => {
  expect(openIn([])).toEqual([]);
  const start = begin(hour(9), [fraud(null, "3")]);
  const begun = chained(start);
  expect(openIn(begun)).toEqual([{ begin: begun[0], holder: start.owner, since: hour(9), failure: undefined }]);
  const over = chained(start, takenOver(hour(10), 1, BOB), word(hour(11), "hold"));
  expect(openIn(over)).toEqual([{ begin: over[0], holder: BOB, since: hour(10), failure: undefined }]);
  expect(openIn(chained(start, takenOver(hour(10), 1, BOB), done(hour(11), 1)))).toEqual([]);
  expect(openIn(chained(start, failed(hour(10), 1, [])))).toMatchObject([{ holder: undefined, failure: "AccessDenied" }]);
  const next = chained(start, done(hour(10), 1), begin(hour(11), [fraud("3", "4")]), done(hour(12), 1));
  expect(openIn(next)).toMatchObject([{ begin: { number: 3 } }]);
});

describe("what was begun and has not ended", () => {
  it("is nothing before anything and after everything", () => {
    expect(opened([])).toEqual([]);
    expect(
      opened([
        { kind: "begin", changes: [FRAUD] },
        { kind: "done", begin: 1, states: {}, seconds: 1 },
      ]),
    ).toEqual([]);
  });

  it("is held by who began it, or by who has taken it over", () => {
    expect(opened([{ kind: "begin", changes: [FRAUD] }])).toEqual([{ begin: 1, holder: OWNER.who, failure: undefined }]);
    expect(
      opened([
        { kind: "begin", changes: [FRAUD] },
        { kind: "taken-over", begin: 1, why: "gone", owner: ROB },
      ]),
    ).toEqual([{ begin: 1, holder: "Bob", failure: undefined }]);
  });

  it("is held by nobody once a layer was refused, until somebody goes on", () => {
    const failed = [
      { kind: "begin", changes: [FRAUD] },
      { kind: "failed", begin: 1, layers: [], why: "no quota" },
    ] as const;
    expect(opened(failed)).toEqual([{ begin: 1, holder: undefined, failure: "no quota" }]);
    expect(opened([...failed, { kind: "taken-over", begin: 1, why: "no quota", owner: ROB }])).toEqual([
      { begin: 1, holder: "Bob", failure: undefined },
    ]);
  });

  it("ends with a rollback of the same subject, and stays beside that of another one", () => {
    const back = { kind: "begin", operation: "rollback", changes: [changed("models/fraud", "4", "3")] } as const;
    expect(opened([{ kind: "begin", changes: [FRAUD] }, back]).map(({ begin }) => begin)).toEqual([2]);
    expect(
      opened([{ kind: "begin", changes: [PLATFORM] }, back, { kind: "done", begin: 2, states: {}, seconds: 1 }]).map(
        ({ begin }) => begin,
      ),
    ).toEqual([1]);
  });
});

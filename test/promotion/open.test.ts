import { describe, expect, it } from "vitest";
import { openIn } from "#promotion/open";
import { chain, changed, OWNER } from "./chain.ts";

const FRAUD = changed("models/fraud", "3", "4");
const PLATFORM = changed("platform", "2026.11.21-1", "2026.11.21-2");
const BOB = { ...OWNER, who: "Bob", pid: 43 };

const opened = (records: Parameters<typeof chain>[0]) =>
  openIn(chain(records)).map(({ begin, holder, failure }) => ({ begin: begin.number, holder: holder?.who, failure }));

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
        { kind: "taken-over", begin: 1, why: "gone", owner: BOB },
      ]),
    ).toEqual([{ begin: 1, holder: "Bob", failure: undefined }]);
  });

  it("is held by nobody once a layer was refused, until somebody goes on", () => {
    const failed = [
      { kind: "begin", changes: [FRAUD] },
      { kind: "failed", begin: 1, layers: [], why: "no quota" },
    ] as const;
    expect(opened(failed)).toEqual([{ begin: 1, holder: undefined, failure: "no quota" }]);
    expect(opened([...failed, { kind: "taken-over", begin: 1, why: "no quota", owner: BOB }])).toEqual([
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

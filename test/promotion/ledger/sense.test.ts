import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { openLedger } from "#promotion/ledger/ledger";
import type { Draft, Owner } from "#promotion/ledger/record";
import { senseless } from "#promotion/ledger/sense";
import { SKEW } from "#promotion/ledger/skew";
import {
  ADA,
  BOB,
  begin,
  chained,
  digestOf,
  done,
  failed,
  fraud,
  gatesWith,
  hour,
  ledgerFolder,
  platform,
  stable,
  takenOver,
  thrown,
  word,
} from "./records.ts";

const NOW = new Date(Date.parse(hour(150 * 24)));
const by = (owner: Owner, draft: Draft): Draft => ({ ...draft, owner });
const approval = (at: number) => ({ by: "bob", source: "x", time: hour(at) });
const problemsIn = (...drafts: Draft[]): string[] =>
  senseless(chained(...drafts), NOW).problems.map(({ number, text }) => `${number} ${text}`);

const back = { operation: "rollback" as const, gates: [], reason: "wrong answers" };
const advised = (gate: string) => ({ gates: gatesWith({ gate, state: "advised", detail: "as it is" }) });
const adopted = [
  begin(hour(1), [fraud(null, "3"), platform(null, "a")], { gates: [] }),
  done(hour(1), 1),
  stable(hour(2), 1, "3"),
];
/** Adopted, and 4 promoted after it: 6 records. */
const fourth = [...adopted, begin(hour(3), [fraud("3", "4")]), done(hour(4), 4), stable(hour(5), 4, "4")];
const atMinute = (minutes: number): string => new Date(Date.parse(hour(5)) + minutes * 60_000).toISOString();

describe("records that make sense", () => {
  it.each<[what: string, drafts: Draft[]]>([
    ["none", []],
    ["an environment that is adopted, and a promotion", fourth],
    ["one that is promoted to first", [begin(hour(1), [fraud(null, "3")]), done(hour(2), 1), thrown(hour(3), 1, "3")]],
    [
      "holds, said twice, and resumed at once or one by one",
      [
        word(hour(1), "hold"),
        word(hour(2), "hold", "models/fraud"),
        word(hour(3), "resume", "models/fraud"),
        word(hour(4), "resume"),
      ],
    ],
    ["a hold of another subject", [...fourth, word(hour(6), "hold", "platform"), begin(hour(7), [fraud("4", "5")])]],
    ["a hold that does not count there", [...fourth, word(hour(6), "hold"), begin(hour(7), [fraud("4", "5")], advised("hold"))]],
    ["a rollback in spite of a hold", [...fourth, word(hour(6), "hold"), begin(hour(7), [fraud("4", "3")], back)]],
    [
      "a promotion that fails, and goes on",
      [
        ...fourth,
        begin(hour(6), [fraud("4", "5")]),
        failed(hour(7), 7, []),
        takenOver(hour(8), 7, BOB),
        by(BOB, done(hour(9), 7)),
      ],
    ],
    [
      "a process that is killed, and another that goes on, and it again",
      [...fourth, begin(hour(6), [fraud("4", "5")]), takenOver(hour(7), 7, BOB), takenOver(hour(8), 7, ADA), done(hour(9), 7)],
    ],
    [
      "a rollback of what failed",
      [
        ...fourth,
        begin(hour(6), [fraud("4", "5")]),
        failed(hour(7), 7, []),
        begin(hour(8), [fraud("5", "4")], back),
        done(hour(9), 9),
      ],
    ],
    [
      "a rollback of what a process left that was killed",
      [
        ...fourth,
        begin(hour(6), [fraud("4", "5")], { owner: BOB }),
        takenOver(hour(7), 7, ADA),
        begin(hour(8), [fraud("5", "3")], back),
        done(hour(9), 9),
        stable(hour(10), 9, "3"),
      ],
    ],
    [
      "a rollback of a part of what failed, and the rest that goes on",
      [
        ...fourth,
        begin(hour(6), [fraud("4", "5"), platform("a", "b")]),
        failed(hour(7), 7, ["foundation"]),
        begin(hour(8), [fraud("5", "4")], back),
        done(hour(9), 9),
        takenOver(hour(10), 7, BOB),
        by(BOB, done(hour(11), 7)),
      ],
    ],
    ["two who follow one release", [...fourth, stable(hour(6), 4, "4")]],
    [
      "what is measured to its end after a rollback began",
      [...fourth.slice(0, 5), begin(hour(6), [fraud("4", "3")], back), stable(hour(7), 4, "4")],
    ],
    [
      "a promotion of what was thrown out, where that is only told",
      [...fourth.slice(0, 5), thrown(hour(5), 4, "4"), begin(hour(6), [fraud("3", "4")], advised("soak"))],
    ],
    [
      "a promotion that was planned before a measurement threw out what ran",
      [...fourth.slice(0, 5), thrown(hour(5), 4, "4"), begin(hour(6), [fraud("4", "5")])],
    ],
    [
      "one person's approvals of two changes",
      [...fourth, begin(hour(6), [fraud("4", "5"), platform("a", "b")], { approvals: [approval(5), approval(5)] })],
    ],
    ["a rollback to what left 30 days before", [...fourth, begin(hour(5 + 30 * 24), [fraud("4", "3")], back)]],
    [
      "clocks that differ a little",
      [...fourth, word(atMinute(-4), "hold"), word(new Date(NOW.getTime() + SKEW).toISOString(), "resume")],
    ],
  ])("%s", (_, drafts) => {
    expect(problemsIn(...drafts)).toEqual([]);
  });
});

describe("records that make none", () => {
  const open = [...fourth, begin(hour(6), [fraud("4", "5")])];
  it.each<[what: string, drafts: Draft[], problems: string[]]>([
    ["'done' of nothing", [...adopted, done(hour(3), 9)], ["4 begin must be the number of a 'begin' before it, got '9'"]],
    ["'done' of no beginning", [...adopted, done(hour(3), 2)], ["4 begin must be the number of a 'begin' before it, got '2'"]],
    ["'done' of itself", [...adopted, done(hour(3), 4)], ["4 begin must be the number of a 'begin' before it, got '4'"]],
    [
      "'done' twice",
      [...fourth, done(hour(6), 4)],
      ["7 begin must be of what a process is at, got '4', which ended with record 5"],
    ],
    [
      "'done' of what failed",
      [...open, failed(hour(7), 7, []), done(hour(8), 7)],
      ["9 begin must be of what a process is at, got '7', which ended with record 8"],
    ],
    [
      "'failed' of what is done",
      [...fourth, failed(hour(6), 4, [])],
      ["7 begin must be of what a process is at, got '4', which ended with record 5"],
    ],
    [
      "'done' of what was rolled back",
      [...open, failed(hour(7), 7, []), begin(hour(8), [fraud("5", "4")], back), done(hour(9), 7)],
      ["10 begin must be of what a process is at, got '7', which ended with record 9"],
    ],
    [
      "going on with what is done",
      [...fourth, takenOver(hour(6), 4, BOB)],
      ["7 begin must be of what was begun and has not ended, got '4', which ended with record 5"],
    ],
    ["going on with nothing", [takenOver(hour(6), 4, BOB)], ["1 begin must be the number of a 'begin' before it, got '4'"]],
    ["'stable' of nothing", [stable(hour(1), 7, "4")], ["1 begin must be the number of a 'begin' before it, got '7'"]],
    [
      "'stable' of what is not up",
      [...open, stable(hour(7), 7, "5")],
      ["8 begin must be of what is up, got '7', which no 'done' has ended"],
    ],
    [
      "'stable' of another version",
      [...fourth, stable(hour(6), 4, "9")],
      ["7 version must be '4', which record 4 brings, got '9'"],
    ],
    [
      "'stable' of another model",
      [...fourth, { ...stable(hour(6), 4, "4"), subject: "models/churn" } as Draft],
      ["7 subject must be a model that record 4 changes, got 'models/churn'"],
    ],
    [
      "'stable' of the platform",
      [...adopted, { ...stable(hour(6), 1, "a"), subject: "platform" } as Draft],
      ["4 subject must be a model that record 1 changes, got 'platform'"],
    ],
    [
      "two verdicts",
      [...fourth, thrown(hour(6), 4, "4")],
      ["7 kind must be 'stable', as record 6 says of the same release, got 'thrown-out'"],
    ],
    [
      "a promotion beside another one",
      [...open, begin(hour(7), [platform("a", "b")])],
      ["8 kind must not be 'begin' before what record 7 began has ended, got 'promote'"],
    ],
    [
      "a promotion beside one that failed",
      [...open, failed(hour(7), 7, []), begin(hour(8), [platform("a", "b")])],
      ["9 kind must not be 'begin' before what record 7 began has ended, got 'promote'"],
    ],
    [
      "a rollback beside somebody who is at it",
      [...open, begin(hour(7), [fraud("5", "4")], { ...back, owner: BOB })],
      ["8 kind must not be 'begin' before what record 7 began has ended, got 'rollback'"],
    ],
    [
      "a promotion of what is held",
      [...fourth, word(hour(6), "hold"), begin(hour(7), [fraud("4", "5")])],
      ["8 kind must not be 'begin' while record 7 holds everything, got one of 'models/fraud'"],
    ],
    [
      "a promotion without gates",
      [...fourth, begin(hour(6), [fraud("4", "5")], { gates: [] })],
      ["7 gates must say what was asked, got none"],
    ],
    [
      "an approval that came after",
      [...fourth, begin(hour(6), [fraud("4", "5")], { approvals: [approval(7)] })],
      ["7 approvals[0].time must be before what it approves, 2026-11-20T06:00:00Z, got '2026-11-20T07:00:00Z'"],
    ],
    [
      "a subject twice",
      [begin(hour(1), [fraud(null, "3"), fraud(null, "4")])],
      ["1 changes[1].subject must be another one than those before it, got 'models/fraud'"],
    ],
    [
      "a release that is another one now",
      [...fourth, begin(hour(6), [{ ...fraud("4", "3"), digest: "e".repeat(64) }], back)],
      [`7 changes[0].digest must be that of the same release in record 1, '${digestOf("3")}', got '${"e".repeat(64)}'`],
    ],
    [
      "a rollback to what never was there",
      [...fourth, begin(hour(6), [fraud("4", "9")], back)],
      ["7 changes[0].to must be a release that was stable before, for a rollback, got '9'"],
    ],
    [
      "a rollback to what was thrown out",
      [...fourth.slice(0, 5), thrown(hour(5), 4, "4"), begin(hour(6), [fraud("3", "4")], back)],
      ["7 changes[0].to must be a release that was stable before, for a rollback, got '4'"],
    ],
    [
      "'done' by somebody who is not at it",
      [...open, by(BOB, done(hour(7), 7))],
      [`8 owner must be the process that is at what record 7 began, of '${ADA.who}', got another one, of '${BOB.who}'`],
    ],
    [
      "'failed' by whom another has gone on for",
      [...open, takenOver(hour(7), 7, BOB), failed(hour(8), 7, [])],
      [`9 owner must be the process that is at what record 7 began, of '${BOB.who}', got another one, of '${ADA.who}'`],
    ],
    [
      "'failed' twice",
      [...open, failed(hour(7), 7, []), failed(hour(8), 7, [])],
      ["9 begin must be of what a process is at, got '7', which ended with record 8"],
    ],
    ...(["foundation", "platform"] as const).map((layer): [string, Draft[], string[]] => [
      `'failed' with ${layer} up, of a model`,
      [...open, failed(hour(7), 7, [layer])],
      [`8 layers must be the first of those that record 7 concerns (workloads), got '${layer}'`],
    ]),
    [
      "'failed' with a layer up before the one below it",
      [...fourth, begin(hour(6), [platform("a", "b")]), failed(hour(7), 7, ["platform"])],
      ["8 layers must be the first of those that record 7 concerns (foundation, platform, workloads), got 'platform'"],
    ],
    ["a word on nothing", [word(hour(1), "resume")], ["1 kind must be 'resume' only of what is held, got it of 'everything'"]],
    [
      "a word on what is not held",
      [word(hour(1), "hold", "platform"), word(hour(2), "resume", "models/fraud")],
      ["2 kind must be 'resume' only of what is held, got it of 'models/fraud'"],
    ],
    ...[null, "3", "99"].map((from): [string, Draft[], string[]] => [
      `a promotion from ${from}, which is not what runs`,
      [...fourth, begin(hour(6), [fraud(from, "5")])],
      [`7 changes[0].from must be '4', which is there before, got ${from === null ? "null" : `'${from}'`}`],
    ]),
    [
      "a promotion from something, where nothing runs",
      [begin(hour(1), [fraud("2", "3")])],
      ["1 changes[0].from must be null, which is there before, got '2'"],
    ],
    [
      "a promotion to what runs",
      [...fourth, begin(hour(6), [fraud("4", "4")])],
      ["7 changes must bring something that does not run there, got none"],
    ],
    [
      "a rollback to what it comes from",
      [...fourth, begin(hour(6), [fraud("4", "4")], back)],
      ["7 changes[0].to must be another release than from, got '4'"],
    ],
    [
      "a promotion of what was thrown out",
      [...fourth.slice(0, 5), thrown(hour(5), 4, "4"), begin(hour(6), [fraud("3", "4")])],
      ["7 changes[0].to must be a release that no measurement threw out, got '4': 31 % errors"],
    ],
    [
      "two releases with one digest",
      [...fourth, begin(hour(6), [{ ...fraud("4", "5"), digest: digestOf("4") }])],
      [`7 changes[0].digest must be another one than that of '4' in record 4, got '${digestOf("4")}'`],
    ],
    [
      "a gate twice",
      [...fourth, begin(hour(6), [fraud("4", "5")], { gates: [...gatesWith(), gatesWith()[0]!] })],
      ["7 gates must name each gate once, got 'hold' twice"],
    ],
    [
      "gates without those that are always asked",
      [...fourth, begin(hour(6), [fraud("4", "5")], { gates: [{ gate: "hold", state: "passed", detail: "none" }] })],
      ["7 gates must have a verdict of signature and of approvals, got 'hold'"],
    ],
    [
      "gates of which none is asked",
      [...fourth, begin(hour(6), [fraud("4", "5")], { gates: gatesWith().map((each) => ({ ...each, state: "not required" })) })],
      ["7 gates must have one that is asked in prod, got only such that are not required"],
    ],
    [
      "a rollback of the platform without gates",
      [...adopted, begin(hour(3), [platform("a", "b")]), done(hour(4), 4), begin(hour(5), [platform("b", "a")], back)],
      ["6 gates must say what was asked, got none"],
    ],
    [
      "a rollback without a reason",
      [...fourth, begin(hour(6), [fraud("4", "3")], { operation: "rollback", gates: [] })],
      ["7 reason must say why, for a rollback, got nothing"],
    ],
    [
      "a rollback to what left long ago",
      [...fourth, begin(hour(6 + 31 * 24), [fraud("4", "3")], back)],
      [
        "7 changes[0].to must be a release that was there within 30 days, for a rollback, got '3', which was there until 2026-11-20T05:00:00Z",
      ],
    ],
    [
      "one person's approvals, counted twice",
      [...fourth, begin(hour(6), [fraud("4", "5")], { approvals: [approval(5), approval(5)] })],
      ["7 approvals[1].by must be another person for each approval of one change, got 'bob' again"],
    ],
    [
      "an approval of long ago",
      [...fourth, begin(hour(6 + 91 * 24), [fraud("4", "5")], { approvals: [approval(5)] })],
      ["7 approvals[0].time must be within 90 days of what it approves, 2027-02-19T06:00:00Z, got '2026-11-20T05:00:00Z'"],
    ],
  ])("%s", (_, drafts, problems) => {
    expect(problemsIn(...drafts)).toEqual(problems);
  });
});

describe("a clock that was wrong is told, and is no problem: nobody can write the record anew", () => {
  it.each<[string, Draft[], string[]]>([
    [
      "time that goes back",
      [...fourth, word(atMinute(-6), "hold"), word(hour(6), "resume")],
      [`7 '${atMinute(-6)}' is before the record before it, ${atMinute(0)}`],
    ],
    [
      "time that creeps back",
      [...fourth, word(atMinute(-4), "hold"), word(atMinute(-8), "resume")],
      [`8 '${atMinute(-8)}' is before the record before it, ${atMinute(0)}`],
    ],
    [
      "time that has not come, once",
      [...fourth, word("2030-01-01T00:00:00Z", "hold"), word(hour(6), "resume")],
      ["7 '2030-01-01T00:00:00Z' is in the future"],
    ],
  ])("%s", (_, drafts, clocks) => {
    const found = senseless(chained(...drafts), NOW);
    expect(found.problems).toEqual([]);
    expect(found.clocks.map(({ number, text }) => `${number} ${text}`)).toEqual(clocks);
  });
});

describe("a ledger", () => {
  it("takes no end of what was not begun, or has ended, and takes one whose beginning others have just written", async () => {
    const { url } = ledgerFolder();
    const [ledger, other] = [openLedger(url), openLedger(url)];
    await ledger.records("prod");
    await other.appendAfter(undefined, begin(hour(1), [fraud(null, "3")]));
    expect((await ledger.append(done(hour(2), 1))).number).toBe(2);
    for (const [draft, sentence] of [
      [done(hour(3), 1), "the record 'done' of prod: begin must be of what a process is at, got '1', which ended with record 2"],
      [failed(hour(3), 9, []), "the record 'failed' of prod: begin must be the number of a 'begin' before it, got '9'"],
      [stable(hour(3), 1, "4"), "the record 'stable' of prod: version must be '3', which record 1 brings, got '4'"],
      [{ ...done(hour(3), 1), seconds: -1 }, "the record 'done' of prod: seconds must be 0 or more, got '-1'"],
    ] as const) {
      const error = await ledger.append(draft as Parameters<typeof ledger.append>[0]).catch((caught: unknown) => caught);
      expect(pulumi.RunError.isInstance(error)).toBe(true);
      expect((error as Error).message).toBe(sentence);
    }
    const stopped = begin(hour(3), [fraud("3", "4")], { gates: [{ gate: "soak", state: "failed", detail: "1 h of 24 h" }] });
    await expect(ledger.appendAfter((await ledger.records("prod")).at(-1), stopped)).rejects.toThrow(
      "the record 'begin' of prod: gates[0].state must be passed for anything to begin, got 'failed'",
    );
    expect(await ledger.records("prod")).toHaveLength(2);
  });

  it("says at which record it makes no sense, and is read nevertheless", async () => {
    const { url } = ledgerFolder();
    const ledger = openLedger(url);
    const first = await ledger.appendAfter(undefined, begin(hour(1), [fraud(null, "3")]));
    await ledger.appendAfter(first, begin(hour(2), [platform(null, "2026.11.21-1")]));
    const { chains } = await openLedger(url).verify(NOW);
    expect(chains[2]!.problems).toEqual([
      "prod/00000002.json: kind must not be 'begin' before what record 1 began has ended, got 'promote'",
    ]);
    expect((await ledger.verify(new Date(hour(0)))).chains[2]!.notes[0]).toMatch(
      /^prod\/00000001\.json: '2026-11-20T01:00:00Z' is in the future: the clock of \S+ was wrong$/,
    );
    expect(await ledger.records("prod")).toHaveLength(2);
  });
});

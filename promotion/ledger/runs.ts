// What the records of an environment say about what runs there, and what ran there before.

import { layersOf } from "../subjects.ts";
import type { Approval, LedgerRecord, Operation, RecordOf } from "./record.ts";

/** A version of a subject in an environment, from when it came to when it went. */
export interface Run {
  subject: string;
  version: string;
  /** Digest of its release. */
  digest: string;
  operation: Operation;
  /** Number of the record that began it. */
  begin: number;
  /** Who asked for it, who approved it, and why. */
  by: string;
  approvals: readonly Approval[];
  reason?: string;
  /** When its layers were up. */
  since: string;
  /** When its measurements were good. @default - they are not yet, or it is the platform, of which nobody measures this */
  stable?: string;
  /** When and why its measurements threw it out. @default - they did not */
  thrownOut?: { time: string; why: string };
  /** When it was gone: another one was up and, of a model, stable. @default - it still runs */
  until?: string;
}

/**
 * Every run of the environment, in the order in which they came.
 *
 * A change is there when its promotion or rollback is `done`, and also when it `failed` after the layers of this subject were up. A
 * version that is thrown out gives the place back to the one before, which has served all the time.
 */
export function runsIn(records: readonly LedgerRecord[]): Run[] {
  const runs: Run[] = [];
  const begins = new Map<number, RecordOf<"begin">>();
  for (const record of records) {
    switch (record.kind) {
      case "begin":
        begins.set(record.number, record);
        break;
      case "done":
      case "failed":
        runs.push(...startedBy(record, begins.get(record.begin), runs));
        break;
      case "stable":
      case "thrown-out":
        judge(record, runs);
    }
  }
  return runs;
}

/** The runs that begin when an operation ends; those that they take the place of end. A version that runs already goes on. */
function startedBy(end: RecordOf<"done" | "failed">, begin: RecordOf<"begin"> | undefined, runs: readonly Run[]): Run[] {
  const isUp = (subject: string): boolean =>
    end.kind === "done" || layersOf([{ subject }]).every((layer) => end.layers.includes(layer));
  return (begin?.changes ?? []).flatMap(({ subject, to, digest }): Run[] => {
    const before = running(runs, subject);
    if (!isUp(subject) || before?.version === to) {
      return [];
    }
    if (before !== undefined) {
      before.until = end.time;
    }
    const { operation, number, owner, approvals, reason } = begin!;
    const why = reason === undefined ? {} : { reason };
    return [{ subject, version: to, digest, operation, begin: number, by: owner.who, approvals, ...why, since: end.time }];
  });
}

/** What measurements said of the version that runs. The one before served beside it until then. */
function judge(record: RecordOf<"stable" | "thrown-out">, runs: readonly Run[]): void {
  const own = running(runs, record.subject);
  if (own?.version !== record.version || own.begin > record.begin || own.stable !== undefined) {
    return;
  }
  const before = runs.findLast((each) => each.subject === record.subject && each.until === own.since);
  if (record.kind === "stable") {
    own.stable = record.time;
    if (before !== undefined) {
      before.until = record.time;
    }
    return;
  }
  own.thrownOut = { time: record.time, why: record.why };
  own.until = record.time;
  delete before?.until;
}

const running = (runs: readonly Run[], subject: string): Run | undefined =>
  runs.findLast((each) => each.subject === subject && each.until === undefined);

/** What each subject runs. */
export const runsNow = (records: readonly LedgerRecord[]): ReadonlyMap<string, Run> =>
  new Map(
    runsIn(records)
      .filter(({ until }) => until === undefined)
      .map((run) => [run.subject, run]),
  );

/** A version that has proved itself. */
export interface Stable {
  version: string;
  digest: string;
  /** When it last became stable. */
  since: string;
  /** When it was last there. @default - it runs now */
  until?: string;
}

/**
 * Versions of a subject that were stable, the one that was there last at the end. A version whose last run was thrown out is none. Nothing
 * measures the platform: it is stable once it is up.
 */
export function stableIn(records: readonly LedgerRecord[], subject: string): Stable[] {
  const found = new Map<string, Stable>();
  for (const run of runsIn(records).filter((each) => each.subject === subject)) {
    const time = subject === "platform" ? run.since : run.stable;
    if (time !== undefined || run.thrownOut !== undefined) {
      found.delete(run.version);
    }
    if (time !== undefined && run.thrownOut === undefined) {
      const { version, digest, until } = run;
      found.set(version, { version, digest, since: time, ...(until !== undefined && { until }) });
    }
  }
  const end = ({ until = "~" }: Stable): string => until;
  return [...found.values()].sort((one, other) => (end(one) < end(other) ? -1 : end(one) > end(other) ? 1 : 0));
}

/** Versions of a subject whose last run was thrown out, with why. */
export function thrownOut(records: readonly LedgerRecord[], subject: string): { version: string; time: string; why: string }[] {
  const last = new Map(
    runsIn(records)
      .filter((each) => each.subject === subject)
      .map((run) => [run.version, run]),
  );
  return [...last.values()].flatMap(({ version, thrownOut: out }) => (out === undefined ? [] : [{ version, ...out }]));
}

// What the records of an environment say about now: who holds it, and what a person forbids.

import type { LedgerRecord, Owner, RecordOf } from "./record.ts";

/** A `begin` that nothing has ended: nobody else may change the environment. */
export interface Holder {
  begin: RecordOf<"begin">;
  /** Who holds it: who began, or the last one who took over. */
  owner: Owner;
  /** Since when that one does. */
  since: string;
}

/** The `begin` that holds the environment. Of several, which no ledger has, the oldest. */
export function unfinished(records: readonly LedgerRecord[]): Holder | undefined {
  const open = new Map<number, Holder>();
  for (const record of records) {
    switch (record.kind) {
      case "begin":
        open.set(record.number, { begin: record, owner: record.owner, since: record.time });
        break;
      case "taken-over": {
        const holder = open.get(record.begin);
        if (holder !== undefined) {
          open.set(record.begin, { ...holder, owner: record.owner, since: record.time });
        }
        break;
      }
      case "done":
      case "failed":
        open.delete(record.begin);
    }
  }
  return open.values().next().value;
}

/** What forbids a change of a subject: of those that speak of it, or of all, the last word counts. */
export function holdOn(records: readonly LedgerRecord[], subject: string): RecordOf<"hold"> | undefined {
  const last = records.findLast((each) => isOnHold(each) && (each.subject === undefined || each.subject === subject));
  return last?.kind === "hold" ? last : undefined;
}

/** Every hold that still forbids something, oldest first. One of all forbids what nobody has resumed by its name since. */
export function heldSubjects(records: readonly LedgerRecord[]): RecordOf<"hold">[] {
  const words = records.filter(isOnHold);
  return words.filter((hold, at): hold is RecordOf<"hold"> => {
    const later = words.slice(at + 1);
    const isOver = later.some(({ subject }) => subject === undefined || subject === hold.subject);
    return hold.kind === "hold" && !isOver;
  });
}

const isOnHold = (record: LedgerRecord): record is RecordOf<"hold" | "resume"> =>
  record.kind === "hold" || record.kind === "resume";

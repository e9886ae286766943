// What the records of an environment say that a person forbids.

import type { LedgerRecord, RecordOf } from "./record.ts";

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

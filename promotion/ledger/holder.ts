// What the records of an environment say that a person forbids.

import type { LedgerRecord, RecordOf } from "./record.ts";

/** What forbids a change of a subject: of those that speak of it, or of all, the last word counts. */
export function holdOn(records: readonly LedgerRecord[], subject: string): RecordOf<"hold"> | undefined {
  const last = records.findLast((each) => isOnHold(each) && (each.subject === undefined || each.subject === subject));
  return last?.kind === "hold" ? last : undefined;
}

/** A hold that forbids something still. */
export interface Standing {
  hold: RecordOf<"hold">;
  /** Subjects that a hold of everything forbids no longer: each was resumed by its name. Empty for a hold of one subject. */
  except: string[];
}

/** Every hold that still forbids something, oldest first. */
export function standingHolds(records: readonly LedgerRecord[]): Standing[] {
  const words = records.filter(isOnHold);
  return words.flatMap((hold, at): Standing[] => {
    const later = words.slice(at + 1);
    if (hold.kind !== "hold" || later.some(({ subject }) => subject === undefined || subject === hold.subject)) {
      return [];
    }
    const named = [...new Set(hold.subject === undefined ? later.flatMap(({ subject }) => subject ?? []) : [])];
    return [{ hold, except: named.filter((subject) => holdOn(words, subject) === undefined) }];
  });
}

const isOnHold = (record: LedgerRecord): record is RecordOf<"hold" | "resume"> =>
  record.kind === "hold" || record.kind === "resume";

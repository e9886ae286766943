import type { Change, LedgerRecord, Owner } from "./ledger/record.ts";

export type Begin = Extract<LedgerRecord, { kind: "begin" }>;

/** What was begun in an environment and has not come to its end. */
export interface Open {
  begin: Begin;
  /** Process that is at it; absent where it has met a refusal and ended. */
  holder: Owner | undefined;
  /** Since when it is. */
  since: string;
  /** The refusal, in the words of whoever refused. */
  failure: string | undefined;
}

/**
 * Everything that was begun and has not ended, oldest first. A rollback ends what was begun of the same subjects.
 *
 * @param records those of an environment, oldest first.
 */
export function openIn(records: readonly LedgerRecord[]): Open[] {
  let open: Open[] = [];
  const change = (number: number, how: Partial<Open>): void => {
    open = open.map((each) => (each.begin.number === number ? { ...each, ...how } : each));
  };
  for (const record of records) {
    switch (record.kind) {
      case "begin":
        open = [
          ...open.filter(({ begin }) => !concernsOnly(begin, record.changes)),
          { begin: record, holder: record.owner, since: record.time, failure: undefined },
        ];
        break;
      case "taken-over":
        change(record.begin, { holder: record.owner, since: record.time, failure: undefined });
        break;
      case "failed":
        change(record.begin, { holder: undefined, failure: record.why });
        break;
      case "done":
        open = open.filter(({ begin }) => begin.number !== record.begin);
        break;
      default:
    }
  }
  return open;
}

/** Whether a beginning changes nothing but what others change too. */
export const concernsOnly = ({ changes }: Begin, others: readonly Change[]): boolean =>
  changes.every(({ subject }) => others.some((other) => other.subject === subject));

import type { LedgerRecord, Owner } from "./ledger/record.ts";
import type { Target } from "./target.ts";

/** Forbids changes of a subject, or of all, until somebody allows them again. A rollback is never forbidden. */
export const hold = (target: Target, subject: string | undefined, reason: string, owner: Owner): Promise<LedgerRecord> =>
  note(target, "hold", subject, reason, owner);

/** Allows them again. */
export const resume = (target: Target, subject: string | undefined, reason: string, owner: Owner): Promise<LedgerRecord> =>
  note(target, "resume", subject, reason, owner);

const note = (
  { environment, ledger }: Target,
  kind: "hold" | "resume",
  subject: string | undefined,
  reason: string,
  owner: Owner,
): Promise<LedgerRecord> =>
  ledger.append({ kind, environment, time: new Date().toISOString(), owner, reason, ...(subject !== undefined && { subject }) });

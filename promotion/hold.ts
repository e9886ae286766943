import * as pulumi from "@pulumi/pulumi";
import { holdOn, standingHolds } from "./ledger/holder.ts";
import type { LedgerRecord, Owner } from "./ledger/record.ts";
import { modelOf } from "./subjects.ts";
import type { Target } from "./target.ts";

/** What a person says of a subject, or of all where it is left out. */
interface Word {
  subject: string | undefined;
  reason: string;
  owner: Owner;
}

/** Forbids changes of a subject, or of all, until somebody allows them again. A rollback is never forbidden. */
export const hold = (target: Target, word: Word): Promise<LedgerRecord> => note(target, "hold", word);

/** Allows them again. One subject may be taken out of a hold of all. @throws {pulumi.RunError} when nothing of it is held. */
export async function resume(target: Target, word: Word): Promise<LedgerRecord> {
  const { environment, ledger } = target;
  const { subject } = word;
  const records = await ledger.records(environment);
  if (subject === undefined ? standingHolds(records).length === 0 : holdOn(records, subject) === undefined) {
    const what = subject === undefined ? "something" : `'${modelOf(subject) ?? subject}'`;
    throw new pulumi.RunError(
      `${what} must be held in ${environment} for it to be resumed, and it is not: npx millrace promote status shows what is`,
    );
  }
  return note(target, "resume", word);
}

const note = (
  { environment, ledger }: Target,
  kind: "hold" | "resume",
  { subject, reason, owner }: Word,
): Promise<LedgerRecord> =>
  ledger.append({ kind, environment, time: new Date().toISOString(), owner, reason, ...(subject !== undefined && { subject }) });

// Who changes an environment: the ledger's last word is the lock.

import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { printable } from "#stacks/wording";
import { LedgerMoved } from "./ledger/errors.ts";
import { holdOn } from "./ledger/holder.ts";
import type { Approval, Change, LedgerRecord, Operation, Owner, Verdict } from "./ledger/record.ts";
import type { Begin, Open } from "./open.ts";
import { isGone } from "./owner.ts";
import { nameOf } from "./subjects.ts";
import type { Target } from "./target.ts";

/** Somebody else is changing the environment. Nothing was changed. What others have written down is in its one line. */
export class Held extends Error {
  constructor(message: string) {
    super(printable(message));
  }
}

/** What a beginning says. */
interface Intent {
  operation: Operation;
  changes: readonly Change[];
  gates: readonly Verdict[];
  approvals: readonly Approval[];
  states: Begin["states"];
  program: string;
  owner: Owner;
  reason?: string;
}

/** Writes down who begins what. The place in the chain decides between two who begin at once. @throws {Held} when somebody was first. */
export async function beginning(target: Target, last: LedgerRecord | undefined, intent: Intent): Promise<Begin> {
  const { environment, ledger } = target;
  const { changes, gates, approvals, ...rest } = intent;
  try {
    const record = await ledger.appendAfter(last, {
      kind: "begin",
      environment,
      time: now(),
      changes: [...changes],
      gates: [...gates],
      approvals: [...approvals],
      ...rest,
    });
    return record as Begin;
  } catch (error) {
    if (error instanceof LedgerMoved) {
      throw new Held(heldBy(environment, error.record.owner, error.record.time));
    }
    throw error;
  }
}

/**
 * Goes on with what was begun and not ended: by a process that is gone, or that met a refusal.
 *
 * @throws {Held} when the process that began is not provably gone, or somebody else was first to go on.
 */
export async function takeOver(
  { environment, ledger, update }: Target,
  { begin, holder, since, failure }: Open,
  last: LedgerRecord | undefined,
  owner: Owner,
): Promise<LedgerRecord> {
  let why = failure ?? "";
  if (holder !== undefined) {
    const found = await isGone(holder, { since });
    if (!found.gone) {
      throw new Held(`${heldBy(environment, holder, since)}: ${found.why}`);
    }
    why = found.why;
  }
  update(`going on with what ${begin.owner.who} began at ${begin.time}: ${why}`);
  try {
    return await ledger.appendAfter(last, { kind: "taken-over", environment, time: now(), owner, begin: begin.number, why });
  } catch (error) {
    throw error instanceof LedgerMoved ? new Held(heldBy(environment, error.record.owner, error.record.time)) : error;
  }
}

const now = (): string => new Date().toISOString();

const heldBy = (environment: EnvironmentName, { who, job, host, pid }: Owner, since: string): string =>
  `${environment} is being changed by ${who} on ${job ?? `${host} (process ${pid})`} since ${since}`;

/** Gates are not asked again for what was begun; a person's word that came since counts. @throws {Held} when there is one. */
export function demandNoHold(records: readonly LedgerRecord[], changes: readonly Change[]): void {
  for (const { subject } of changes) {
    const hold = holdOn(records, subject);
    if (hold !== undefined) {
      throw new Held(`${hold.environment} is held by ${hold.owner.who} since ${hold.time}: ${hold.reason}`);
    }
  }
}

/** @throws {Held} when something else must be finished first. */
export function demandSame(
  environment: EnvironmentName,
  { begin, failure }: Open,
  changes: readonly Pick<Change, "subject" | "to">[],
): void {
  const text = (all: typeof changes): string => all.map(nameOf).sort().join();
  if (text(begin.changes) !== text(changes)) {
    throw new Held(
      `${environment} must be finished first, got another promotion: ${namesOf(begin.changes)} was begun at ${begin.time} by ${begin.owner.who}${failure === undefined ? "" : ` and failed (${failure})`}: npx millrace promote apply --to ${environment} goes on with it, npx millrace rollback <what> --env ${environment} --reason '<why>' ends it`,
    );
  }
}

export const namesOf = (changes: readonly Change[]): string => changes.map(nameOf).join(", ");

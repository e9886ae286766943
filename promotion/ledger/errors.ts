// What stops a ledger. Without imports of the ledger itself, so that the command line knows these errors before it reads one.

import { printable } from "#stacks/wording";
import { MachineError } from "#toolchain/errors";
import type { LedgerRecord } from "./record.ts";

/** A file of a ledger is not as it was written. */
export class LedgerBroken extends MachineError {
  /** One sentence a file: which one, which key, what it must be, and what it is. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      problems.join("\n"),
      "A ledger is only added to: compare it with a copy, and find out who changed it, before anything else is written.",
    );
    this.message = `${this.sentence}\n${this.remedy}`;
    this.problems = problems;
  }
}

/** Somebody else was first: their record has the place that ours was to have. */
export class LedgerMoved extends MachineError {
  /** The record that was first. */
  readonly record: LedgerRecord;

  constructor(record: LedgerRecord) {
    const { environment, number, kind, time, owner } = record;
    super(
      `${environment} has moved: ${printable(owner.who)} was first with record ${number} ('${kind}', ${time}).`,
      `Look at it with npx millrace audit --env ${environment}, and begin again.`,
    );
    this.record = record;
  }
}

// The restore drill: a database is brought back from its backups beside the live one, compared with it, and removed.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, compare, type Fingerprint, fingerprintIn } from "./fingerprint.ts";

/** Where backups of the database are, and what brings one back. */
export interface Backups {
  /**
   * Brings the database back, beside the live one, as it was at a whole second.
   *
   * @returns its host, once it takes connections.
   */
  restore(at: Date): Promise<string>;

  /** Removes what was brought back; nothing where nothing was. */
  remove(): Promise<void>;
}

/** What runs a program with the way to the database of a host. @default host - that of the live one */
export type RunProgram = (program: string, host?: string) => Promise<string>;

/** Reads a database, and changes nothing in it. */
export async function readDatabase(run: RunProgram, host?: string): Promise<Fingerprint> {
  return fingerprintIn(await run(readFileSync(join(import.meta.dirname, "fingerprint.py"), "utf8"), host));
}

/** What a drill has found. */
export interface Drilled extends Comparison {
  /** The moment to which the database was restored. */
  at: Date;
}

/**
 * Restores the database to a moment of now, and compares it with the live one.
 *
 * @param onStep called with each step that begins.
 * @throws what stops a step; what was restored is removed also then.
 */
export async function drill(run: RunProgram, backups: Backups, onStep: (step: string) => void): Promise<Drilled> {
  onStep("reading the live database");
  const before = await readDatabase(run);
  // Backups are restored to whole seconds.
  const at = new Date((Math.floor(before.at.getTime() / 1_000) + 1) * 1_000);
  let after = before;
  while (after.at <= at) {
    after = await readDatabase(run);
  }
  try {
    onStep(`restoring it as it was at ${at.toISOString()}`);
    const host = await backups.restore(at);
    onStep("reading the restored database");
    return { at, ...compare(before, await readDatabase(run, host), after) };
  } finally {
    onStep("removing the restored database");
    await backups.remove();
  }
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "#toolchain/process-table";

/** The processes that hold a rehearsal, by their pids outside of it. */
export type Role = "outer" | "unshare" | "inner";

/** What is known about a rehearsal from outside: enough to visit it and to end it, whatever happened to its processes. */
export interface RehearsalRecord {
  /** Environment that is rehearsed. */
  environment: string;

  /** `kept`: it outlives the command that began it. */
  state: "running" | "kept";

  /** Whether it lies in a user namespace, because it was begun without root. */
  userNamespace: boolean;

  /** `outer` is the command, `unshare` made the namespace, `inner` is the namespace's first process. */
  processes: Partial<Record<Role, ProcessIdentity>>;
}

const file = (folder: string) => join(folder, "rehearsal.json");

/** Reads the record of the rehearsal in that folder; `undefined` when it is missing or incomplete. */
export function readRecord(folder: string): RehearsalRecord | undefined {
  try {
    return JSON.parse(readFileSync(file(folder), "utf8")) as RehearsalRecord;
  } catch {
    return undefined;
  }
}

/** Writes it, all or nothing. */
export function writeRecord(folder: string, record: RehearsalRecord): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file(folder)}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file(folder)}.new`, file(folder));
}

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { IsolationError } from "#rehearsal/isolation/errors";
import { INSIDE } from "#rehearsal/isolation/inside";
import { carrying, killExactly, type ProcessIdentity, waitUntilGone } from "#rehearsal/isolation/process-table";
import { readRecord, type Role } from "#rehearsal/isolation/record";

/** What was there and is gone. */
export interface Removed {
  /** Processes that were ended. The kernel ended whatever ran below `inner`. */
  processes: { role: Role | "unrecorded"; pid: number }[];

  /** Whether there was a folder. */
  folder: boolean;
}

/**
 * Ends the rehearsal of that folder and removes the folder. Does nothing when there is none; may be called again at any time.
 * A process is ended only when its start time is the recorded one, so a pid that now belongs to somebody else is left alone.
 *
 * @throws {IsolationError} when a process does not end within 10 seconds.
 */
export async function takeDown(folder: string): Promise<Removed> {
  const processes: Removed["processes"] = [];
  const ended: ProcessIdentity[] = [];
  const end = (role: Role | "unrecorded", identity: ProcessIdentity) => {
    if (identity.pid === process.pid || !killExactly(identity)) return;
    ended.push(identity);
    processes.push({ role, pid: identity.pid });
  };

  for (const [role, identity] of Object.entries(readRecord(folder)?.processes ?? {})) end(role as Role, identity);
  await waitUntilGone(ended, 10);
  // Killed between its start and its record, a rehearsal is known only by the variable that it was started with.
  for (const identity of carrying(INSIDE, folder)) end("unrecorded", identity);

  const [left] = await waitUntilGone(ended, 10);
  if (left) {
    throw new IsolationError(
      `Process ${left.pid} of the rehearsal in ${folder} does not end.`,
      `Look at it with 'cat /proc/${left.pid}/stack' and try again.`,
    );
  }
  const existed = existsSync(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { processes, folder: existed };
}

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { carrying, isRunning, killExactly, type ProcessIdentity, waitUntilGone } from "#toolchain/process-table";
import { IsolationError } from "./errors.ts";
import { INSIDE } from "./inside.ts";
import { type Role, readRecord } from "./record.ts";

/** What was there and is gone. */
export interface Removed {
  /** Processes that were ended. The kernel ended whatever ran below `inner`. */
  processes: { role: Role | "unrecorded"; pid: number }[];

  /** Whether there was a folder. */
  folder: boolean;
}

/**
 * Ends the rehearsal of that folder and removes the folder. Does nothing when no rehearsal is there, so it may be called again at any time.
 * A process is ended only when its start time is the recorded one, so a pid that now belongs to somebody else is left alone.
 *
 * @throws {IsolationError} when a process does not end within 10 seconds.
 */
export async function takeDown(folder: string): Promise<Removed> {
  const processes: Removed["processes"] = [];
  const end = async (found: [Role | "unrecorded", ProcessIdentity][]): Promise<void> => {
    // Who is there is settled before the first one goes: the others may go with it.
    const running = found.filter(([, identity]) => identity.pid !== process.pid && isRunning(identity));
    for (const [role, identity] of running) {
      killExactly(identity);
      processes.push({ role, pid: identity.pid });
    }
    await refuseSurvivors(
      folder,
      running.map(([, identity]) => identity),
    );
  };

  await end(Object.entries(readRecord(folder)?.processes ?? {}) as [Role, ProcessIdentity][]);
  // Killed between its start and its record, a rehearsal is known only by the variable that it was started with.
  await end(carrying(INSIDE, folder).map((identity) => ["unrecorded", identity]));

  const existed = existsSync(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { processes, folder: existed };
}

async function refuseSurvivors(folder: string, ended: ProcessIdentity[]): Promise<void> {
  const [left] = await waitUntilGone(ended, 10);
  if (left) {
    throw new IsolationError(
      `Process ${left.pid} of the rehearsal in ${folder} does not end.`,
      `Look at it with 'cat /proc/${left.pid}/stack' and try again.`,
    );
  }
}

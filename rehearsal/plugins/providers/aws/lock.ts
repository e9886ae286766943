import { readlinkSync, symlinkSync, unlinkSync } from "node:fs";

/** A holder works for milliseconds, on a busy machine for seconds. */
const MOST_TRIES = 6_000;
const PAUSE_MS = 5;

/**
 * Runs a function while no other process has the lock: a link that names the process that holds it. The lock of a process that has
 * ended without giving it back is free.
 *
 * @param mostTries how often it tries to get the lock, every 5 ms
 * @throws {Error} when another process holds the lock all the time; the lock stays as it is.
 */
export function locked(lock: string, work: () => void, mostTries = MOST_TRIES): void {
  for (let tries = 1; !taken(lock); tries += 1) {
    if (tries >= mostTries) {
      throw new Error(`process ${holderOf(lock)} holds ${lock}: end it, or remove that file`);
    }
    freeOfDead(lock);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  try {
    work();
  } finally {
    unlinkSync(lock);
  }
}

/** A link is made at once with what it says; a file would be empty at first. */
function taken(lock: string): boolean {
  try {
    symlinkSync(String(process.pid), lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  }
}

/** One process at a time looks and removes, so that nobody removes the lock of the next holder. */
function freeOfDead(lock: string): void {
  const removal = `${lock}.removal`;
  if (!isHeldByDead(lock) || !taken(removal)) {
    return;
  }
  try {
    if (isHeldByDead(lock)) {
      unlinkSync(lock);
    }
  } finally {
    unlinkSync(removal);
  }
}

function isHeldByDead(lock: string): boolean {
  const holder = holderOf(lock);
  if (holder === undefined) {
    return false;
  }
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function holderOf(lock: string): number | undefined {
  try {
    return Number(readlinkSync(lock));
  } catch {
    return undefined;
  }
}

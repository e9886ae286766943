import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that cannot be mistaken for another one: a pid is used again, a pid with its start time is not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between the machine's start and the process's, from /proc/<pid>/stat (proc(5), field 22). */
  startTime: string;
}

/** The identity of a running process; `undefined` when no process has that pid. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = stat(pid);
  return fields && { pid, startTime: fields.startTime };
}

/** Whether exactly that process is still running; one that has ended and only waits for its parent is not. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Where a process is: `hidden` when there is one with its number whose start this user may not see (proc(5), `hidepid`). */
export function whereaboutsOf({ pid, startTime }: ProcessIdentity): "running" | "ended" | "hidden" {
  const fields = stat(pid);
  if (fields !== undefined || read(`/proc/${pid}/stat`) !== "") {
    return fields?.startTime === startTime ? "running" : "ended";
  }
  try {
    process.kill(pid, 0);
    return "hidden";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "ended" : "hidden";
  }
}

/** Kills the process if it is still the one that was recorded. Returns whether it was. */
export function killExactly(identity: ProcessIdentity): boolean {
  if (!isRunning(identity)) {
    return false;
  }
  try {
    process.kill(identity.pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Waits until all of the processes have ended. Returns those that are left after `seconds`. */
export async function waitUntilGone(identities: readonly ProcessIdentity[], seconds: number): Promise<ProcessIdentity[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const left = identities.filter(isRunning);
    if (left.length === 0 || Date.now() > deadline) {
      return left;
    }
    await sleep(20);
  }
}

/** The processes whose parent is `parent`. */
export function childrenOf(parent: number): ProcessIdentity[] {
  return pids().flatMap((pid) => {
    const fields = stat(pid);
    return fields?.parent === parent ? [{ pid, startTime: fields.startTime }] : [];
  });
}

/** Numbers of the processes that run a program of this name, whatever its folder. */
export const programsRunning = (name: string): number[] =>
  pids().filter((pid) => basename(read(`/proc/${pid}/cmdline`).split("\0", 1)[0] ?? "") === name);

/** The processes that were started with exactly this environment variable. Those of other users stay unseen. */
export function carrying(variable: string, value: string): ProcessIdentity[] {
  const wanted = `${variable}=${value}`;
  return pids().flatMap((pid) => {
    const identity = environment(pid).includes(wanted) ? identify(pid) : undefined;
    return identity ? [identity] : [];
  });
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function stat(pid: number): { parent: number; startTime: string } | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The command may hold blanks and brackets; whatever follows the last bracket are plain fields.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const startTime = rest[17];
  return state === undefined || state === "Z" || state === "X" || startTime === undefined
    ? undefined
    : { parent: Number(parent), startTime };
}

function environment(pid: number): string[] {
  return read(`/proc/${pid}/environ`).split("\0");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

// What a command is to be killed by, and how: told to every process of it in a variable.

import { readdirSync, readFileSync } from "node:fs";

/** Variable with the blow, as JSON. */
export const BLOW = "KILL_POINTS_BLOW";

/** A moment at which a command is killed. */
export interface Blow {
  /** `operation` of the provider, `link` of a record, `rename` of the pointer, or start of an `up`. */
  at: "operation" | "link" | "rename" | "up";
  /** The n-th of them. */
  number: number;
  /** Before it is done, or once it is done and nobody has been told. */
  when: "before" | "after";
  /** The whole session of the command, or the command line alone. */
  whom: "all" | "command line";
}

export const blowHere = (): Blow | undefined => {
  const text = process.env[BLOW];
  return text === undefined ? undefined : (JSON.parse(text) as Blow);
};

/** Kills, with SIGKILL, the session that this process is in, or the process that began it. */
export function strike({ whom }: Blow): void {
  const session = sessionOf("self")!;
  if (whom === "command line") {
    process.kill(session, "SIGKILL");
    return;
  }
  const others = membersOf(session).filter((pid) => pid !== process.pid);
  // Nobody may notice that another one is gone, and go on.
  for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
    others.forEach((pid) => send(pid, signal));
  }
  process.kill(process.pid, "SIGKILL");
}

/** Processes of a session that have not ended. */
export const membersOf = (session: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && sessionOf(name) === session)
    .map(Number);

/** Session of a process (proc(5), field 6 of `stat`); nothing where it has ended. */
function sessionOf(name: string): number | undefined {
  try {
    const [state = "", , , session] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    return /[ZX]/.test(state) ? undefined : Number(session);
  } catch {
    return undefined;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { isOutermost } from "#toolchain/machine";

/** What this machine knows of its processes. */
export interface Machine {
  hostname: string;
  now: Date;
  /** When it was started. */
  booted: Date;
  /** When each process began that has this id, here or in a namespace below this one. What has ended and only waits for its parent is gone. */
  begun(pid: number): Date[];
  /** Whether a process of the same host name may run where this one cannot see it. */
  blind: boolean;
}

/** This machine, as it is now. */
export const thisMachine = (): Machine => {
  const now = new Date();
  const booted = new Date(now.getTime() - uptime() * 1000);
  return {
    hostname: hostname(),
    now,
    booted,
    begun: existsSync("/proc/self/stat") ? (pid) => begunByProc(pid, booted) : begunByPs,
    blind: isBlind(),
  };
};

/** Namespace of names outside every container, as the kernel numbers it. */
const OUTERMOST_NAMES = "uts:[4026531838]";

/** A rehearsal has processes of its own and the host's name. Nobody outside it works on its state. */
const OF_REHEARSAL = "MILLRACE_REHEARSAL_ENDPOINT";

/** In a namespace of processes that shares the name of its host, a process outside it has the same host name and is not seen. */
function isBlind(): boolean {
  if (!existsSync("/proc/self/ns/pid") || process.env[OF_REHEARSAL] !== undefined) {
    return false;
  }
  return !isOutermost({ namespace: readlinkSync("/proc/self/ns/pid") }) && readlinkSync("/proc/self/ns/uts") === OUTERMOST_NAMES;
}

/** Units of a process's time in `/proc`; Linux has had this value on every machine. */
const TICKS_PER_SECOND = 100;

function begunByProc(pid: number, booted: Date): Date[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const status = textOf(`/proc/${name}/status`);
      // One number for each namespace that the process is in.
      const ids = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [name];
      if (!ids.includes(String(pid)) || /^State:\s*[ZX]/m.test(status)) {
        return [];
      }
      // The name of the program may contain anything; the fields come after its last bracket.
      const fields = textOf(`/proc/${name}/stat`).split(")").at(-1)?.trim().split(" ") ?? [];
      const ticks = Number(fields[19]);
      return Number.isFinite(ticks) ? [new Date(booted.getTime() + (ticks / TICKS_PER_SECOND) * 1000)] : [];
    });
}

function begunByPs(pid: number): Date[] {
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    return [new Date(text.trim())];
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It has just ended.
    return "";
  }
}

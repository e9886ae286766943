// Which machine this is, which start of it, and which process: so that another process can tell later whether this one is still there.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { identify, whereaboutsOf } from "./process-table.ts";

/** A machine between two of its starts, as far as it tells. */
export interface Machine {
  host: string;
  /** Digest of its own id. Systemd wants the id itself kept from strangers (machine-id(5)). */
  machine?: string;
  /** Identity of the running kernel; another one after each start. */
  boot?: string;
  /** Namespace of its process ids (Linux). */
  namespace?: string;
}

/** The machine that this process runs on. */
export function machineHere(): Machine {
  const values = process.platform === "linux" ? onLinux() : process.platform === "darwin" ? onMac() : {};
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return { host: hostname(), ...Object.fromEntries(known) };
}

function onLinux(): Record<string, string | undefined> {
  const id = read("/etc/machine-id") ?? read("/var/lib/dbus/machine-id");
  return {
    machine: digestOf(id),
    boot: read("/proc/sys/kernel/random/boot_id"),
    namespace: orNothing(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/** macOS gives each start a random id too, and has no containers of its own. */
function onMac(): Record<string, string | undefined> {
  const id = /"IOPlatformUUID" = "([^"]+)"/.exec(said("ioreg", "-rd1", "-c", "IOPlatformExpertDevice") ?? "")?.[1];
  return { machine: digestOf(id), boot: said("sysctl", "-n", "kern.bootsessionuuid") };
}

/** The namespace of processes outside every container (linux/include/linux/proc_ns.h, `PROC_PID_INIT_INO`). */
const OUTERMOST = "pid:[4026531836]";

/** Whether the machine is one itself, and no container on one: a container may have the name of another. */
export const isOutermost = ({ namespace }: { namespace?: string | undefined }): boolean =>
  namespace === undefined || namespace === OUTERMOST;

/** When a process of this machine began, as the machine counts; `undefined` when there is none, or the system does not tell. */
export const startOf = (pid: number): string | undefined =>
  process.platform === "linux" ? identify(pid)?.startTime : process.platform === "darwin" ? psStart(pid) : undefined;

/** Where a process of this machine is; `hidden` when it cannot be told. */
export function whereabouts(pid: number, started: string): "running" | "ended" | "hidden" {
  if (process.platform === "linux") {
    return whereaboutsOf({ pid, startTime: started });
  }
  // `ps` says nothing of a process that is not there, and then `ps` of ourselves says something.
  return psStart(process.pid) === undefined ? "hidden" : psStart(pid) === started ? "running" : "ended";
}

const psStart = (pid: number): string | undefined => said("ps", "-o", "lstart=", "-p", String(pid));

const digestOf = (id: string | undefined): string | undefined =>
  id && createHash("sha256").update(`millrace ${id}`).digest("hex").slice(0, 32);

const read = (file: string): string | undefined => orNothing(() => readFileSync(file, "utf8").trim() || undefined);

const said = (command: string, ...args: string[]): string | undefined =>
  orNothing(
    () =>
      execFileSync(command, args, {
        encoding: "utf8",
        env: { ...process.env, LC_ALL: "C" },
        stdio: ["ignore", "pipe", "ignore"],
      }).trim() || undefined,
  );

function orNothing<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

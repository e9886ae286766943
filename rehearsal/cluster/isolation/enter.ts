import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { takeDown } from "./down.ts";
import { IsolationError } from "./errors.ts";
import { INSIDE } from "./inside.ts";
import { LIFELINE_FD, Lifeline } from "./lifeline.ts";
import { type Isolation, probeIsolation, unshareArguments } from "./probe.ts";
import { childrenOf, identify, isRunning, killExactly, type ProcessIdentity } from "./process-table.ts";
import { type RehearsalRecord, readRecord, removeRecord, writeRecord } from "./record.ts";

export interface EnterOptions {
  /** Folder of this rehearsal: its record, its logs, everything it writes. What an earlier one left in it is removed. */
  folder: string;

  /** Environment that is rehearsed. */
  environment: string;

  /** Arguments for Node inside, beginning with the script: the same program as this one. */
  argv: readonly string[];

  /** Let the inside outlive this process, once it says that it is ready to be kept. @default false */
  keep?: boolean;
}

/**
 * Runs this program again in a network, process and mount namespace of its own and waits for its end.
 *
 * When the namespace's first process ends, for whatever reason, the kernel ends everything in it. It ends when the program
 * in it ends, and the program ends when this process is gone. So nothing can leak, not even by `kill -9`.
 * The first interrupt asks the inside to stop, the second one kills it.
 *
 * @returns the exit code of the inside; 0 as soon as it is ready to be kept.
 * @throws {IsolationError} when no namespace can be made, or a rehearsal is running in that folder.
 */
export async function enterNamespace({ folder, environment, argv, keep = false }: EnterOptions): Promise<number> {
  const isolation = probeIsolation();
  refuseSecond(folder, environment);
  await takeDown(folder);

  const child = startInside(isolation, folder, argv, keep);
  const ended = new Promise<number>((resolve) =>
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!])),
  );
  let reportKept: () => void = () => undefined;
  const kept = new Promise<"kept">((resolve) => (reportKept = () => resolve("kept")));
  const lifeline = new Lifeline(child.stdio[LIFELINE_FD] as Socket, {
    onWord: (word) => word === "kept" && reportKept(),
    onEnd: () => undefined,
  });

  const record: RehearsalRecord = { environment, state: "running", userNamespace: isolation.userNamespace, processes: {} };
  await recordProcesses(folder, record, child);
  const release = forwardInterrupts(lifeline, record);

  const outcome = await Promise.race([ended, kept]);
  release();
  if (outcome === "kept") {
    const { outer: _gone, ...processes } = record.processes;
    writeRecord(folder, { ...record, state: "kept", processes });
    letGo(child);
    return 0;
  }
  removeRecord(folder);
  return outcome;
}

function refuseSecond(folder: string, environment: string): void {
  const running = Object.values(readRecord(folder)?.processes ?? {}).some(isRunning);
  if (running) {
    throw new IsolationError(
      `A rehearsal of ${environment} is running already in ${folder}.`,
      `End it with 'millrace rehearse down ${environment}'.`,
    );
  }
}

function startInside(isolation: Isolation, folder: string, argv: readonly string[], keep: boolean): ChildProcess {
  // A shell as first process, because it reaps whatever loses its parent in there; Node does not.
  const program = ["sh", "-c", '"$@"; exit $?', "sh", process.execPath, ...process.execArgv, ...argv];
  // Whoever reads this command's output through a pipe waits until the last writer is gone, and a kept rehearsal stays.
  const output = keep && !process.stdout.isTTY ? "pipe" : "inherit";
  const child = spawn("unshare", [...unshareArguments(isolation), ...program], {
    env: { ...process.env, [INSIDE]: folder },
    // A session of its own: Ctrl-C reaches this process alone, which passes it on.
    detached: true,
    stdio: ["ignore", output, output, "pipe"],
  });
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  return child;
}

async function recordProcesses(folder: string, record: RehearsalRecord, child: ChildProcess): Promise<void> {
  const known = (pid: number | undefined): ProcessIdentity | undefined => (pid === undefined ? undefined : identify(pid));
  const note = (role: "outer" | "unshare" | "inner", identity: ProcessIdentity | undefined) => {
    if (identity) {
      record.processes[role] = identity;
    }
  };
  note("outer", known(process.pid));
  note("unshare", known(child.pid));
  writeRecord(folder, record);
  while (record.processes.inner === undefined && child.exitCode === null && child.signalCode === null) {
    note("inner", childrenOf(child.pid ?? -1)[0]);
    await sleep(10);
  }
  writeRecord(folder, record);
}

function forwardInterrupts(lifeline: Lifeline, record: RehearsalRecord): () => void {
  let asked = false;
  const onSignal = () => {
    const { inner } = record.processes;
    if (asked && inner) {
      killExactly(inner);
    } else {
      void lifeline.say("stop");
    }
    asked = true;
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  return () => signals.forEach((signal) => process.off(signal, onSignal));
}

/** Lets this process end while the child goes on. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.stdout?.destroy();
  child.stderr?.destroy();
  (child.stdio[LIFELINE_FD] as Socket).destroy();
}

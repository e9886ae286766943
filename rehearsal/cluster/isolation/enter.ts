import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { childrenOf, identify, isRunning, type ProcessIdentity } from "#toolchain/process-table";
import { takeDown } from "./down.ts";
import { IsolationError } from "./errors.ts";
import { INSIDE, variablesInside } from "./inside.ts";
import { LIFELINE_FD, Lifeline } from "./lifeline.ts";
import { type Isolation, probeIsolation, unshareArguments } from "./probe.ts";
import { type RehearsalRecord, readRecord, writeRecord } from "./record.ts";

export interface EnterOptions {
  /** Folder of this rehearsal: its record, its logs, everything it writes. What an earlier one left in it is removed. */
  folder: string;

  /** Environment that is rehearsed. */
  environment: string;

  /** Arguments for Node inside, beginning with the script: the same program as this one. */
  argv: readonly string[];

  /** Let the inside outlive this process, once it says that it is ready to be kept. @default false */
  keep?: boolean;

  /** Called when the inside is ready and waits; what it is given lets the inside go on. @default - it waits for ever */
  onReady?: (goOn: () => Promise<void>) => void;

  /** Ends everything inside at once, whatever it is doing. */
  signal: AbortSignal;
}

/**
 * Runs this program again in a network, process and mount namespace of its own, waits for its end and removes the folder.
 *
 * When the namespace's first process ends, for whatever reason, the kernel ends everything in it. It ends when the program
 * in it ends, and the program ends when this process is gone. So nothing can leak, not even by `kill -9`.
 *
 * @returns the exit code of the inside; `kept` as soon as it is ready to be kept: it and its folder then stay.
 * @throws {IsolationError} when no namespace can be made, or a rehearsal is running in that folder.
 * @throws the signal's reason when it was aborted; nothing is left then.
 */
export async function enterNamespace({
  folder,
  environment,
  argv,
  keep = false,
  onReady,
  signal,
}: EnterOptions): Promise<number | "kept"> {
  const isolation = probeIsolation();
  refuseSecond(folder, environment);
  await takeDown(folder);
  try {
    signal.throwIfAborted();
    const outcome = await live(startInside(isolation, folder, argv, keep), { folder, environment, isolation, onReady, signal });
    signal.throwIfAborted();
    if (outcome === "kept") {
      return outcome;
    }
    await takeDown(folder);
    return outcome;
  } catch (error) {
    await takeDown(folder);
    throw error;
  }
}

/** @throws {IsolationError} when a rehearsal is running in that folder, with the commands that go on from there. */
export function refuseSecond(folder: string, environment: string): void {
  const { processes = {} } = readRecord(folder) ?? {};
  if (Object.values(processes).some(isRunning)) {
    throw new IsolationError(
      `A rehearsal of ${environment} is up already.`,
      `Look around in it with 'npx millrace rehearse exec ${environment} -- bash', or end it with 'npx millrace rehearse down ${environment}'.`,
    );
  }
}

interface Life extends Pick<EnterOptions, "folder" | "environment" | "signal"> {
  isolation: Isolation;
  onReady: EnterOptions["onReady"] | undefined;
}

/** Follows the inside until it has ended or may be left alone. */
async function live(child: ChildProcess, { folder, environment, isolation, onReady, signal }: Life): Promise<number | "kept"> {
  const ended = new Promise<number>((resolve, reject) => {
    child.on("exit", (code, by) => resolve(code ?? 128 + constants.signals[by!]));
    child.on("error", reject);
  });
  const { promise: kept, resolve: reportKept } = Promise.withResolvers<"kept">();
  const lifeline = new Lifeline(child.stdio[LIFELINE_FD] as Socket, {
    onWord: (word) => (word === "kept" ? reportKept(word) : onReady?.(() => lifeline.say("on"))),
    onEnd: () => undefined,
  });
  const record: RehearsalRecord = { environment, state: "running", userNamespace: isolation.userNamespace, processes: {} };
  // With the process that made the namespace, the namespace goes.
  signal.addEventListener("abort", () => child.kill("SIGKILL"));
  await recordProcesses(folder, record, child);

  const outcome = await Promise.race([ended, kept]);
  if (signal.aborted) {
    return ended;
  }
  if (outcome === "kept") {
    const { outer: _gone, ...processes } = record.processes;
    writeRecord(folder, { ...record, state: "kept", processes });
    letGo(child);
  }
  return outcome;
}

function startInside(isolation: Isolation, folder: string, argv: readonly string[], keep: boolean): ChildProcess {
  // A shell as first process, because it reaps whatever loses its parent in there; Node does not.
  const program = ["sh", "-c", '"$@"; exit $?', "sh", process.execPath, ...process.execArgv, ...argv];
  // Whoever reads this command's output through a pipe waits until the last writer is gone, and a kept rehearsal stays.
  const output = keep && !process.stdout.isTTY ? "pipe" : "inherit";
  const child = spawn("unshare", [...unshareArguments(isolation), ...program], {
    env: { ...variablesInside(process.env), [INSIDE]: folder },
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

/** Lets this process end while the child goes on. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.stdout?.destroy();
  child.stderr?.destroy();
  (child.stdio[LIFELINE_FD] as Socket).destroy();
}

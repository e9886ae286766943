import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { childrenOf, isRunning } from "#toolchain/process-table";
import { IsolationError } from "./errors.ts";
import { INSIDE, variablesInside } from "./inside.ts";
import { readRecord } from "./record.ts";

export interface VisitOptions {
  /** Folder of the rehearsal. */
  folder: string;

  /** Folder in which the command begins. */
  directory: string;

  /** Command and its arguments. */
  command: readonly [string, ...string[]];
}

/**
 * Starts a command inside a rehearsal that is up: it sees the rehearsal's network, names and processes, and has the variables of
 * `<folder>/env.json` (KUBECONFIG and the like) beside this process's own.
 *
 * @param options variables that go before all others, and what `spawn` is told.
 * @returns a shell, whose one child is the command; it ends as the command ends.
 * @throws {IsolationError} when no rehearsal runs there.
 */
export function startVisit(
  { folder, directory, command }: VisitOptions,
  { env = {}, ...options }: Pick<SpawnOptions, "env" | "stdio" | "detached">,
): ChildProcess {
  const record = readRecord(folder);
  const inner = record?.processes.inner;
  if (record === undefined || inner === undefined || !isRunning(inner)) {
    throw new IsolationError(
      `No rehearsal is running in ${folder}.`,
      "Begin one with 'npx millrace rehearse <environment> --keep'.",
    );
  }
  // A working directory that nsenter opens outside cannot be found again from inside: the shell goes there afterwards. It waits for the
  // command, whatever signal it gets itself.
  const there = ["sh", "-c", 'cd "$1" && shift && trap : INT TERM HUP QUIT && "$@"', "sh", directory, ...command];
  return spawn("nsenter", [...nsenterArguments(inner.pid, record.userNamespace), "--", ...there], {
    env: { ...variablesInside(process.env), ...variables(folder), ...env },
    ...options,
  });
}

/**
 * Runs a command inside a rehearsal that is up, at this process's terminal.
 *
 * @returns the command's exit code.
 * @throws {IsolationError} when no rehearsal runs there.
 */
export async function visit(options: VisitOptions): Promise<number> {
  const { isTTY } = process.stdin;
  // A terminal sends its signals to everybody, and must know who is in its foreground. Elsewhere the command gets what this process gets.
  const child = startVisit(options, { stdio: "inherit", detached: !isTTY });
  passOn(isTTY ? ["SIGTERM", "SIGHUP"] : ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"], child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}

/**
 * Runs this program again inside a rehearsal that is up, with the same arguments; there `isInside()` holds.
 *
 * @returns its exit code.
 * @throws {IsolationError} when no rehearsal runs there.
 */
export function visitAgain(folder: string): Promise<number> {
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  return visit({ folder, directory: folder, command: ["env", `${INSIDE}=${folder}`, ...again] });
}

/** Lets the command, and not this process, decide what a signal means. */
function passOn(signals: readonly NodeJS.Signals[], shell: ChildProcess): void {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (signals.includes(signal)) {
        signalInside(shell, signal);
      }
    });
  }
}

/** Sends a signal to the command that a shell of `startVisit` waits for. */
export const signalInside = (shell: ChildProcess, signal: NodeJS.Signals): void =>
  childrenOf(shell.pid ?? -1).forEach(({ pid }) => process.kill(pid, signal));

/** Arguments with which `nsenter` enters the namespaces of a process. */
export function nsenterArguments(pid: number, userNamespace: boolean): string[] {
  // Without a process of nsenter's own between the shell and us. The shell's children are in the process table of the rehearsal.
  const spaces = ["--no-fork", "--net", "--pid", "--mount"];
  // The user is root in there already; changing ids again is refused where groups may not be set.
  return [`--target=${pid}`, ...(userNamespace ? ["--user", "--preserve-credentials"] : []), ...spaces];
}

function variables(folder: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(join(folder, "env.json"), "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}

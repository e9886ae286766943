import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { IsolationError } from "./errors.ts";
import { isRunning } from "./process-table.ts";
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
 * Runs a command inside a rehearsal that is up: it sees the rehearsal's network, names and processes, and has the variables of
 * `<folder>/env.json` (KUBECONFIG and the like) beside this process's own.
 *
 * @returns the command's exit code.
 * @throws {IsolationError} when no rehearsal runs there.
 */
export async function visit({ folder, directory, command }: VisitOptions): Promise<number> {
  const record = readRecord(folder);
  const inner = record?.processes.inner;
  if (record === undefined || inner === undefined || !isRunning(inner)) {
    throw new IsolationError(
      `No rehearsal is running in ${folder}.`,
      "Begin one with 'npx millrace rehearse <environment> --keep'.",
    );
  }
  // A working directory that nsenter opens outside cannot be found again from inside: the shell goes there afterwards.
  const there = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", directory, ...command];
  const child = spawn("nsenter", [...nsenterArguments(inner.pid, record.userNamespace), "--", ...there], {
    env: { ...process.env, ...variables(folder) },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
}

/** Arguments with which `nsenter` enters the namespaces of a process. */
export function nsenterArguments(pid: number, userNamespace: boolean): string[] {
  const spaces = ["--net", "--pid", "--mount"];
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

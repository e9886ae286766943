// Runs a program of this machine to its end.

import { spawn } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** How a command is run. */
export interface RunOptions {
  /** Folder it runs in. @default - this process's */
  cwd?: string;

  /** Its whole environment. @default - this process's */
  env?: NodeJS.ProcessEnv;

  /** Ends the command and its children when aborted. @default - never */
  signal?: AbortSignal | undefined;

  /** Milliseconds after which it is killed. @default - no limit */
  timeout?: number;

  /** Called with every line the command writes to its error stream. @default - nothing */
  onErrorLine?: (line: string) => void;
}

/** What a command answered; a command that could not be started has code -1. */
export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Milliseconds in which what a killed command has said still arrives. */
const LAST_WORDS_MS = 500;

/** Runs a command to its end and returns what it said; only an abort rejects. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Answer> {
  const { onErrorLine, signal, ...rest } = options;
  signal?.throwIfAborted();
  // In a group of its own where it may be ended: a compiler's children end with it.
  const child = spawn(command, args, { ...rest, stdio: ["ignore", "pipe", "pipe"], detached: signal !== undefined });
  const stop = () => child.pid !== undefined && process.kill(-child.pid, "SIGTERM");
  signal?.addEventListener("abort", stop, { once: true });

  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
  if (onErrorLine) {
    createInterface(child.stderr).on("line", onErrorLine);
  }

  const code = await new Promise<number>((resolve) => {
    child.on("error", (error) => {
      said.stderr += error.message;
      resolve(-1);
    });
    child.on("close", (exit) => resolve(exit ?? -1));
    // What was killed may leave a child that holds its output open: nobody waits for that one.
    child.on("exit", (exit, signalled) => signalled !== null && setTimeout(() => resolve(exit ?? -1), LAST_WORDS_MS));
  });
  child.stdout.destroy();
  child.stderr.destroy();
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  return { code, ...said };
}

/** The first executable file of that name in the given folders, those of PATH unless told otherwise. */
export async function which(name: string, folders = pathFolders()): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, name);
    if (await isExecutable(file)) {
      return file;
    }
  }
  return undefined;
}

/** The folders of PATH, in order. */
export function pathFolders(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** Whether the path names a file that may be executed. */
async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

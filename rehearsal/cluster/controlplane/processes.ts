import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { causeIn } from "#toolchain/causes";
import type { MachineError } from "#toolchain/errors";

/** A program that a rehearsal runs. */
export interface Process {
  /** Its name for people, and of its log file. */
  name: string;

  /** Program and arguments. */
  command: readonly string[];

  /** Variables beside those that it inherits. @default - none */
  env?: Readonly<Record<string, string>>;

  /** Whether it does its work by now; asked again until it says yes. */
  ready: () => Promise<boolean>;

  /** Seconds within which it must be ready. @default 60 */
  readyWithin?: number;
}

/** A process that ended or was not ready in time. */
export class ProcessError extends Error {
  /** Everything that the process said. */
  readonly log: string;

  constructor(message: string, log: string) {
    super(message);
    this.name = "ProcessError";
    this.log = log;
  }
}

interface Running {
  description: Process;
  child: ChildProcess;
  /** Why it could not be started. */
  notStarted?: string;
  /** Whether somebody has asked it to end. */
  stopped?: true;
  ended: Promise<void>;
}

/** The processes of one rehearsal, children of this one: the namespace ends them with it. */
export class Processes {
  readonly #folder: string;
  readonly #running = new Map<string, Running>();
  readonly #lost = new AbortController();

  /** @param folder - gets one log file a process. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Aborted with a {@link ProcessError} once a process has ended that nobody stopped: nothing that is measured afterwards means anything. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Starts a process and waits until it is ready. Returns the seconds that it took.
   *
   * @throws {ProcessError} with the end of its log when it ends before or is not ready in time.
   */
  async start(description: Process): Promise<number> {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const { name, ready, readyWithin = 60 } = description;
    const { child } = this.#spawn(description);
    for (let pause = 10; !(await ready()); pause = Math.min(pause * 1.5, 100)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw this.#failed(name, `${name} ended before it was ready`);
      }
      if (seconds() > readyWithin) {
        throw this.#failed(name, `${name} was not ready within ${readyWithin} s`);
      }
      await sleep(pause);
    }
    return seconds();
  }

  /** Starts a process that was started before and has ended or been stopped. */
  async restart(name: string): Promise<number> {
    const { description } = this.#get(name);
    await this.stop(name);
    return this.start(description);
  }

  /** Ends a process and waits for it. What it holds is thrown away with the rehearsal, so it is not asked to tidy up. */
  async stop(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const running = this.#get(name);
    running.stopped = true;
    running.child.kill(signal);
    await running.ended;
  }

  /** Ends all, the latest first. */
  async stopAll(): Promise<void> {
    for (const name of [...this.#running.keys()].reverse()) {
      await this.stop(name);
    }
    this.#running.clear();
  }

  /** Log file of a process. */
  log(name: string): string {
    return join(this.#folder, `${name}.log`);
  }

  /** Whether a process has written this text. */
  hasLogged(name: string, text: string): boolean {
    try {
      return readFileSync(this.log(name), "utf8").includes(text);
    } catch {
      return false;
    }
  }

  /** Resident memory in bytes, by process. */
  memory(): Record<string, number> {
    const running = [...this.#running].filter(([, { child }]) => child.exitCode === null && child.signalCode === null);
    return Object.fromEntries(running.map(([name, { child }]) => [name, residentBytes(child.pid ?? 0)]));
  }

  #spawn(description: Process): Running {
    const { name, command, env } = description;
    const [program, ...args] = command;
    if (program === undefined) {
      throw new Error(`${name} has no command`);
    }
    const log = openSync(this.log(name), "a");
    // One clock for all of them: most are linked statically and do not hear of a library that shows them another one (faketime).
    const { LD_PRELOAD: _, ...own } = process.env;
    const child = spawn(program, args, { cwd: this.#folder, env: { ...own, ...env }, stdio: ["ignore", log, log] });
    closeSync(log);
    const ended = new Promise<void>((resolve) => {
      child.on("error", ({ message }) => {
        running.notStarted = message;
        resolve();
      });
      child.on("exit", (code, signal) => {
        if (!running.stopped) {
          this.#lost.abort(this.#failed(name, `${name} ended by itself (${signal ?? `exit code ${code}`})`));
        }
        resolve();
      });
    });
    const running: Running = { description, child, ended };
    this.#running.set(name, running);
    return running;
  }

  #get(name: string): Running {
    const running = this.#running.get(name);
    if (!running) {
      throw new Error(`no process ${name} was started`);
    }
    return running;
  }

  /** What the machine lacks, by the logs of the processes that have ended by themselves. */
  cause(): MachineError | undefined {
    const ended = [...this.#running].filter(([, { child }]) => child.exitCode !== null || child.signalCode !== null);
    return ended.map(([name]) => causeIn(this.#said(name))).find((cause) => cause !== undefined);
  }

  /** What a process has said, and why it could not be started. */
  #said(name: string): string {
    return [this.#get(name).notStarted ?? "", readFileSync(this.log(name), "utf8").trimEnd()].join("\n").trim();
  }

  #failed(name: string, what: string): ProcessError {
    const said = this.#said(name);
    const why = causeIn(said)?.message ?? `\n${said.split("\n").slice(-8).join("\n")}`;
    return new ProcessError(`${what}. ${why}`.replace(" \n", "\n"), this.log(name));
  }
}

/** Resident memory of a process in bytes, 0 when it is gone. */
export function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Whether an address answers with success. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** A process that writes to a ledger. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(url: string, who: string) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, "worker-program.ts"), url, who], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const reader: Interface = createInterface(this.#child.stdout!);
    this.#lines = reader[Symbol.asyncIterator]();
  }

  static async start(url: string, who: string): Promise<Worker> {
    const worker = new Worker(url, who);
    await worker.#line();
    return worker;
  }

  /** Gives an order, and waits for the answer. */
  async ask(order: string): Promise<string> {
    this.#child.stdin!.write(`${order}\n`);
    return this.#line();
  }

  /** Kills the process as a machine would that loses its power, and returns every further line that it had said. */
  async kill(): Promise<string[]> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
    const rest: string[] = [];
    for (let line = await this.#lines.next(); line.done !== true; line = await this.#lines.next()) {
      rest.push(line.value);
    }
    return rest;
  }

  async #line(): Promise<string> {
    const line = await this.#lines.next();
    return line.done === true ? "(ended)" : line.value;
  }
}

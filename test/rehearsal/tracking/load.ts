// Clients that work with the tracking server while something happens to it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, SERVICE } from "#rehearsal/tracking/server";
import type { Ground } from "./ground.ts";

/** What clients were told, and what the server has of it. */
export interface Verified {
  /** Runs that a client has reported as finished. */
  finished: number;
  /** What the server lacks of them. */
  missing: string[];
  /** States of runs of which no client says that it has finished them. */
  others: string[];
  /** What clients could not do in spite of their retries. */
  failures: string[];
}

/** Four threads with MLflow's client. */
export class Load {
  readonly #ground: Ground;
  readonly #stop: string;
  readonly #finished: string;
  readonly #ended: Promise<string>;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#stop = join(ground.folder, "stop");
    this.#finished = join(ground.folder, "finished.jsonl");
    this.#ended = ground.client("load.py", "work", this.#stop, this.#finished);
  }

  /** Waits until some more runs are finished. */
  async progress(more: number): Promise<void> {
    const enough = this.#runs + more;
    while (this.#runs < enough) {
      // What ends early says why.
      await Promise.race([sleep(200), this.#ended.then(() => Promise.reject(new Error("the load has ended too early")))]);
    }
  }

  get #runs(): number {
    return existsSync(this.#finished) ? (readFileSync(this.#finished, "utf8").match(/"run"/g)?.length ?? 0) : 0;
  }

  /** Lets the threads end their runs, and reads all of them back. */
  async verified(): Promise<Verified> {
    writeFileSync(this.#stop, "");
    await this.#ended;
    return JSON.parse(await this.#ground.client("load.py", "verify", this.#finished)) as Verified;
  }
}

/** Asks the server at once, many times. @returns how often it answered with each status; 0 where nobody answered. */
export async function hammer(
  ground: Ground,
  { atOnce, each }: { atOnce: number; each: number },
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const client = async () => {
    for (let time = 0; time < each; time += 1) {
      const status = await statusOf(ground);
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return counts;
}

/** Status of a request that reads accounts, permissions and experiments; 0 where nobody answers. */
export const statusOf = ({ admin }: Ground): Promise<number> =>
  ask(SERVICE, admin, "GET", "/api/2.0/mlflow/experiments/search?max_results=10").then(
    ({ status }) => status,
    () => 0,
  );

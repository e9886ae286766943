import { Worker } from "node:worker_threads";
import type { Sticky } from "#components/serving/sticky";
import type { Sample } from "./sample.ts";

export interface LoadOptions {
  /** Where the gateway listens, `<address>:<port>`. */
  gateway: string;
  /** Host header: which model. */
  host: string;
  path: string;
  /** Bodies of the requests, JSON texts, one after the other. */
  bodies: readonly string[];
  /** Requests a second, whatever the answers do (open loop): users do not wait for each other. */
  rate: number;
  /** Header of an answer that says which version gave it. */
  versionHeader: string;
  /** Headers of every request besides. @default - none */
  headers?: Readonly<Record<string, string>>;
  /** What names the user, and how many users there are: they send one request after the other. @default - nobody is named */
  people?: { sticky: Sticky; count: number };
  /** Class of the row of each body; answers are MLflow's, chances of each class. @default - nobody looks at predictions */
  labels?: readonly number[];
}

/** Constant load on the gateway from a thread of its own, every answer kept. */
export class Load {
  readonly samples: Sample[] = [];
  readonly #worker: Worker;
  readonly #stopped: Promise<void>;

  constructor(options: LoadOptions) {
    this.#worker = new Worker(new URL("load-worker.ts", import.meta.url), { workerData: options });
    this.#worker.on("message", (batch: Sample[]) => this.samples.push(...batch));
    this.#stopped = new Promise((resolve, reject) => {
      this.#worker.once("exit", () => resolve());
      this.#worker.once("error", reject);
    });
  }

  /** Hands over the answers that have come since the last time, and forgets them. */
  take(): Sample[] {
    return this.samples.splice(0);
  }

  /** Sends no more, waits for what is under way. */
  async stop(): Promise<void> {
    this.#worker.postMessage("stop");
    await this.#stopped;
  }
}

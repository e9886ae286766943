import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { type EnterOptions, enterNamespace } from "../cluster/isolation/enter.ts";

/** Runs an environment in a namespace of its own until its end, and says when it waits. */
type Enter = (
  options: Pick<EnterOptions, "folder" | "environment" | "argv" | "keep" | "onReady" | "signal">,
) => Promise<number | "kept">;

export interface EnvironmentsOptions {
  folderOf: (environment: EnvironmentName) => string;
  /** Arguments for Node with which the inside of an environment is begun. */
  argvOf: (environment: EnvironmentName) => readonly string[];
  /** Leaves the environments up at the end. */
  keep: boolean;
  /** Ends all of them at once. */
  signal: AbortSignal;
  /** @default - a namespace */
  enter?: Enter;
}

interface Life {
  goOn: () => Promise<void>;
  ended: Promise<number | "kept">;
}

/** Environments side by side, each with a control plane, a network and a folder of its own. None outlives this process, unless it is kept. */
export class Environments {
  /** Rejects as soon as one of them ends before it was told to. */
  readonly lost: Promise<never>;
  readonly #options: EnvironmentsOptions;
  readonly #lives = new Map<EnvironmentName, Life>();
  readonly #all: Promise<unknown>[] = [];
  readonly #failed = new AbortController();
  readonly #lose: (error: Error) => void;

  constructor(options: EnvironmentsOptions) {
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.lost = promise;
    this.#lose = reject;
  }

  /**
   * Brings one up. @returns the seconds that it took.
   *
   * @throws {Error} when it does not come up. @throws the signal's reason when it was aborted.
   */
  async up(environment: EnvironmentName): Promise<number> {
    const { folderOf, argvOf, keep, signal, enter = enterNamespace } = this.#options;
    const began = performance.now();
    const { promise: ready, resolve: onReady } = Promise.withResolvers<() => Promise<void>>();
    const ended = enter({
      folder: folderOf(environment),
      environment,
      argv: argvOf(environment),
      keep,
      onReady,
      signal: AbortSignal.any([signal, this.#failed.signal]),
    });
    this.#all.push(ended);
    ended.then(
      (code) =>
        this.#lives.has(environment) &&
        this.#lose(new Error(`${environment} has ended by itself (${code}): its lines above say why`)),
      this.#lose,
    );
    const code = await Promise.race([ready, ended]);
    if (typeof code !== "function") {
      throw new Error(`${environment} must come up, it ended with ${code}: its lines above say why`);
    }
    this.#lives.set(environment, { goOn: code, ended });
    return (performance.now() - began) / 1000;
  }

  /** Lets one go on to its end: it is destroyed, or kept. @returns the seconds that it took. @throws {Error} when it does not end well. */
  async end(environment: EnvironmentName): Promise<number> {
    const began = performance.now();
    const life = this.#lives.get(environment);
    this.#lives.delete(environment);
    await life?.goOn();
    const code = await life?.ended;
    if (code !== 0 && code !== "kept") {
      throw new Error(`${environment} must be destroyed, it ended with ${code}: its lines above say why`);
    }
    return (performance.now() - began) / 1000;
  }

  /** Ends all of them at once, whatever they are doing; nothing of them is left afterwards. */
  async kill(): Promise<void> {
    this.#failed.abort(new Error("another environment has failed"));
    await Promise.allSettled(this.#all);
  }
}

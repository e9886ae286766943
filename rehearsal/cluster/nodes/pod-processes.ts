import { type ContainerState, PodProcess, type PodProcessOptions } from "./pod-process.ts";

/** A container that runs as a process. */
export type Played = Pick<PodProcessOptions, "container" | "command" | "log">;

export interface PodProcessesOptions extends Pick<PodProcessOptions, "restartPolicy" | "ip" | "onChange"> {
  /** Containers that prepare the others, one after the other. */
  init: readonly Played[];

  /** Containers that run side by side. */
  main: readonly Played[];

  /** Called when all have ended and none will be started again. @default - nothing */
  onEnd?: (() => void) | undefined;
}

/** The containers of one pod that run as processes, in the order of a kubelet. */
export class PodProcesses {
  readonly #init: readonly PodProcess[];
  readonly #main: readonly PodProcess[];
  readonly #onEnd: () => void;
  readonly #states: ReadonlyMap<string, Readonly<ContainerState>>;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor({ init, main, restartPolicy, onEnd, ...rest }: PodProcessesOptions) {
    const each = (policy: PodProcessOptions["restartPolicy"]) => (played: Played) =>
      new PodProcess({ ...rest, ...played, restartPolicy: policy });
    this.#init = init.map(each(restartPolicy === "Never" ? "Never" : "OnFailure"));
    this.#main = main.map(each(restartPolicy));
    this.#onEnd = onEnd ?? (() => undefined);
    const names = [...init, ...main].map(({ container }) => String(container.name));
    this.#states = new Map([...this.#init, ...this.#main].map(({ state }, index) => [names[index]!, state]));
  }

  /** What the status of the pod says about each, by the container's name. */
  get states(): ReadonlyMap<string, Readonly<ContainerState>> {
    return this.#states;
  }

  /** Whether the containers that prepare the others are done. */
  get prepared(): boolean {
    return this.#init.every(({ outcome }) => outcome === "Succeeded");
  }

  /** How the pod ended; nothing while one of them runs or will be started again. */
  get outcome(): "Succeeded" | "Failed" | undefined {
    const outcomes = [...this.#init, ...this.#main].map(({ outcome }) => outcome);
    const failed = this.#init.some(({ outcome }) => outcome === "Failed");
    return failed || !outcomes.includes(undefined) ? (outcomes.includes("Failed") ? "Failed" : "Succeeded") : undefined;
  }

  /** Numbers of the processes that run now. */
  get pids(): number[] {
    return [...this.#states.values()].flatMap(({ pid }) => pid ?? []);
  }

  start(): void {
    this.#ended = this.#live().finally(this.#onEnd);
  }

  /** Stops all as a kubelet does, each with the grace period. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#init, ...this.#main].map((process) => process.stop(graceSeconds)));
    await this.#ended;
  }

  async #live(): Promise<void> {
    for (const process of this.#init) {
      process.start();
      await process.ended;
      if (this.#stopped || process.outcome !== "Succeeded") {
        return;
      }
    }
    for (const process of this.#main) {
      process.start();
    }
    await Promise.all(this.#main.map(({ ended }) => ended));
  }
}

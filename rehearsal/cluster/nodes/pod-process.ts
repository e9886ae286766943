import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../controlplane/kube.ts";
import { hurry, standingBack } from "./priority.ts";
import { ask, type ProbeTiming, timing } from "./probe.ts";

/** What is run for a container. */
export interface Command {
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
}

export interface PodProcessOptions {
  /** When it is started again: the pod's own rule, or that of a container that prepares the others. */
  restartPolicy: "Always" | "OnFailure" | "Never";

  /** The container that the process stands for. */
  container: Json;

  /** Address that the process listens on. */
  ip: string;

  /** File that gets what the process says. */
  log: string;

  /** Makes the command, before each start. A rejection is tried again: a Secret may come later. */
  command: () => Promise<Command>;

  /** Called whenever anything changed that the pod's status shows. */
  onChange: () => void;
}

/** What the status of a pod says about the container. */
export interface ContainerState {
  ready: boolean;
  started: boolean;
  restarts: number;
  pid: number | undefined;
  /** `running`, `waiting` or `terminated`, as the API has them. */
  state: Json;
}

/** Restart back-off, shortened: a kubelet begins with 10 s and ends with 5 minutes. */
const BACK_OFF = { firstMs: 500, lastMs: 10_000 };

/** Until a container is ready, it is probed more often than its probe says: the rehearsal does not wait for the next full period. */
const EAGER_MS = 250;

/** One container as one local process: started, probed, started again when it ends, stopped with its grace period. */
export class PodProcess {
  readonly #options: PodProcessOptions;
  readonly #state: ContainerState = {
    ready: false,
    started: false,
    restarts: 0,
    pid: undefined,
    state: waiting("ContainerCreating"),
  };
  readonly #stop = new AbortController();
  #child: ChildProcess | undefined;
  #outcome: "Succeeded" | "Failed" | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: PodProcessOptions) {
    this.#options = options;
  }

  get state(): Readonly<ContainerState> {
    return this.#state;
  }

  /** How the pod ended; nothing while it runs or will be started again. */
  get outcome(): "Succeeded" | "Failed" | undefined {
    return this.#outcome;
  }

  /** Settled when it has ended and will not be started again. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  start(): void {
    this.#ended = this.#live();
  }

  /** The `preStop` pause, SIGTERM, and SIGKILL at the end of the grace period: what a kubelet does. */
  async stop(graceSeconds: number): Promise<void> {
    const deadline = Date.now() + graceSeconds * 1000;
    const pause: number = this.#options.container.lifecycle?.preStop?.sleep?.seconds ?? 0;
    await sleep(Math.min(pause, graceSeconds) * 1000);
    this.#stop.abort();
    this.#child?.kill("SIGTERM");
    const killer = setTimeout(() => this.#child?.kill("SIGKILL"), Math.max(0, deadline - Date.now()));
    await this.#ended;
    clearTimeout(killer);
  }

  async #live(): Promise<void> {
    const { restartPolicy: policy } = this.#options;
    while (!this.#stop.signal.aborted) {
      const command = await this.#options.command().catch((error: Error) => error);
      if (command instanceof Error) {
        this.#change({ state: waiting("CreateContainerConfigError", command.message) });
        await this.#pause(1000);
        continue;
      }
      const exitCode = await this.#run(command);
      if (this.#stop.signal.aborted) {
        return;
      }
      if (policy === "Never" || (policy === "OnFailure" && exitCode === 0)) {
        this.#outcome = exitCode === 0 ? "Succeeded" : "Failed";
        this.#options.onChange();
        return;
      }
      this.#change({ restarts: this.#state.restarts + 1, state: waiting("CrashLoopBackOff", `exit code ${exitCode}`) });
      await this.#pause(Math.min(BACK_OFF.lastMs, BACK_OFF.firstMs * 2 ** (this.#state.restarts - 1)));
    }
  }

  async #run({ argv, env }: Command): Promise<number> {
    const log = openSync(this.#options.log, "a");
    const [program = "", ...args] = this.#options.container.readinessProbe ? standingBack(argv) : argv;
    // In a group of its own: what it has started ends with it, as in a container.
    const child = spawn(program, args, { env: { ...env }, stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    this.#child = child;
    const exit = once(child, "exit").then(
      ([code, signal]) => (code as number | null) ?? (signal === "SIGKILL" ? 137 : 143),
      () => 127,
    );
    const startedAt = new Date().toISOString();
    this.#change({ pid: child.pid, state: { running: { startedAt } } });
    const probing = new AbortController();
    const probes = this.#probe(child, probing.signal);
    const exitCode = await exit;
    endGroup(child.pid);
    probing.abort();
    await probes;
    this.#child = undefined;
    const terminated = {
      exitCode,
      startedAt,
      finishedAt: new Date().toISOString(),
      reason: exitCode === 0 ? "Completed" : "Error",
    };
    this.#change({ ready: false, started: false, pid: undefined, state: { terminated } });
    return exitCode;
  }

  async #probe(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } = this.#options.container as { [name: string]: Json | undefined };
    if (startupProbe && !(await this.#startUp(startupProbe, signal))) {
      return void child.kill("SIGKILL");
    }
    if (signal.aborted) {
      return;
    }
    this.#change({ started: true, ready: readinessProbe === undefined });
    await Promise.all([
      readinessProbe && this.#askReady(readinessProbe, signal),
      livenessProbe && this.#repeat(livenessProbe, signal, timing(livenessProbe), (alive) => alive || child.kill("SIGKILL")),
    ]);
  }

  /** Whether the container is up before its startup probe gives up. */
  async #startUp(probe: Json, signal: AbortSignal): Promise<boolean> {
    const { delay, period, failureThreshold } = timing(probe);
    const deadline = Date.now() + delay + period * failureThreshold;
    while (!signal.aborted) {
      if (await this.#ask(probe)) {
        return true;
      }
      if (Date.now() > deadline) {
        return false;
      }
      await pause(Math.min(EAGER_MS, period), signal);
    }
    return true;
  }

  async #askReady(probe: Json, signal: AbortSignal): Promise<void> {
    const own = timing(probe);
    const pace = () => (this.#state.ready ? own.period : Math.min(EAGER_MS, own.period));
    const timed = {
      delay: Math.min(own.delay, EAGER_MS),
      failureThreshold: own.failureThreshold,
      get period() {
        return pace();
      },
    };
    await this.#repeat(probe, signal, timed, (ready) => ready !== this.#state.ready && this.#change({ ready }));
  }

  /** Asks for ever, and tells each verdict: yes at once, no after as many failures as the probe allows. */
  async #repeat(probe: Json, signal: AbortSignal, timed: ProbeTiming, verdict: (ok: boolean) => unknown): Promise<void> {
    await pause(timed.delay, signal);
    let failures = 0;
    while (!signal.aborted) {
      const ok = await this.#ask(probe);
      if (signal.aborted) {
        return;
      }
      failures = ok ? 0 : failures + 1;
      if (ok) {
        verdict(true);
      } else if (failures >= timed.failureThreshold) {
        verdict(false);
      }
      await pause(timed.period, signal);
    }
  }

  #ask(probe: Json): Promise<boolean> {
    return ask(probe, this.#options.container, this.#options.ip);
  }

  #pause(milliseconds: number): Promise<void> {
    return pause(milliseconds, this.#stop.signal);
  }

  #change(change: Partial<ContainerState>): void {
    Object.assign(this.#state, change);
    if (change.ready) {
      hurry(this.#child?.pid ?? -1);
    }
    this.#options.onChange();
  }
}

/** Ends what a process has left behind in its group. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing is left.
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined);

const waiting = (reason: string, message?: string): Json => ({ waiting: { reason, ...(message !== undefined && { message }) } });

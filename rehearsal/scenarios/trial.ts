import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { servingNames } from "#components/serving/names";
import { PROJECT_FOLDER } from "#engine/project";
import { pointAt } from "#promotion/releases/write";
import { readPointer } from "#stacks/inputs/releases/read";
import { run } from "#toolchain/command";
import { weightsOf } from "../models.ts";
import type { ReleaseResult } from "../outcome.ts";
import { readChanges, writeChanges } from "../program/changes.ts";
import { untilAtRest } from "../served.ts";
import { Load, type LoadOptions } from "../traffic/load.ts";
import { loadOn, RATE, resultOf } from "../traffic/release.ts";
import type { Sample } from "../traffic/sample.ts";
import { Timeline } from "../traffic/timeline.ts";
import { type Declared, declaring, type NewVersion, nextVersion, prepareNext } from "./new-version.ts";
import type { Stage } from "./stage.ts";

/** How users send their requests, and whether their answers are looked at. */
type Users = Pick<LoadOptions, "headers" | "people" | "labels">;

export interface TrialOptions extends NewVersion, Declared {
  /** One that has been released already. @default - a new one */
  version?: string;
  /** Requests a second; 0 for no users at first. @default 250 */
  rate?: number;
  /** How users send their requests. @default - all alike */
  users?: Users;
  /** What happens once users are there, before the release. @default - nothing */
  prepare?: (trial: Trial) => Promise<void> | void;
}

/** A version that is released under load, and what is seen of it. */
export class Trial {
  readonly version: string;
  readonly timeline: Timeline;
  readonly samples: Sample[] = [];
  /** When it was asked for, milliseconds since the epoch. */
  began = 0;
  readonly #stage: Stage;
  /** Version that ran before. */
  readonly #before: string;
  readonly #loads: Load[] = [];

  private constructor(stage: Stage, version: string, before: string) {
    this.#stage = stage;
    this.version = version;
    this.#before = before;
    this.timeline = new Timeline(
      stage.cluster.kube,
      servingNames(stage.served.model, stage.served.namespace),
      stage.cluster.ended,
    );
  }

  /**
   * Releases a version under load, and lets something happen. Afterwards the environment runs what was stable before, unless the
   * new version has been promoted.
   */
  static async of<Result>(stage: Stage, options: TrialOptions, during: (trial: Trial) => Promise<Result>): Promise<Result> {
    const { rate = RATE, users = {}, prepare } = options;
    const before = readPointer(stage.environment, stage.workspace.releases).models[stage.served.model]!;
    const trial = new Trial(stage, options.version ?? nextVersion(stage), before);
    const changes = readChanges(stage.workspace.project);
    let result: Result;
    try {
      writeChanges(stage.workspace.project, declaring(changes, stage.served.model, options));
      if (options.version === undefined) {
        await prepareNext(stage, trial.version, options);
      }
      if (rate > 0) {
        trial.send(rate, users);
      }
      await prepare?.(trial);
      await trial.release();
      result = await during(trial);
    } catch (error) {
      // As it is, for the report: to bring the version before back could fail too, and hide why.
      await trial.stop();
      trial.timeline.stop();
      if (!trial.done) {
        // The next version is released over the one that runs.
        pointAt(stage.environment, stage.served.model, before, stage.workspace.releases);
      }
      throw error;
    } finally {
      writeChanges(stage.workspace.project, changes);
    }
    await trial.#end();
    return result;
  }

  /** Begins to send requests. */
  send(rate = RATE, users: Users = {}): Load {
    const load = new Load({ ...loadOn(this.#stage.served, rate), ...users });
    this.#loads.push(load);
    return load;
  }

  /** Makes the environment run the version, and brings it up: `pulumi up`. */
  async release(version: string = this.version): Promise<void> {
    const { served, workspace, environment } = this.#stage;
    this.began = Date.now();
    pointAt(environment, served.model, version, workspace.releases);
    await workspace.engine.up(`workloads-${environment}`);
  }

  /** Waits for something. @param seconds at most. @throws {Error} when it does not come. */
  async until(what: string, seconds: number, holds: () => boolean): Promise<void> {
    const { update } = this.#stage;
    for (const deadline = Date.now() + seconds * 1_000; !holds(); await sleep(50)) {
      const { phase = "starting", message = "" } = this.timeline.rollout["status"] ?? {};
      update(`v${this.version}, waiting for ${what}: ${phase} ${message}`);
      if (Date.now() > deadline) {
        throw new Error(`waited ${seconds} s for ${what}; the release is ${phase}: ${message}`);
      }
    }
  }

  /** Waits until the new version has so much of the traffic, percent. */
  untilWeight(weight: number): Promise<void> {
    return this.until(`a share of ${weight} %`, 120, () => {
      this.#refuseEnd(this.version);
      return this.timeline.weightsSince(this.began).some((each) => each.weight >= weight);
    });
  }

  /** Whether the release waits for a person: at a step without a time, or because it could not decide. */
  get waits(): boolean {
    const { status = {}, spec } = this.timeline.rollout;
    const { pauseConditions, currentStepIndex = 0 } = status as {
      pauseConditions?: { reason: string }[];
      currentStepIndex?: number;
    };
    const step = spec?.strategy?.canary?.steps?.[currentStepIndex] ?? {};
    return (pauseConditions ?? []).some(
      ({ reason }) => reason === "InconclusiveAnalysisRun" || ("pause" in step && step.pause.duration === undefined),
    );
  }

  /** Whether the version that was asked for last has been taken back. */
  get aborted(): boolean {
    return this.timeline.abortedSince(this.began) !== undefined;
  }

  /** Whether the version that was asked for last has all traffic, and the controller is done. */
  get done(): boolean {
    return this.#started && this.timeline.healthy;
  }

  /**
   * Waits until a version has taken over.
   *
   * @param afterSeconds how long users go on then: until the old pods are stopped, where they are to be seen stopping.
   * @throws {Error} when it is taken back instead.
   */
  async untilPromoted(version: string = this.version, afterSeconds = 1): Promise<ReleaseResult> {
    const { served } = this.#stage;
    await this.until("its promotion", 120 + 30 * weightsOf(served.model).length, () => {
      this.#refuseEnd(version);
      return this.done;
    });
    return this.#result("good", version, afterSeconds);
  }

  /** Waits until its measurements, or a person, have taken it back. */
  async untilThrownOut(): Promise<ReleaseResult> {
    await this.until("its end", 200, () => this.#started && this.aborted);
    return this.#result("bad", this.version, 4);
  }

  /** @throws {Error} when a version that should go on has been taken back. */
  #refuseEnd(version: string): void {
    if (this.#started && this.aborted) {
      throw new Error(`version ${version} must be promoted, it was taken back: ${this.timeline.rollout["status"].message}`);
    }
  }

  /** Whether it has had users. */
  get #started(): boolean {
    return this.timeline.weightsSince(this.began).some(({ weight }) => weight > 0);
  }

  async #result(kind: "good" | "bad", version: string, afterSeconds: number): Promise<ReleaseResult> {
    const ended = Date.now();
    await sleep(afterSeconds * 1_000);
    const { served, outcome } = this.#stage;
    const samples = await this.stop();
    const options = { served, version, kind };
    const result = resultOf({ options, samples, timeline: this.timeline, began: this.began, ended });
    outcome.releases.push(result);
    return result;
  }

  /** `millrace serve promote` or `abort`, as a person types it. */
  async serve(act: "promote" | "abort", reason: string): Promise<void> {
    const { served, environment } = this.#stage;
    await this.millrace("serve", act, served.model, "--env", environment, "--reason", reason, "--yes");
  }

  /** Runs the command line as a person would. @returns what it printed. @throws {Error} when it does not end with 0. */
  async millrace(...words: string[]): Promise<string> {
    const env = { ...process.env, ...this.#stage.workspace.environment };
    const { code, stdout, stderr } = await run(process.execPath, [join(PROJECT_FOLDER, "cli", "millrace.mjs"), ...words], {
      env,
    });
    if (code !== 0) {
      throw new Error(`millrace ${words.join(" ")} must end with 0, it ended with ${code}: ${stderr.trim()}`);
    }
    return stdout;
  }

  /** Every request that has been answered so far. */
  get seen(): Sample[] {
    return [...this.samples, ...this.#loads.flatMap(({ samples }) => samples)];
  }

  /** Ends the traffic. @returns every request. */
  async stop(): Promise<Sample[]> {
    await Promise.all(this.#loads.map((load) => load.stop()));
    this.samples.push(...this.#loads.splice(0).flatMap((load) => load.take()));
    return this.samples;
  }

  /** Makes the environment run the version before, and waits until it does. */
  async back(): Promise<void> {
    await this.release(this.#before);
    await untilAtRest(this.#stage.cluster.kube, this.#stage.served, 240);
  }

  async #end(): Promise<void> {
    const { served, workspace, environment } = this.#stage;
    await this.stop();
    this.timeline.stop();
    if (readPointer(environment, workspace.releases).models[served.model] === this.#before || this.done) {
      return;
    }
    if (!this.aborted) {
      await this.serve("abort", "the trial ends");
    }
    // The version before has all users: what is released next is released over it.
    pointAt(environment, served.model, this.#before, workspace.releases);
  }
}

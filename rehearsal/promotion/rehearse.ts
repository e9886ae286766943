import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import type { Outcome } from "../outcome.ts";
import { Environments, type EnvironmentsOptions } from "./environments.ts";
import type { Part, PromotionOutcome } from "./outcome.ts";
import { ShellRunner } from "./runner.ts";
import { StepFailed, Story, type StoryScreen } from "./scene.ts";
import { type Shared, type Train, Workplace } from "./shared.ts";
import { tell } from "./story.ts";

export interface PromotionOptions extends Omit<EnvironmentsOptions, "enter"> {
  shared: Shared;
  /** How many rollbacks are timed. */
  rollbacks: number;
  train: Train;
  /** Folder of all rehearsals. */
  home: string;
  /** Report of an environment; JSON is beside it. */
  reportOf: (environment: EnvironmentName) => string;
  /** Where the logs of a story that failed are kept. */
  logs: string;
  screen: StoryScreen;
  /** Tells what happens between the steps. */
  say: (text: string) => void;
}

/**
 * Brings dev, staging and prod up side by side, tells the story of a promotion in them, and destroys them.
 *
 * @throws the signal's reason when it was aborted; nothing is left then.
 */
export async function rehearsePromotion(options: PromotionOptions): Promise<PromotionOutcome> {
  const { shared, home, folderOf, keep, logs, signal, screen, say } = options;
  const runner = new ShellRunner({ shared, folderOf, signal });
  const story = new Story(runner, screen);
  const environments = new Environments(options);
  const parts = ENVIRONMENTS.map((environment): Part => ({ environment, phases: [] }));
  const outcome: PromotionOutcome = {
    began: new Date().toISOString(),
    seconds: 0,
    ok: false,
    kept: false,
    parts,
    first: {},
    steps: story.steps,
    users: story.users,
  };
  // All at once: much of the time of an up, and most of a destroy's, is waiting.
  const each = (work: (part: Part) => Promise<void>): Promise<void[]> => Promise.all(parts.map(work));
  const end = () =>
    each(async (part) => {
      part.downSeconds = await environments.end(part.environment);
    });
  try {
    say("the repository of the story, and its models");
    const workplace = await Workplace.begin(shared, home, millraceOf(runner), options.train);
    outcome.first = {
      ...Object.fromEntries(Object.values(workplace.models).map(({ model, version }) => [model, version])),
      platform: workplace.platform,
    };
    await each(async (part) => {
      part.upSeconds = await environments.up(part.environment);
      say(`${part.environment} is up after ${part.upSeconds.toFixed(0)} s`);
    });
    await Promise.race([tell(story, workplace, { folderOf, rollbacks: options.rollbacks }), environments.lost]);
    await end();
    outcome.ok = true;
  } catch (error) {
    if (!signal.aborted) {
      keepLogs(options);
      outcome.failure = failureOf(error, logs);
    }
    // A person who looks for the reason finds everything as the failed step has left it.
    await (keep && error instanceof StepFailed ? end().catch(() => environments.kill()) : environments.kill());
  }
  outcome.kept = keep && parts.every(({ downSeconds }) => downSeconds !== undefined);
  if (!outcome.kept) {
    rmSync(shared.folder, { recursive: true, force: true });
  }
  signal.throwIfAborted();
  for (const part of parts) {
    const { failure, ...found } = foundOut(options.reportOf(part.environment));
    Object.assign(part, found);
    if (failure) {
      outcome.failure = { step: `${part.environment}, ${failure.phase}`, reason: failure.reason, log: failure.log ?? logs };
    }
  }
  outcome.seconds = story.seconds;
  return outcome;
}

/** Runs the command line of the repository, before there is a story. */
export const millraceOf =
  (runner: ShellRunner) =>
  async (...words: string[]): Promise<void> => {
    const { exit, output } = await runner.run({
      place: "repository",
      words: ["npx", "millrace", ...words],
      variables: {},
      kill: undefined,
      onLine: () => undefined,
    });
    if (exit !== 0) {
      throw new Error(`npx millrace ${words.join(" ")} must end with 0, it ended with ${exit}: ${output}`);
    }
  };

/** An environment's folder goes with the environment; one that has failed by itself has kept its logs. */
function keepLogs({ folderOf, logs }: PromotionOptions): void {
  rmSync(logs, { recursive: true, force: true });
  for (const environment of ENVIRONMENTS) {
    const from = join(folderOf(environment), "logs");
    if (existsSync(from)) {
      cpSync(from, join(logs, environment), { recursive: true });
    }
  }
}

/** What the report of an environment says; one that was killed has none. */
function foundOut(report: string): Partial<Part> & Pick<Outcome, "failure"> {
  const file = report.replace(/\.html$/, ".json");
  if (!existsSync(file)) {
    return {};
  }
  const { phases, memory, failure } = JSON.parse(readFileSync(file, "utf8")) as Outcome;
  return { phases, memory: Object.values(memory).reduce((sum, mib) => sum + mib, 0), ...(failure && { failure }) };
}

const failureOf = (error: unknown, log: string): NonNullable<PromotionOutcome["failure"]> =>
  error instanceof StepFailed
    ? { step: error.step.title, reason: `in ${error.step.place}, ${error.step.command} ${error.step.fault}`, log }
    : { step: "promotion", reason: error instanceof Error ? error.message : String(error), log };

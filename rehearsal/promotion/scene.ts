// What a story of a promotion is made of: commands that people type, what each must answer, and what it means for the picture.

import type { EnvironmentName } from "#stacks/inputs/environments/profile";

/** Where a command is typed: in an environment, or outside all of them in the repository. */
export type Place = EnvironmentName | "repository";

/** What a command must answer. */
export interface Expectation {
  /** Its exit code. @default 0 */
  exit?: number;
  /** What its output must match. */
  says?: readonly RegExp[];
  /** Seconds in which it is run again until the rest holds. @default - it is run once */
  within?: number;
}

/**
 * What a step means in the picture. `arrives` and `back`: the environment runs this version afterwards.
 * `stopped`: a gate or a person said no. `thrown-out`: the measurements did.
 */
export interface Mark {
  kind: "made" | "approved" | "stopped" | "arrives" | "thrown-out" | "back" | "held";
  /** Model, or `platform`. */
  subject: string;
  version: string;
}

export interface StepOptions {
  /** Variables for this command alone. */
  variables?: Readonly<Record<string, string>>;
  shows?: Mark;
  /** Name of a measurement that this step is one of, such as `rollback`. */
  measures?: string;
  /** Version whose answers must end with this step: the time until its last answer is measured where users are there. */
  ends?: string;
  /** The command is ended by `kill -9` once its output matches. Its exit code is 137 then. */
  kill?: RegExp;
}

/** How a step ended. */
export interface StepResult {
  title: string;
  place: Place;
  command: string;
  /** Seconds from the beginning of the story, and from that of the step to its end. */
  at: number;
  seconds: number;
  exit: number;
  output: string;
  /** What does not hold, in one sentence. @default - all holds */
  fault?: string;
  shows?: Mark;
  measures?: string;
  ends?: string;
  /** Seconds from its beginning until users had the last answer of `ends`. */
  usersSeconds?: number;
}

/** What the users of a model met, while it was told that they are there. */
export interface Users {
  environment: EnvironmentName;
  model: string;
  /** Seconds from the beginning of the story. */
  at: number;
  total: number;
  failed: number;
  byVersion: Record<string, number>;
  /** By second. */
  timeline: { at: number; total: number; failed: number; byVersion: Record<string, number> }[];
  /** When the last answer of each version came. */
  lastAnswers: Record<string, number>;
}

/** What is typed. */
export interface Typed {
  place: Place;
  words: readonly string[];
  variables: Readonly<Record<string, string>>;
  kill: RegExp | undefined;
  /** Called with each line of output. */
  onLine: (line: string) => void;
}

/** What a model's users met, by the clock: milliseconds since the epoch. */
export type MetUsers = Pick<Users, "model" | "total" | "failed" | "byVersion" | "timeline" | "lastAnswers">;

/** Runs commands and sends users. */
export interface Runner {
  run(typed: Typed): Promise<{ exit: number; output: string }>;
  /** Begins to send requests to all models of an environment. @returns what ends it. */
  users(environment: EnvironmentName): Promise<() => Promise<MetUsers[]>>;
}

/** Shows how a story goes. */
export interface StoryScreen {
  begin(step: Pick<StepResult, "title" | "place" | "command">): void;
  /** What the command says right now. */
  update(text: string): void;
  end(step: StepResult): void;
}

/** A step whose answer is not what the story says. */
export class StepFailed extends Error {
  readonly step: StepResult;

  constructor(step: StepResult) {
    super(`${step.title} (${step.place}): ${step.fault}`);
    this.step = step;
  }
}

/** A story while it is told: every step that has been taken, and what users met. */
export class Story {
  readonly steps: StepResult[] = [];
  readonly users: Users[] = [];
  readonly #runner: Runner;
  readonly #screen: StoryScreen;
  readonly #now: () => number;
  readonly #began: number;

  /** @param now milliseconds. @default - the clock */
  constructor(runner: Runner, screen: StoryScreen, now: () => number = Date.now) {
    this.#runner = runner;
    this.#screen = screen;
    this.#now = now;
    this.#began = now();
  }

  /** Seconds from its beginning. */
  get seconds(): number {
    return (this.#now() - this.#began) / 1000;
  }

  /**
   * Types a command and holds its answer against what is expected.
   *
   * @param command as it is typed; an array where a word has blanks in it.
   * @throws {StepFailed} when it answers something else: the story ends there.
   */
  async step(
    title: string,
    place: Place,
    command: string | readonly string[],
    { exit: wanted = 0, says = [], within = 0 }: Expectation = {},
    { variables = {}, shows, measures, ends, kill }: StepOptions = {},
  ): Promise<StepResult> {
    const words = typeof command === "string" ? command.split(" ") : command;
    const told = { title, place, command: words.map(quoted).join(" "), at: this.seconds };
    this.#screen.begin(told);
    const run = () => this.#runner.run({ place, words, variables, kill, onLine: (line) => this.#screen.update(line) });
    let answer = await run();
    const faultIn = (given: typeof answer) => faultOf(given, wanted, says);
    while (faultIn(answer) !== undefined && this.seconds - told.at < within) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      answer = await run();
    }
    const fault = faultIn(answer);
    const step: StepResult = {
      ...told,
      seconds: this.seconds - told.at,
      ...answer,
      ...(fault !== undefined && { fault }),
      ...(shows && fault === undefined && { shows }),
      ...(measures !== undefined && { measures }),
      ...(ends !== undefined && { ends }),
    };
    this.steps.push(step);
    this.#screen.end(step);
    if (fault !== undefined) {
      throw new StepFailed(step);
    }
    return step;
  }

  /** Lets users send requests to the models of an environment, while something happens. */
  async withUsers<Result>(environment: EnvironmentName, during: () => Promise<Result>): Promise<Result> {
    const since = { environment, at: this.seconds, step: this.steps.length };
    const stop = await this.#runner.users(environment);
    const result = await during().catch(async (error: unknown) => {
      // Why the story ends is what did not hold in it, and not that its users went with it.
      this.#met(since, await stop().catch(() => []));
      throw error;
    });
    this.#met(since, await stop());
    return result;
  }

  /** Records what users met since a step. */
  #met(
    { environment, at, step: from }: { environment: EnvironmentName; at: number; step: number },
    met: readonly MetUsers[],
  ): void {
    this.users.push(...met.map((each) => this.#sinceBeginning({ environment, at, ...each })));
    for (const step of this.steps.slice(from).filter(({ place }) => place === environment)) {
      const last = Math.max(...met.map(({ lastAnswers }) => lastAnswers[step.ends ?? ""] ?? Number.NEGATIVE_INFINITY));
      if (last > Number.NEGATIVE_INFINITY) {
        step.usersSeconds = Math.max(0, (last - this.#began) / 1000 - step.at);
      }
    }
  }

  #sinceBeginning({ timeline, lastAnswers, ...rest }: Users): Users {
    const seconds = (at: number): number => (at - this.#began) / 1000;
    return {
      ...rest,
      timeline: timeline.map((second) => ({ ...second, at: seconds(second.at) })),
      lastAnswers: Object.fromEntries(Object.entries(lastAnswers).map(([version, at]) => [version, seconds(at)])),
    };
  }
}

/** A word as a shell takes it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** What does not hold of an answer. */
function faultOf(
  { exit, output }: { exit: number; output: string },
  wanted: number,
  says: readonly RegExp[],
): string | undefined {
  if (exit !== wanted) {
    return `must end with ${wanted}, it ended with ${exit}`;
  }
  const missing = says.find((pattern) => !pattern.test(output));
  return missing && `must say ${missing}, it does not`;
}

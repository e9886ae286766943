import { dim, green, red, redraw } from "#render/terminal";
import { columnsOf, fitted } from "#render/width";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";

const NAME_WIDTH = 20;
const ENVIRONMENT_WIDTH = 11;
/** Without a terminal, a long step prints what it is waiting for at this interval, milliseconds. */
const HEARTBEAT = 15_000;

/** With `--json` standard output belongs to the JSON. */
export const stream = (json: boolean): NodeJS.WriteStream => (json ? process.stderr : process.stdout);

/** Writes a line to the stream for people. */
export const lines =
  (json: boolean) =>
  (text: string): void =>
    void stream(json).write(`${fitted(text, columnsOf(stream(json)))}\n`);

/** How a step of long work ended. */
interface StepEnd {
  name: string;
  state: "done" | "failed" | "skipped";
  /** What came of it, in a few words. */
  detail: string;
  seconds: number;
}

/** Shows how long work goes, step by step. */
export interface StepScreen {
  begin(step: string): void;
  /** What the step is waiting for right now. */
  update(text: string): void;
  end(result: StepEnd): void;
}

/**
 * One line for each step: updated live on a terminal, repeated now and then elsewhere.
 *
 * @param environment named in each line, where several environments write to one screen. @default - the screen belongs to one
 */
export function rehearsalScreen(json: boolean, environment?: EnvironmentName): StepScreen {
  const out = stream(json);
  const live = out.isTTY === true && environment === undefined;
  const whose = environment === undefined ? "" : environment.padEnd(ENVIRONMENT_WIDTH);
  let name = "";
  let began = 0;
  let said = 0;
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  return {
    begin(step) {
      name = step;
      began = performance.now();
      said = began;
      if (live) {
        redraw(out, `  … ${name}`);
      }
    },
    update(text) {
      if (live) {
        redraw(out, `  … ${name.padEnd(NAME_WIDTH)} ${text}  ${seconds()}`);
      } else if (performance.now() - said > HEARTBEAT) {
        said = performance.now();
        out.write(`${fitted(`  … ${whose}${name.padEnd(NAME_WIDTH)} ${text}  ${seconds()}`, columnsOf(out))}\n`);
      }
    },
    end(result) {
      if (live) {
        redraw(out, "");
      }
      out.write(`${fitted(stepLine(result, whose), columnsOf(out))}\n`);
    },
  };
}

const MARKS: Record<StepEnd["state"], string> = {
  done: green("✓"),
  failed: red("✗"),
  skipped: dim("–"),
};

function stepLine({ name, state, detail, seconds }: StepEnd, whose: string): string {
  const time = state === "skipped" ? "" : dim(`   ${seconds.toFixed(1)} s`);
  return `  ${MARKS[state]} ${whose}${name.padEnd(NAME_WIDTH)} ${detail}${time}`;
}

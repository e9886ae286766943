import type { PhaseResult } from "#rehearsal/outcome";
import type { Screen } from "#rehearsal/progress";
import { dim, green, red, redraw } from "#render/terminal";
import { columnsOf, fitted } from "#render/width";

const NAME_WIDTH = 20;
/** Without a terminal, a long phase prints what it is waiting for at this interval, milliseconds. */
const HEARTBEAT = 15_000;

/** With `--json` standard output belongs to the JSON. */
const stream = (json: boolean): NodeJS.WriteStream => (json ? process.stderr : process.stdout);

/** Writes a line to the stream for people. */
export const lines =
  (json: boolean) =>
  (text: string): void =>
    void stream(json).write(`${fitted(text, columnsOf(stream(json)))}\n`);

/** One line for each phase: updated live on a terminal, repeated now and then elsewhere. */
export function rehearsalScreen(json: boolean): Screen {
  const out = stream(json);
  const live = out.isTTY === true;
  let name = "";
  let began = 0;
  let said = 0;
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  return {
    begin(phase) {
      name = phase;
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
        out.write(`  … ${name.padEnd(NAME_WIDTH)} ${text}  ${seconds()}\n`);
      }
    },
    end(result) {
      if (live) {
        redraw(out, "");
      }
      out.write(`${fitted(phaseLine(result), columnsOf(out))}\n`);
    },
  };
}

const MARKS: Record<PhaseResult["state"], string> = {
  done: green("✓"),
  failed: red("✗"),
  skipped: dim("–"),
};

function phaseLine({ name, state, detail, seconds }: PhaseResult): string {
  const time = state === "skipped" ? "" : dim(`   ${seconds.toFixed(1)} s`);
  return `  ${MARKS[state]} ${name.padEnd(NAME_WIDTH)} ${detail}${time}`;
}

import { Stopped } from "#promotion/apply";
import { Held } from "#promotion/beginning";
import { NotApplied } from "#promotion/carry-out";
import { exitOf } from "#promotion/gates/check";
import { StateHeld } from "#promotion/state/refusal";
import { say, sayBeside } from "../say.ts";
import { verdictLines } from "./text.ts";

export const EXIT_THROWN_OUT = 13;
/** Exit code where somebody else is changing the environment. */
export const EXIT_HELD = 14;

/** Says what stopped a promotion. @returns the exit code. @throws what is none of ours. */
export function failing(error: unknown, environment: string, json: boolean): number {
  const tell = json ? sayBeside : say;
  if (error instanceof Stopped) {
    tell(`\nnothing was changed: gates are not met\n${verdictLines(error.verdicts).join("\n")}`);
    return exitOf(error.verdicts);
  }
  if (error instanceof Held) {
    tell(`\nnothing was changed: ${error.message}`);
    return EXIT_HELD;
  }
  if (error instanceof NotApplied) {
    const up = error.layers.length === 0 ? "no layer is up in its new form" : `up in its new form: ${error.layers.join(", ")}`;
    tell(`\nstopped: ${error.message}\n${up}\ngo on with  npx millrace promote apply --to ${environment}`);
    return error.cause instanceof StateHeld && error.layers.length === 0 ? EXIT_HELD : 1;
  }
  throw error;
}

import type { StepResult, StoryScreen } from "#rehearsal/promotion/scene";
import { dim, green, red, redraw } from "#render/terminal";
import { columnsOf, fitted } from "#render/width";
import { stream } from "./rehearse-screen.ts";

const PLACE_WIDTH = 11;
/** Lines of a command's output that explain why its step failed; the report has all of them. */
const LAST_LINES = 40;

/** Two lines for each step, what it means and what was typed: live on a terminal what the command says. */
export function storyScreen(json: boolean): StoryScreen {
  const out = stream(json);
  const live = out.isTTY === true;
  let now = "";
  return {
    begin({ title, place }) {
      now = `  … ${place.padEnd(PLACE_WIDTH)}${title}`;
      if (live) {
        redraw(out, now);
      }
    },
    update(text) {
      if (live) {
        redraw(out, `${now}   ${text.trim()}`);
      }
    },
    end(step) {
      if (live) {
        redraw(out, "");
      }
      out.write(`${fitted(stepText(step), columnsOf(out))}\n`);
    },
  };
}

function stepText({ title, place, command, exit, seconds, fault, output }: StepResult): string {
  const under = " ".repeat(PLACE_WIDTH + 4);
  const head = `  ${fault === undefined ? green("✓") : red("✗")} ${place.padEnd(PLACE_WIDTH)}${title}${exit === 0 ? "" : dim(`   exit ${exit}`)}${dim(`   ${seconds.toFixed(1)} s`)}`;
  const typed = dim(`${under}$ ${command}`);
  return fault === undefined
    ? `${head}\n${typed}`
    : [
        head,
        typed,
        ...output
          .split("\n")
          .slice(-LAST_LINES)
          .map((line) => `${under}${line}`),
        `${under}${red(fault)}`,
      ].join("\n");
}

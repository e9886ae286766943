import { setTimeout as sleep } from "node:timers/promises";
import { type LiveModel, liveModels } from "#promotion/rollouts/live";
import { plainly } from "#render/terminal";
import { MachineError } from "#toolchain/errors";
import { Interrupted, interruption } from "../interrupt.ts";
import { EXIT_THROWN_OUT } from "../promote/failing.ts";
import { answer, printJsonLine, say, sayBeside, sayOver } from "../say.ts";
import { servedModel } from "./models.ts";
import { liveText } from "./text.ts";

/** Seconds between two looks. */
const INTERVAL = 2;

/** `serve status`. */
export async function status(
  model: string | undefined,
  { watch = false, json = false }: { watch?: boolean; json?: boolean },
): Promise<void> {
  const look = async (): Promise<LiveModel[]> => (model === undefined ? liveModels() : [await servedModel(model)]);
  const textOf = (all: readonly LiveModel[]): string => all.map(liveText).join("\n\n") || "the cluster serves no model";
  let all = await look();
  if (!watch) {
    answer(json, all, () => textOf(all));
    return;
  }
  const signal = interruption();
  const screen = watched(json);
  const next = patiently(look);
  for (;;) {
    screen(all, textOf(all));
    if (all.every(({ state }) => state === "stable" || state === "thrown out")) {
      process.exitCode = all.some(({ state }) => state === "thrown out") ? EXIT_THROWN_OUT : 0;
      return;
    }
    try {
      await sleep(INTERVAL * 1_000, undefined, { signal });
    } catch (error) {
      throw signal.reason instanceof Interrupted ? signal.reason : error;
    }
    all = await next(all);
  }
}

/** Looks that may fail one after the other: a cluster that does not answer for a moment ends no watch. */
const PATIENT = 5;

/** Looks again; what was seen before stands while the cluster does not answer. It rejects when that goes on. */
function patiently(look: () => Promise<LiveModel[]>): (before: LiveModel[]) => Promise<LiveModel[]> {
  let failures = 0;
  return async (before) => {
    try {
      const all = await look();
      failures = 0;
      return all;
    } catch (error) {
      failures += 1;
      if (!(error instanceof MachineError) || failures >= PATIENT) {
        throw error;
      }
      sayBeside(error.message);
      return before;
    }
  };
}

/** Shows each look: written over on a terminal, elsewhere only what is new, and as a line of JSON each where that is asked for. */
function watched(json: boolean): (all: readonly LiveModel[], text: string) => void {
  let before = "";
  let height = 0;
  return (all, text) => {
    const said = json ? untimed(all) : headsOf(text);
    if (!json && process.stdout.isTTY) {
      height = sayOver(text, height);
    } else if (said !== before) {
      if (json) {
        printJsonLine(all);
      } else {
        say(text);
      }
    }
    before = said;
  };
}

/** What a look says without its times: a log does not repeat a step for each second of it. */
const headsOf = (text: string): string =>
  plainly(text)
    .split("\n")
    .filter((line) => /^\S/.test(line))
    .map((line) => line.replace(/ for \d+.*$/, ""))
    .join("\n");

/** The same of the facts. */
const untimed = (all: readonly LiveModel[]): string =>
  JSON.stringify(
    all.map(({ step, state, version, weight, message, measurements, pods }) => [
      [state, version, weight, message, step?.number],
      measurements.map(({ value, verdicts }) => [value, verdicts]),
      pods,
    ]),
  );

import { setTimeout as sleep } from "node:timers/promises";
import { servingNames } from "#components/serving/names";
import { Kube } from "#rehearsal/cluster/controlplane/kube";
import { isInside } from "#rehearsal/cluster/isolation/inside";
import { visitAgain } from "#rehearsal/cluster/isolation/visit";
import type { Served } from "#rehearsal/served";
import { servedIn } from "#rehearsal/state";
import { loadOn, RATE } from "#rehearsal/traffic/release";
import { Timeline } from "#rehearsal/traffic/timeline";
import { Watched } from "#rehearsal/traffic/watch";
import { counted } from "#render/counted";
import { redraw } from "#render/terminal";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { suggestion } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";
import { Interrupted, interruption } from "./interrupt.ts";
import { lines } from "./rehearse-screen.ts";
import { printJson, say } from "./say.ts";

/** What the command line says, as text. */
export interface TrafficWords {
  model?: string;
  rate?: string;
  seconds?: string;
  json?: boolean;
}

/** Seconds between two lines where the output is no terminal. */
const LINE_SECONDS = 5;

/**
 * Sends requests to the models of a kept rehearsal until the time is over or somebody interrupts.
 *
 * @returns the exit code: 1 when a model gave no answer at all.
 * @throws {BadInput} when an option is wrong, or the rehearsal serves no such model.
 */
export async function sendTraffic(environment: EnvironmentName, folder: string, words: TrafficWords): Promise<number> {
  const rate = wholeNumber("--rate", words.rate ?? String(RATE), 2_000);
  const seconds = words.seconds === undefined ? Infinity : wholeNumber("--seconds", words.seconds, 86_400);
  // Only there does the gateway have an address.
  if (!isInside()) {
    return visitAgain(folder);
  }
  const served = chosen(servedIn(folder, `workloads-${environment}`), words.model);
  const watched = served.map((model) => new Watched(model, loadOn(model, rate), timelineOf(model)));
  const began = performance.now();
  const interrupted = await show(watched, seconds, words.json ?? false);
  await Promise.all(watched.map((each) => each.stop()));
  const took = Math.round((performance.now() - began) / 1000);
  conclude(watched, took, words.json ?? false);
  if (interrupted !== undefined && interrupted.message !== "interrupted by SIGINT") {
    return interrupted.exitCode;
  }
  return watched.some(({ met }) => met.total === met.failed) ? 1 : 0;
}

function wholeNumber(option: string, word: string, most: number): number {
  const number = Number(word);
  if (!/^\d+$/.test(word) || number < 1 || number > most) {
    throw new BadInput(`'${option}' must be a whole number from 1 to ${most}, got '${word}'`);
  }
  return number;
}

/** The models that are asked for. */
function chosen(served: readonly Served[], model: string | undefined): readonly Served[] {
  const names = served.map((each) => each.model);
  if (names.length === 0) {
    throw new BadInput("the rehearsal must serve a model, it serves none: bring the workloads up with 'pulumi up' in it");
  }
  if (model !== undefined && !names.includes(model)) {
    throw new BadInput(`'--model' must be one of ${names.join(", ")}, got '${model}'${suggestion(model, names)}`);
  }
  return model === undefined ? served : served.filter((each) => each.model === model);
}

/** Watches the model's release through the API server of the rehearsal. */
function timelineOf({ model, namespace }: Served): Timeline {
  const {
    MILLRACE_REHEARSAL_ENDPOINT: server = "",
    MILLRACE_REHEARSAL_CA: ca = "",
    MILLRACE_REHEARSAL_TOKEN: token = "",
  } = process.env;
  const kube = new Kube({ server, token, ca: Buffer.from(ca, "base64").toString() });
  return new Timeline(kube, servingNames(model, namespace));
}

/** One line that is written over on a terminal; elsewhere a line now and then. @returns who ended it. */
async function show(watched: readonly Watched[], seconds: number, json: boolean): Promise<Interrupted | undefined> {
  const signal = interruption();
  const out = json ? process.stderr : process.stdout;
  const pause = out.isTTY ? 1 : LINE_SECONDS;
  try {
    for (let left = seconds; left > 0; left -= pause) {
      const wait = Math.min(pause, left);
      await sleep(wait * 1000, undefined, { signal });
      const texts = watched.map((each) => each.line(wait));
      if (out.isTTY) {
        redraw(out, texts.join("   "));
      } else {
        texts.forEach(lines(json));
      }
    }
    return undefined;
  } catch (error) {
    if (signal.reason instanceof Interrupted) {
      return signal.reason;
    }
    throw error;
  } finally {
    if (out.isTTY) {
      redraw(out, "");
    }
  }
}

function conclude(watched: readonly Watched[], seconds: number, json: boolean): void {
  const models = watched.map(({ met }) => met);
  if (json) {
    printJson({ seconds, models });
    return;
  }
  for (const { model, total, failed, byVersion } of models) {
    const versions = Object.entries(byVersion).map(([version, count]) => `v${version} ${count.toLocaleString("en")}`);
    say(`${model}: ${counted(total, "request")} in ${seconds} s · ${versions.join(" · ") || "no answers"} · ${failed} failed`);
  }
}

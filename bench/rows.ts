import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Outcome, PhaseResult } from "#rehearsal/outcome";
import { medianOf, run } from "./measure.ts";
import { policyPack } from "./policy.ts";

/** One figure beside its bar. */
export interface Row {
  what: string;
  measured: number;
  /** Most that it may be. */
  bar: number;
  unit: "s" | "MiB" | "";
}

/** What is measured: each yields its rows, so that one that fails takes no other with it. */
export const measurements: Record<string, () => Promise<Row[]>> = {
  "plan prod": planProd,
  ...Object.fromEntries([1, 10, 100, 1000].map((count) => [`plan of ${count} models`, () => planModels(count)])),
  ...Object.fromEntries([500, 5000].map((count) => [`policy pack, ${count} resources`, () => policies(count)])),
  "npm test": tests,
  rehearsal,
};

const RUNS = 5;

async function planProd(): Promise<Row[]> {
  const empty = await medianOf(RUNS, "bench/programs/empty.ts");
  const plan = await medianOf(RUNS, "cli/millrace.mjs", "plan", "prod");
  return [
    { what: `millrace plan prod, median of ${RUNS}`, measured: plan.seconds, bar: 3, unit: "s" },
    { what: "… of it ours, over an empty Pulumi program", measured: plan.seconds - empty.seconds, bar: 1.6, unit: "s" },
  ];
}

/** Bars of 1,000 models; what is fewer must do with its part of what goes beyond one model. */
const MODELS_BAR = { seconds: 25, mib: 1500, startSeconds: 3, startMib: 500 };

async function planModels(count: number): Promise<Row[]> {
  const { seconds, peakMiB } = await run("bench/programs/models.ts", String(count));
  const part = count / 1000;
  const what = `plan dev with ${count} ${count === 1 ? "model" : "models"}`;
  const bar = (start: number, whole: number): number => start + part * (whole - start);
  return [
    { what, measured: seconds, bar: bar(MODELS_BAR.startSeconds, MODELS_BAR.seconds), unit: "s" },
    ...(peakMiB === undefined
      ? []
      : [
          {
            what: `${what}, peak memory`,
            measured: peakMiB,
            bar: bar(MODELS_BAR.startMib, MODELS_BAR.mib),
            unit: "MiB" as const,
          },
        ]),
  ];
}

/** Most that the pack may add to a preview of 500 resources, seconds, once it serves; more must do with their part. */
const POLICY_BAR = 2;
const POLICY_START = 1.5;

async function policies(count: number): Promise<Row[]> {
  const { boot, analysis } = await policyPack(count);
  const what = `policy pack, ${count.toLocaleString("en")} resources`;
  return [
    { what, measured: analysis, bar: (POLICY_BAR * count) / 500, unit: "s" },
    { what: `${what}: until the pack serves`, measured: boot, bar: POLICY_START, unit: "s" },
  ];
}

async function tests(): Promise<Row[]> {
  const { seconds } = await run("node_modules/vitest/vitest.mjs", "run", "--project", "unit", "--reporter=dot");
  return [{ what: "npm test", measured: seconds, bar: 45, unit: "s" }];
}

/** Figures of the last rehearsal of dev, where there was one: it is not run for this. */
async function rehearsal(): Promise<Row[]> {
  const home = process.env["MILLRACE_HOME"] ?? join(PROJECT_FOLDER, ".millrace");
  const report = join(home, "reports", "rehearsal-dev.json");
  return existsSync(report) ? rehearsalRows(JSON.parse(readFileSync(report, "utf8"))) : [];
}

/** Seconds from a fault to the controller's verdict, and to the last answer of the bad version (brief: 240 s after the fault). */
const FAULT_TO_QUIET = 240;

/** The rows of one rehearsal. A phase that did not come to its end has none. */
export function rehearsalRows({ began, seconds, phases, layers, releases, ok }: Outcome): Row[] {
  const of = `rehearsal of dev (${began.slice(0, 16).replace("T", " ")})`;
  const took = (name: PhaseResult["name"]): number | undefined =>
    phases.find((phase) => phase.name === name && phase.state === "done")?.seconds;
  const layersUp = layers.length === 3 ? layers.reduce((sum, layer) => sum + layer.seconds, 0) : undefined;
  const good = releases.find(({ kind }) => kind === "good");
  const bad = releases.find(({ kind }) => kind === "bad");
  const quiet = bad?.faultToAbort === undefined ? undefined : bad.faultToAbort + (bad.abortToLastAnswer ?? 0);
  const row = (what: string, measured: number | undefined, bar: number, unit: Row["unit"]): Row[] =>
    measured === undefined ? [] : [{ what: `${of}: ${what}`, measured, bar, unit }];
  return [
    ...row("layers up", layersUp, 120, "s"),
    ...row("preview again", took("preview-again"), 30, "s"),
    ...row("destroy", took("destroy"), 90, "s"),
    ...row("failed requests in the good release", good?.failed, 0, ""),
    ...row("traffic off the bad version after the verdict", bad?.abortToLastAnswer, 5, "s"),
    ...row("traffic off the bad version after the fault", quiet, FAULT_TO_QUIET, "s"),
    ...row("whole rehearsal", ok && releases.length > 0 ? seconds : undefined, 480, "s"),
  ];
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { findCharts } from "#rehearsal/charts/found";
import { chartCache, chartFolders, mirrorIn } from "#rehearsal/charts/mirror";
import { enterNamespace } from "#rehearsal/cluster/isolation/enter";
import type { PhaseResult } from "#rehearsal/outcome";
import { Progress } from "#rehearsal/progress";
import { counted } from "#render/counted";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { freeBytes } from "#toolchain/causes";
import { LOCK } from "#toolchain/chart-lock";
import { MachineError } from "#toolchain/errors";
import { provideProjectFiles } from "#toolchain/projects";
import { missingTools, progressLine, provideTools, type ToolProgress } from "#toolchain/toolchain";
import { CATALOGUE, TOOL_NAMES } from "#toolchain/tools";
import { BadInput } from "./bad-input.ts";
import { fetchMissing } from "./charts/fetch-missing.ts";
import { useProxy } from "./charts/http.ts";
import { PINNED } from "./charts/pins.ts";
import { Interrupted, interruption } from "./interrupt.ts";
import { type Rehearsal, TOOLS_PHASE } from "./rehearsal.ts";
import { lines, rehearsalScreen } from "./rehearse-screen.ts";
import { say, sayBeside } from "./say.ts";

/** The half of a rehearsal that has a network: tools; then everything else in a namespace. @returns the exit code. */
export async function outside({ environment, folder, report, keep, json }: Rehearsal): Promise<number> {
  const signal = interruption();
  const missing = spaceMissing(folder);
  if (missing) {
    sayBeside(missing.message);
    return 1;
  }
  lines(json)(`${environment}, rehearsed here · AWS simulated\n`);
  if (!json) {
    await planFirst(environment);
  }
  // What an earlier run found out must not be taken for what this one did.
  forget(report);
  try {
    process.env[TOOLS_PHASE] = JSON.stringify(await tools([environment], json, signal));
    const outcome = await enterNamespace({ folder, environment, argv: process.argv.slice(1), keep, signal });
    return outcome === "kept" ? 0 : outcome;
  } catch (error) {
    if (error instanceof Interrupted) {
      // The inside may have been writing it.
      forget(report);
      sayBeside(`\n${error.message}: no process and no folder of the rehearsal is left`);
      return error.exitCode;
    }
    if (error instanceof MachineError) {
      sayBeside(`\n${error.message}`);
      return 1;
    }
    throw error;
  }
}

/** Before the tools are built, which takes minutes, there is something to look at: a plan needs none of them. */
async function planFirst(environment: EnvironmentName): Promise<void> {
  const missing = await missingTools(TOOL_NAMES);
  if (missing.length === 0) {
    return;
  }
  const [{ planEnvironment }, { costOf }, { capacityOf }, { planText }, { columnsOf }] = await Promise.all([
    import("#plan/environment"),
    import("#plan/cost"),
    import("#plan/capacity/capacity"),
    import("#plan/views/text"),
    import("#render/width"),
  ]);
  const plan = await planEnvironment(environment);
  const capacity = capacityOf(plan);
  say(planText(plan, costOf(plan, capacity), { capacity, width: columnsOf(process.stdout) }));
  const seconds = missing.reduce((sum, name) => sum + CATALOGUE[name].seconds, 0);
  say(
    `\nThat is the plan. To rehearse it, ${counted(missing.length, "tool")} must be built, once: about ${Math.ceil(seconds / 60)} min on two cores.\n`,
  );
}

/** What a rehearsal writes: etcd reserves most of it. */
const NEEDED = 1024 * 2 ** 20;

/** Says so before anything is started: programs that meet a full disk end without order. */
export function spaceMissing(folder: string, rehearsals = 1): MachineError | undefined {
  const free = freeBytes(folder);
  const needed = rehearsals * NEEDED;
  return free < needed
    ? new MachineError(
        `A rehearsal writes up to ${needed / 2 ** 20} MiB below ${folder}, and there are ${Math.floor(free / 2 ** 20)} MiB left.`,
        "Free some space, or set MILLRACE_HOME to a folder on another disk.",
      )
    : undefined;
}

export function forget(report: string): void {
  rmSync(report, { force: true });
  rmSync(report.replace(/\.html$/, ".json"), { force: true });
}

/**
 * Fetches the charts that this machine does not have, where the environment takes them from their publishers. A rehearsal without a
 * network goes on with what it has.
 *
 * @returns what has come, for the screen.
 */
async function chartsOfPublishers(
  environment: EnvironmentName,
  update: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const here = findCharts({ charts: [] }, chartFolders(environment));
  const charts = PINNED.filter((pin) => here.every(({ name }) => name !== pin.name));
  if (mirrorIn(environment).kind !== "publishers" || charts.length === 0) {
    return "";
  }
  try {
    useProxy();
  } catch (error) {
    if (error instanceof BadInput) {
      update(error.message);
      return "";
    }
    throw error;
  }
  update("asking the publishers of charts");
  const { come, failed } = await fetchMissing({ charts, to: chartCache(), lock: join(PROJECT_FOLDER, LOCK), signal });
  failed.forEach(update);
  return come === 0 ? "" : ` · ${counted(come, "chart")} fetched`;
}

/** Finds or builds the tools, and what these environments need besides. @returns how that went. */
export async function tools(
  environments: readonly EnvironmentName[],
  json: boolean,
  signal: AbortSignal,
): Promise<PhaseResult | undefined> {
  const progress = new Progress(rehearsalScreen(json));
  await progress.phase("tools", async (update) => {
    const onProgress = (event: ToolProgress): void => {
      const line = progressLine(event);
      if (line !== undefined) {
        update(line);
      }
    };
    const provided = await provideTools(TOOL_NAMES, { onProgress, signal });
    await provideProjectFiles({ onProgress, signal });
    let charts = "";
    for (const environment of environments) {
      charts += await chartsOfPublishers(environment, update, signal);
    }
    const built = Object.values(provided).filter(({ from }) => from === "built").length;
    const list = Object.values(provided)
      .map(({ name, version }) => `${name} ${version}`)
      .join(", ");
    return { detail: `${built === 0 ? "nothing built" : `${built} built`} (${list})${charts}` };
  });
  return progress.phases[0];
}

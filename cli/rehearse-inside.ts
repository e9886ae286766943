import { cpSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { today } from "#policies/day";
import { checkArchives } from "#rehearsal/charts/checked";
import { findCharts } from "#rehearsal/charts/found";
import { chartFolders } from "#rehearsal/charts/mirror";
import { setUp } from "#rehearsal/cluster/isolation/inside";
import { versionLines } from "#rehearsal/differences";
import type { Outcome, PhaseResult } from "#rehearsal/outcome";
import { PACE } from "#rehearsal/pace";
import { PHASES } from "#rehearsal/phases/index";
import { PROMOTION_PHASES } from "#rehearsal/promotion/phases";
import { type RehearsalOptions, rehearse } from "#rehearsal/rehearsal";
import { writeReport } from "#rehearsal/report";
import { provideProjectFiles } from "#toolchain/projects";
import { provideTools } from "#toolchain/toolchain";
import { TOOL_NAMES } from "#toolchain/tools";
import { type Rehearsal, TOOLS_PHASE } from "./rehearsal.ts";
import { lines, rehearsalScreen } from "./rehearse-screen.ts";
import { printJson } from "./say.ts";

/** The half of a rehearsal that has a network, a process table and names of its own. @returns the exit code. */
export async function inside({
  environment,
  selection,
  report,
  keep,
  traffic,
  times,
  json,
  promotion,
}: Rehearsal): Promise<number> {
  const began = performance.now();
  const namespace = setUp();
  const tools = await provideTools(TOOL_NAMES);
  const { definitions, charts } = await provideProjectFiles();
  const found = findCharts({ charts }, chartFolders(environment));
  await checkArchives(found);
  const outcome: Outcome = {
    environment,
    began: new Date().toISOString(),
    seconds: 0,
    ok: false,
    phases: [JSON.parse(process.env[TOOLS_PHASE] ?? "[]") as PhaseResult],
    layers: [],
    releases: [],
    tools: Object.values(tools).map(({ name, version, from }) => ({ name, version, from })),
    pace: PACE,
    simulated: [],
    memory: {},
  };
  const options: RehearsalOptions = {
    ...selection,
    environment,
    inside: namespace,
    tools: {
      pulumi: tools.pulumi.path,
      kubernetes: tools.kubernetes,
      kubectl: tools.controlplane.commands.kubectl,
      controlplane: tools.controlplane.commands,
      istiod: tools.istiod.path,
      rollouts: tools.rollouts.path,
      kueue: tools.kueue.path,
      karpenter: tools.karpenter.path,
      envoy: tools.envoy.path,
      modelStore: tools["model-store"].path,
      python: tools["model-server"].commands.python,
      mlflow: tools.mlflow.commands.python,
      postgres: tools.postgres.commands,
      prometheus: tools.prometheus.path,
      prometheusOperator: tools["prometheus-operator"].commands.operator[0],
      configReloader: tools["prometheus-operator"].commands["prometheus-config-reloader"][0],
    },
    definitions,
    found,
    traffic,
    times,
    keep,
    screen: promotion ? rehearsalScreen(json, environment) : rehearsalScreen(json),
    outcome,
  };
  await rehearse(options, promotion ? PROMOTION_PHASES : PHASES);
  outcome.seconds = (performance.now() - began) / 1000;
  try {
    keepLogs(outcome, namespace.folder, report);
    writeReport(report, outcome);
  } catch (error) {
    // The same full disk may have ended the rehearsal.
    outcome.ok = false;
    outcome.failure ??= { phase: "report", reason: error instanceof Error ? error.message : String(error) };
  }
  if (promotion) {
    sayFailure(outcome.failure, lines(json), `${environment}, `);
  } else {
    if (json) {
      printJson(outcome);
    }
    await conclude(outcome, { report, environment, keep, say: lines(json) });
  }
  if (keep && outcome.ok) {
    await namespace.stay();
  }
  return outcome.ok ? 0 : 1;
}

/** Removes the folder of a failed rehearsal too; the logs that explain the failure stay next to the report. */
function keepLogs({ failure }: Outcome, folder: string, report: string): void {
  const kept = report.replace(/\.html$/, "-logs");
  rmSync(kept, { recursive: true, force: true });
  if (failure) {
    // Its data is as large as everything else together, and explains nothing.
    rmSync(join(folder, "etcd"), { recursive: true, force: true });
    cpSync(join(folder, "logs"), kept, { recursive: true });
    failure.log = failure.log === undefined ? kept : join(kept, relative(join(folder, "logs"), failure.log));
    failure.reason = failure.reason.replaceAll(join(folder, "logs"), kept);
  }
}

function sayFailure(failure: Outcome["failure"], say: (text: string) => void, whose = ""): void {
  if (failure) {
    say(`\n${whose}${failure.phase} failed: ${failure.reason}`);
    if (failure.log !== undefined) {
      say(`log     ${failure.log}`);
    }
  }
}

async function conclude(
  { ok, failure, seconds, simulated, charts = [] }: Outcome,
  { report, environment, keep, say }: { report: string; environment: string; keep: boolean; say: (text: string) => void },
): Promise<void> {
  say(`\n${simulated.join(" · ")}`);
  for (const line of charts) {
    say(`charts  ${line}`);
  }
  for (const line of await versionLines(today({}))) {
    say(`versions  ${line}`);
  }
  say(`report  ${report}   ${seconds.toFixed(0)} s in all`);
  if (failure) {
    sayFailure(failure, say);
    say(`look around with  npx millrace rehearse ${environment} --keep`);
  }
  if (keep && ok) {
    say(`\neverything is up. Look around:`);
    say(`  npx millrace rehearse exec ${environment} -- kubectl get pods -A`);
    say(`  npx millrace rehearse exec ${environment} -- bash      then: pulumi preview -s platform-${environment}`);
    say(`  npx millrace rehearse traffic ${environment}`);
    say(`release, abort and roll back in it: docs/guides/rehearsal.md, "Practise"`);
    say(`end it:\n  npx millrace rehearse down ${environment}`);
  }
}

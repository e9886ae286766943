import { join } from "node:path";
import { createEngine, type Engine } from "#engine/engine";
import { PROJECT_FOLDER } from "#engine/project";
import type { Ledger } from "#promotion/ledger/ledger";
import type { LedgerRecord } from "#promotion/ledger/record";
import { PROJECT } from "#promotion/program";
import { programRunning } from "#promotion/target";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { folderOfReleases } from "#stacks/inputs/releases/read";
import { ledgerIfNamed } from "../audit/ledger.ts";
import { interruption } from "../interrupt.ts";
import { homeFolder } from "../rehearsal.ts";
import { rehearsalScreen } from "../rehearse-screen.ts";

/**
 * The engine on the stacks of an environment. Its program and releases are those that run there, where promotions are written down; elsewhere
 * those that are checked out.
 *
 * @throws {BadInput} when the ledger has no right address. @throws {pulumi.RunError} when the program is not in this clone.
 */
export async function engineFor(environment: EnvironmentName): Promise<Engine> {
  const ledger = ledgerIfNamed();
  const records = (await ledger?.records(environment)) ?? [];
  if (ledger !== undefined && records.length > 0) {
    return engineRunning(environment, ledger, records);
  }
  const project = process.env[PROJECT] || PROJECT_FOLDER;
  return createEngine({ project, logs: join(homeFolder(), "logs", environment), signal: interruption() });
}

async function engineRunning(environment: EnvironmentName, ledger: Ledger, records: readonly LedgerRecord[]): Promise<Engine> {
  // Standard output belongs to what the command finds.
  const screen = rehearsalScreen(true);
  const began = performance.now();
  screen.begin("program");
  const { engine, release } = await programRunning(
    {
      environment,
      releases: folderOfReleases(),
      ledger,
      home: join(homeFolder(), "promotion"),
      update: (text) => screen.update(text),
      signal: interruption(),
    },
    records,
  );
  const detail = `platform ${release.id} and its models, as ${environment} runs them`;
  screen.end({ name: "program", state: "done", detail, seconds: (performance.now() - began) / 1000 });
  return engine;
}

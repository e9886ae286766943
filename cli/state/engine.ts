import { join } from "node:path";
import { createEngine, type Engine } from "#engine/engine";
import { PROJECT_FOLDER } from "#engine/project";
import { PROJECT } from "#promotion/program";
import { programWith } from "#promotion/target";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { ledgerIfNamed } from "../audit/ledger.ts";
import { interruption } from "../interrupt.ts";
import { workOn } from "../promote/target.ts";
import { homeFolder } from "../rehearsal.ts";

/** The engine on the stacks of an environment, with the program that is checked out: enough for whoever looks at states and runs no program. */
export const engineFor = (environment: EnvironmentName): Engine =>
  createEngine({
    project: process.env[PROJECT] || PROJECT_FOLDER,
    logs: join(homeFolder(), "logs", environment),
    signal: interruption(),
  });

/**
 * The same with the program and the releases that run there, where promotions are written down.
 *
 * @throws {BadInput} when the ledger has no right address. @throws {pulumi.RunError} when the program is not in this clone.
 */
export async function engineRunning(environment: EnvironmentName): Promise<Engine> {
  const records = (await ledgerIfNamed()?.records(environment)) ?? [];
  if (records.length === 0) {
    return engineFor(environment);
  }
  // Standard output belongs to what the command finds.
  const { target, step } = workOn(environment, true);
  const { engine } = await step(
    "program",
    () => programWith(target, records),
    ({ release }) => `platform ${release.id} and its models, as ${environment} runs them`,
  );
  return engine;
}

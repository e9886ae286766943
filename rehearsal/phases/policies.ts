import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyPack } from "#engine/engine";
import type { PolicyFinding } from "#engine/events";
import { EngineFailure } from "#engine/failure";
import { PROJECT_FOLDER } from "#engine/project";
import { rulesOf } from "#plan/rules";
import { RULES } from "#policies/catalogue";
import { packConfig } from "#policies/reports/page";
import { isResourceRule } from "#policies/rule";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { keysLeftOut } from "../charts/mirror.ts";
import { MUTANTS, type RehearsedMutant as Mutant } from "../mutants/mutants.ts";
import { PACE } from "../pace.ts";
import { type Context, phase } from "../phase.ts";
import { readChanges, writeChanges } from "../program/changes.ts";
import { fingerprintOf } from "../state.ts";

/** The repository's own pack with the levels of an environment, and the shortened times of a rehearsal where a rule compares them with a bound. */
export function policyPack(environment: EnvironmentName, folder: string): PolicyPack {
  const config = join(folder, "policies.json");
  const leftOut = keysLeftOut(environment);
  const settings = (file: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(configFile(file)).filter(([key]) => !leftOut.includes(key)));
  const levels = packConfig(rulesOf(environment, settings), environment) as Record<string, object>;
  writeFileSync(config, JSON.stringify({ ...levels, "CAN-05": { ...levels["CAN-05"], least: PACE["scaleDownDelaySeconds"] } }));
  return { folder: join(PROJECT_FOLDER, "policies"), config };
}

/** Bad changes, one for each family of rules: the pack must find each, and a preview must leave the state as it was. */
export const badChanges = phase({
  name: "bad-changes",
  summary: "previews bad changes, one for each family of rules: the policy pack must find each",
  needs: ["project", "workloads"],
  run: async (context) => {
    const { environment, workspace, outcome, update } = context;
    const pack = policyPack(environment, workspace.folder);
    const applicable = MUTANTS.filter(({ rule }) => levelOf(rule, environment) !== "off");
    for (const together of rounds(applicable)) {
      update(together.map(({ rule }) => rule).join(", "));
      // Where the engine gave up at one, the others are tried alone.
      for (const mutant of await missedBy(context, pack, together)) {
        update(mutant.rule);
        const [missed] = await missedBy(context, pack, [mutant]);
        if (missed) {
          const { rule, what } = missed;
          throw new Error(
            `a pull request with ${what} must break ${rule} (${levelOf(rule, environment)}), the policy pack did not report it`,
          );
        }
      }
    }
    outcome.mutants = applicable.map(({ rule, what }) => ({ rule, what, level: levelOf(rule, environment) }));
    const stopped = outcome.mutants.filter(({ level }) => level === "mandatory").map(({ rule }) => rule);
    const advised = outcome.mutants.length - stopped.length;
    return {
      detail: `${stopped.length} stopped by the policy pack (${stopped.join(", ")})${advised > 0 ? `, ${advised} advised against` : ""} · state untouched`,
    };
  },
});

/** Previews bad changes together, every layer at once. Returns those that the pack did not report. */
async function missedBy(context: Context<"project">, pack: PolicyPack, mutants: readonly Mutant[]): Promise<Mutant[]> {
  const { project } = context.workspace;
  const unchanged = readChanges(project);
  writeChanges(project, { ...unchanged, mutants: mutants.map(({ rule }) => rule) });
  const layers = [...Map.groupBy(mutants, ({ layer }) => layer)];
  const missed = layers.map(([layer, own]) => missedIn(`${layer}-${context.environment}`, context, pack, own));
  // The changes stay until the last program has read them.
  await Promise.allSettled(missed);
  writeChanges(project, unchanged);
  return (await Promise.all(missed)).flat();
}

async function missedIn(
  stack: string,
  { workspace, environment }: Context<"project">,
  pack: PolicyPack,
  mutants: readonly Mutant[],
): Promise<Mutant[]> {
  const before = fingerprintOf(workspace.folder, stack);
  const findings = await refusalOf(() => workspace.engine.preview(stack, pack));
  if (fingerprintOf(workspace.folder, stack) !== before) {
    throw new Error(`a refused preview must leave the state of ${stack} as it was`);
  }
  return mutants.filter(
    ({ rule }) => !findings.some(({ policy, level }) => policy === rule && level === levelOf(rule, environment)),
  );
}

const levelOf = (id: string, environment: EnvironmentName): "advisory" | "mandatory" | "off" =>
  RULES.find((rule) => rule.id === id)?.levels[environment] ?? "off";

/** What one preview can show together: the engine asks rules on relations only where no rule on a single resource has stopped it. */
function rounds(mutants: readonly Mutant[]): Mutant[][] {
  const single = (mutant: Mutant): boolean => RULES.some((rule) => rule.id === mutant.rule && isResourceRule(rule));
  return [mutants.filter(single), mutants.filter((mutant) => !single(mutant))].filter(({ length }) => length > 0);
}

/** What the pack said, whether it stopped the preview or not. */
async function refusalOf(preview: () => Promise<{ findings: readonly PolicyFinding[] }>): Promise<readonly PolicyFinding[]> {
  try {
    return (await preview()).findings;
  } catch (error) {
    if (error instanceof EngineFailure && error.findings.length > 0) {
      return error.findings;
    }
    throw error;
  }
}

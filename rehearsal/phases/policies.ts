import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyPack } from "#engine/engine";
import type { PolicyFinding } from "#engine/events";
import { EngineFailure } from "#engine/failure";
import { PROJECT_FOLDER } from "#engine/project";
import { RULES } from "#policies/catalogue";
import { packConfig } from "#policies/reports/page";
import { isResourceRule } from "#policies/rule";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { createProject } from "../project.ts";
import { PACE, type Stage } from "../stage.ts";
import { MUTANTS, type Mutant } from "./mutants.ts";

/** The repository's own pack with the levels of an environment, and the shortened times of a rehearsal where a rule holds against them. */
export function policyPack(environment: EnvironmentName, folder: string): PolicyPack {
  const config = join(folder, "policies.json");
  const levels = packConfig(RULES, environment) as Record<string, object>;
  writeFileSync(config, JSON.stringify({ ...levels, "CAN-05": { ...levels["CAN-05"], least: PACE["scaleDownDelaySeconds"] } }));
  return { folder: join(PROJECT_FOLDER, "policies"), config };
}

/** Bad changes, one a family of rules, as a pull request would bring them: the pack must stop each, and leave the state as it was. */
export async function stopBadChanges(stage: Stage): Promise<void> {
  const { progress, environment, workspace, outcome } = stage;
  await progress.phase("bad changes", async (update) => {
    const pack = policyPack(environment, workspace.folder);
    const applicable = MUTANTS.filter(({ rule }) => levelOf(rule, environment) !== "off");
    for (const together of rounds(applicable)) {
      update(together.map(({ rule }) => rule).join(", "));
      // Where the engine gave up at one, the others are tried alone.
      for (const mutant of await missedBy(stage, pack, together)) {
        update(mutant.rule);
        const [missed] = await missedBy(stage, pack, [mutant]);
        if (missed) {
          const level = levelOf(mutant.rule, environment);
          throw new Error(
            `'${mutant.replace}' in ${mutant.file} must break ${mutant.rule} (${level}), the policy pack said nothing of it`,
          );
        }
      }
    }
    outcome.mutants = applicable.map(({ rule }) => ({ rule, level: levelOf(rule, environment) }));
    const stopped = outcome.mutants.filter(({ level }) => level === "mandatory").map(({ rule }) => rule);
    const advised = outcome.mutants.length - stopped.length;
    return {
      value: undefined,
      detail: `${stopped.length} stopped by the policy pack (${stopped.join(", ")})${advised > 0 ? `, ${advised} advised against` : ""} · state untouched`,
    };
  });
}

/** Previews the bad changes of one layer together. Returns those that the pack did not speak of. */
async function missedBy({ workspace, environment }: Stage, pack: PolicyPack, mutants: readonly Mutant[]): Promise<Mutant[]> {
  const stack = `${mutants[0]!.layer}-${environment}`;
  const project = mutatedProject(workspace.project, workspace.folder, mutants);
  const before = stateOf(workspace.folder, stack);
  const findings = await refusalOf(() => workspace.engineOf(project).preview(stack, pack));
  rmSync(project, { recursive: true });
  if (stateOf(workspace.folder, stack) !== before) {
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
  return LAYERS.flatMap((layer) => {
    const own = mutants.filter((mutant) => mutant.layer === layer);
    return [own.filter(single), own.filter((mutant) => !single(mutant))].filter(({ length }) => length > 0);
  });
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

/** The whole program with bad changes in it, beside the project: a copy, for Node follows links back to the original. */
function mutatedProject(project: string, folder: string, mutants: readonly Mutant[]): string {
  const mutated = join(folder, "mutated");
  createProject({
    repository: PROJECT_FOLDER,
    folder: mutated,
    stacks: [],
    copied: ["components", "stacks", "policies", "package.json", "releases"],
  });
  cpSync(join(project, "config"), join(mutated, "config"), { recursive: true });
  for (const mutant of mutants) {
    change(mutated, mutant);
  }
  return mutated;
}

function change(project: string, { rule, file, find, replace }: Mutant): void {
  const path = join(project, file);
  const pieces = readFileSync(path, "utf8").split(find);
  if (pieces.length !== 2) {
    throw new Error(`the bad change for ${rule} must find its text once in ${file}, found ${pieces.length - 1} times: '${find}'`);
  }
  writeFileSync(path, pieces.join(replace));
}

const stateOf = (folder: string, stack: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, "state", ".pulumi", "stacks", "millrace", `${stack}.json`)))
    .digest("hex");

import { readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import type { ServingProfile } from "#stacks/inputs/environments/profile";
import type { ServedModels } from "#stacks/inputs/models";
import type { Teams } from "#stacks/inputs/teams";

/** What a rehearsed program declares differently from the repository's. */
export interface Changes {
  /** Added to `stacks/inputs/teams.ts`; an entry of the same name is replaced. */
  teams: Teams;
  /** Added to `stacks/inputs/models.ts`. */
  models: ServedModels;
  /** Size of the model servers, in place of what the environment's profile says. @default - as there */
  serving?: Partial<ServingProfile>;
  /** Rules whose mutants are applied. */
  mutants: readonly string[];
}

export const NO_CHANGES: Changes = { teams: {}, models: {}, mutants: [] };

const FILE = "changes.json";
const ENTRY = "program.ts";

/** Makes `program/index.ts` the entry point of a throwaway project. The repository's own `main` stays as it is. */
export function installProgram(project: string): void {
  symlinkSync(join(import.meta.dirname, "index.ts"), join(project, ENTRY));
  const file = join(project, "Pulumi.yaml");
  writeFileSync(file, dump({ ...(load(readFileSync(file, "utf8")) as object), main: ENTRY }));
  writeChanges(project, NO_CHANGES);
}

/** Sets what the next operation declares differently. */
export function writeChanges(project: string, changes: Changes): void {
  const file = join(project, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(changes, null, 2));
  renameSync(`${file}.new`, file);
}

/** @param project folder of the throwaway project; a program runs in it. */
export const readChanges = (project: string): Changes => JSON.parse(readFileSync(join(project, FILE), "utf8")) as Changes;

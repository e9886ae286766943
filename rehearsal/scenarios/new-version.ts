import { readdirSync } from "node:fs";
import { join } from "node:path";
import { given } from "#components/validation";
import { pointAt } from "#promotion/releases/write";
import type { ServingProfile } from "#stacks/inputs/environments/profile";
import { models, type ServedModel } from "#stacks/inputs/models";
import { byNumber, readPointer, versionsOf } from "#stacks/inputs/releases/read";
import { teams } from "#stacks/inputs/teams";
import { storeIn } from "../model-store/model-store.ts";
import type { Fault } from "../model-store/train.ts";
import type { Changes } from "../program/changes.ts";
import { releaseVersion } from "../releases.ts";
import { takeSpare } from "./spares.ts";
import type { Stage } from "./stage.ts";

/** The version of a trial. */
export interface NewVersion {
  /** What is wrong with it. @default - nothing */
  fault?: Fault;
  /** Digest that its release names. @default - that of its files */
  sha256?: string;
}

/** What is declared during a trial. */
export interface Declared {
  /** Of the model, in place of what stacks/inputs/models.ts says; what is undefined is left out. @default - as there */
  declared?: { [K in keyof ServedModel]?: ServedModel[K] | undefined };
  /** Size of its servers. @default - that of the environment */
  serving?: Partial<ServingProfile>;
}

/** The shares of a release of which others are tried: a step less. */
export const FEW_WEIGHTS = [5, 50, 100] as const;
export const FEW: Declared = { declared: { canary: { weights: [...FEW_WEIGHTS] } } };

/** Number of the version that comes next: no release and no files have it. */
export function nextVersion({ served: { model }, workspace, inside }: Stage): string {
  const known = [...versionsOf(model, workspace.releases), ...readdirSync(join(storeIn(inside.folder), "models", model))];
  return String(Number(known.toSorted(byNumber).at(-1)) + 1);
}

/** Writes a release of a version that nothing runs yet. Its files are trained already, or are before this returns. */
export async function prepareNext(stage: Stage, version: string, { fault, sha256 }: NewVersion): Promise<void> {
  const { served, workspace, environment } = stage;
  const trained = await takeSpare(stage, version, fault);
  const before = readPointer(environment, workspace.releases).models[served.model]!;
  releaseVersion(workspace.releases, environment, { ...trained, ...(sha256 !== undefined && { sha256 }) });
  pointAt(environment, served.model, before, workspace.releases);
}

/** What the program declares while a version is released: the model otherwise, or its servers of another size. */
export function declaring(changes: Changes, model: string, { declared, serving }: Declared): Changes {
  const { [model]: usual } = { ...models, ...changes.models };
  return {
    ...changes,
    ...(declared && { models: { ...changes.models, [model]: given({ ...usual!, ...declared }) as ServedModel } }),
    // The room that the rehearsal keeps for a second team is this one's.
    ...(serving && { serving, teams }),
  };
}

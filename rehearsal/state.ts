import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkloadsOutputs } from "#stacks/contracts";
import { storeIn } from "./model-store/model-store.ts";
import { questionsFor } from "./model-store/train.ts";
import { SCORING_PATH, type Served } from "./served.ts";

/** A resource as the engine's state knows it. */
export interface StateResource {
  urn: string;
  type: string;
  /** `false` of a component. */
  custom: boolean;
  /** URN of its parent; the stack itself has none. */
  parent?: string;
  /** URNs of what it depends on: its `dependsOn`, and resources whose outputs are among its inputs. */
  dependencies?: readonly string[];
  /** Whether a destroy leaves it where it is. */
  retainOnDelete?: boolean;
  /** What its provider was given. */
  inputs?: Record<string, unknown>;
  /** What its provider answered; of the stack itself, what its program returned. */
  outputs?: object;
  /** Whether another one has taken its place, and it is still to be deleted. */
  delete?: boolean;
  /** When it was made. */
  created?: string;
}

/** File of a stack's state below the folder of a workspace. */
const fileOf = (folder: string, stack: string): string => join(folder, "state", ".pulumi", "stacks", "millrace", `${stack}.json`);

/** Resources in the state of a stack, in the engine's order. Empty where the stack is not there. */
export function resourcesOf(folder: string, stack: string): StateResource[] {
  if (!existsSync(fileOf(folder, stack))) {
    return [];
  }
  const { checkpoint } = JSON.parse(readFileSync(fileOf(folder, stack), "utf8")) as {
    checkpoint: { latest?: { resources?: StateResource[] } };
  };
  return checkpoint.latest?.resources ?? [];
}

/** Tags of a resource, with those that its provider added. */
export const tagsOf = ({ outputs }: StateResource): Readonly<Record<string, string>> =>
  (outputs as { tagsAll?: Record<string, string> } | undefined)?.tagsAll ?? {};

/** The models that a stack's outputs name, and how to ask them. Empty where the stack has not come up. */
export function servedIn(folder: string, stack: string): Served[] {
  const outputs = resourcesOf(folder, stack).find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  const { models = {} } = (outputs ?? {}) as Partial<WorkloadsOutputs>;
  return Object.entries(models).map(([model, found]) => ({
    model,
    ...found,
    path: SCORING_PATH,
    bodies: questionsFor(storeIn(folder), model),
  }));
}

/** A text that changes when anything in the state of a stack changes. */
export const fingerprintOf = (folder: string, stack: string): string =>
  createHash("sha256")
    .update(readFileSync(fileOf(folder, stack)))
    .digest("hex");

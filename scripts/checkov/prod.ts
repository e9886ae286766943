import type { EnvironmentPlan } from "#plan/environment";
import type { Recorded } from "#plan/record";
import { readable } from "#policies/resource";
import type { Address, Inputs } from "#rehearsal/mutants/mutant";
import type { Layer } from "#stacks/contracts";
import type { ProdMutant } from "./mutant.ts";

/** A Kubernetes object as `kubectl apply` would take it, under the name of its file. */
export interface Manifest {
  /** `<name in the program>.<kind>.yaml`: the same for an object and for a changed one. */
  file: string;
  object: Record<string, any>;
}

/** Objects of a layer: those that the program makes itself. What a chart brings is in the chart. */
export function manifestsOf({ layers }: Pick<EnvironmentPlan, "layers">, layer: Layer): Manifest[] {
  return registrationsOf({ layers }, layer)
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
    .map(({ name, inputs }) => {
      // Secrets come out hidden; everything else is known in a plan.
      const object = JSON.parse(JSON.stringify(readable(inputs)));
      return { file: `${name}.${object.kind}.yaml`, object };
    });
}

export const registrationsOf = ({ layers }: Pick<EnvironmentPlan, "layers">, wanted: Layer): Recorded[] =>
  layers.find(({ layer }) => layer === wanted)?.registrations ?? [];

/**
 * The plan with one change; the given one stays as it is.
 *
 * @throws {Error} when the layer does not have a resource that the mutant changes or removes.
 */
export function changed(plan: EnvironmentPlan, mutant: ProdMutant): EnvironmentPlan {
  const registrations = mutated(structuredClone(registrationsOf(plan, mutant.layer)), mutant);
  return { ...plan, layers: plan.layers.map((each) => (each.layer === mutant.layer ? { ...each, registrations } : each)) };
}

/** The registrations of a layer with one change, which is made in place. @throws {Error} when the layer does not have a resource that the mutant changes or removes. */
export function mutated(registrations: Recorded[], mutant: ProdMutant): Recorded[] {
  const find = ({ type, name }: Address): Recorded => {
    const found = registrations.find((each) => each.type === type && each.name === name);
    if (found === undefined) {
      throw new Error(`${mutant.layer} must have ${type} '${name}', got nothing: fix the mutant "${mutant.what}"`);
    }
    return found;
  };
  if ("adds" in mutant) {
    return [...registrations, added(mutant.adds)];
  }
  if ("removes" in mutant) {
    const gone = mutant.removes.map(find);
    return registrations.filter((each) => !gone.includes(each));
  }
  for (const edit of "edits" in mutant ? mutant.edits : [mutant]) {
    const found = find(edit.resource);
    edit.change(found.inputs, found);
  }
  return registrations;
}

const added = ({ type, inputs }: { type: string; inputs: Inputs }): Recorded => ({
  type,
  name: "added",
  inputs,
  custom: true,
  parent: "",
  path: [],
  dependencies: [],
  provider: "",
  protect: false,
  ignoreChanges: [],
  deletedWith: "",
  aliases: [],
});

import type { EnvironmentPlan } from "#plan/environment";
import type { Recorded } from "#plan/record";
import { readable } from "#policies/resource";
import type { Layer } from "#stacks/contracts";

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

/** What a mutant may do to the resources of a layer. */
export interface Resources {
  /** A resource by its name in the program, to be changed in place; its type where two share the name. */
  get: (name: string, type?: string) => Recorded;
  remove: (name: string) => void;
  add: (type: string, inputs: Record<string, any>) => void;
}

/** The plan with one change; the given one stays as it is. */
export function changed(plan: EnvironmentPlan, layer: Layer, change: (resources: Resources) => void): EnvironmentPlan {
  let registrations = structuredClone(registrationsOf(plan, layer));
  const get: Resources["get"] = (name, type) => {
    const found = registrations.find((each) => each.custom && each.name === name && (type === undefined || each.type === type));
    if (found === undefined) {
      throw new Error(`${layer} has no '${name}': mend scripts/checkov/mutants`);
    }
    return found;
  };
  change({
    get,
    remove: (name) => {
      const gone = get(name);
      registrations = registrations.filter((each) => each !== gone);
    },
    add: (type, inputs) => {
      const none = {
        parent: "",
        path: [],
        dependencies: [],
        provider: "",
        protect: false,
        ignoreChanges: [],
        deletedWith: "",
        aliases: [],
      };
      registrations.push({ ...none, type, name: "added", inputs, custom: true });
    },
  });
  return { ...plan, layers: plan.layers.map((each) => (each.layer === layer ? { ...each, registrations } : each)) };
}

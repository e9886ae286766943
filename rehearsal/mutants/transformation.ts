import * as pulumi from "@pulumi/pulumi";
import type { Mutant } from "./mutant.ts";

/**
 * Changes the resources of the running program as the mutants say. To be called before the program declares its first resource.
 *
 * @returns mutants whose resource the program has not declared so far.
 */
export function mutate<M extends Mutant>(mutants: readonly M[]): { missed: () => M[] } {
  const applied = new Set<M>();
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const own = mutants.filter(({ resource }) => resource.type === type && resource.name === name);
    if (own.length === 0) {
      return undefined;
    }
    const changed = { props: { ...props }, opts: { ...opts } };
    for (const mutant of own) {
      mutant.change(changed.props, changed.opts);
      applied.add(mutant);
    }
    return changed;
  });
  return { missed: () => mutants.filter((mutant) => !applied.has(mutant)) };
}

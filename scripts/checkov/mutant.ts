import type { Address, Edit, Inputs, Mutant } from "#rehearsal/mutants/mutant";

/** A bad change to prod: to one resource as in a rehearsal, to several, or one that adds or removes some. */
export type ProdMutant =
  | Mutant
  | (Pick<Mutant, "what" | "layer"> &
      ({ edits: readonly Edit[] } | { removes: readonly Address[] } | { adds: { type: string; inputs: Inputs } }));

/** A Kubernetes object by its type token without the provider, such as `core/v1:Service`, and its name in the program. */
export const object = (type: string, name: string): Address => ({ type: `kubernetes:${type}`, name });

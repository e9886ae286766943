/**
 * Mutants, by kind, of which the pack does not say so far what is true: bad ones that it does not accuse, and harmless ones that it does.
 * An entry whose mutant is judged right is an error: the list can only shrink.
 */
export const OPEN: Readonly<Record<string, readonly string[]>> = {
  "other spellings": ["nodes for a list of addresses that nobody sees"],
};

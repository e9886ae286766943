import { Undecided } from "./resource.ts";
import type { Fault } from "./rule.ts";

/**
 * Faults of checks that do not depend on each other. A value that one of them does not know hides no fault of the others: the rule
 * stays open only where none of them finds anything.
 */
export function together(...checks: readonly (() => Fault[])[]): Fault[] {
  const faults: Fault[] = [];
  let open: Undecided | undefined;
  for (const check of checks) {
    try {
      faults.push(...check());
    } catch (error) {
      if (!(error instanceof Undecided)) {
        throw error;
      }
      open ??= error;
    }
  }
  if (open && faults.length === 0) {
    throw open;
  }
  return faults;
}

/** What is wrong with each of several subjects of a rule that looks at a whole stack. */
export const ofEach = <T>(subjects: readonly T[], faultsOf: (subject: T) => Fault[]): Fault[] =>
  together(...subjects.map((subject) => () => faultsOf(subject)));

import { Undecided } from "../resource.ts";
import type { Fault } from "../rule.ts";

/**
 * What is wrong with each of several subjects of a rule that looks at a whole stack. One that cannot be decided yet does not hide
 * the faults of the others; only where there are none does it leave the rule open.
 */
export function ofEach<T>(subjects: readonly T[], faultsOf: (subject: T) => Fault[]): Fault[] {
  const faults: Fault[] = [];
  let open: Undecided | undefined;
  for (const subject of subjects) {
    try {
      faults.push(...faultsOf(subject));
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

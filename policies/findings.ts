import { type Resource, Undecided } from "./resource.ts";

/** What one rule found wrong with one property. */
export interface Fault {
  /** Path below the inputs, for example `vpcConfig.publicAccessCidrs`; if something is missing, the name of what is missing. */
  property: string;
  /** The value; `nothing` when it is missing. Never a secret. */
  got: string;
  /** The wanted value: completes "must be …". */
  want: string;
  /** Where the fault lies when a relation is checked; the resource itself otherwise. */
  resource?: Resource;
}

/** A rule failed at a resource: a mistake in the rule, never in the program. */
export class Unreadable extends Error {
  /** Address of the resource, where it is known. */
  readonly address: string | undefined;

  constructor(cause: unknown, address?: string) {
    super(`the rule could not read it (${String(cause)})`, { cause });
    this.address = address;
  }
}

/** What a rule says: what is wrong, and what it could not decide. Neither hides the other. */
export type Finding = Fault | Undecided | Unreadable;

/** What a check finds. One that meets an unknown value, or fails, says so instead of ending the whole rule. */
export function attempt(check: () => readonly Finding[], address?: string): readonly Finding[] {
  try {
    return check();
  } catch (error) {
    return [error instanceof Undecided ? error : new Unreadable(error, address)];
  }
}

/** Findings of checks that do not depend on each other. */
export const together = (...checks: readonly (() => readonly Finding[])[]): Finding[] =>
  checks.flatMap((check) => attempt(check));

/** Findings at each of several resources, by a rule that looks at a whole stack. */
export const ofEach = (resources: readonly Resource[], check: (resource: Resource) => readonly Finding[]): Finding[] =>
  resources.flatMap((resource) => attempt(() => check(resource), resource.address));

/** The fault, unless a condition holds. */
export const unless = (holds: boolean, fault: Fault): Fault[] => (holds ? [] : [fault]);

import type { Day } from "./day.ts";
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
  /**
   * Last day on which the value is right, for what loses its support. More than `WARNING_DAYS` before it the value is no fault at all,
   * then it is advised against, and after that day it breaks the rule. @default - it is wrong on every day
   */
  ends?: Day;
}

/** For how long before its end a value is advised against, days. An upgrade of a cluster through all environments takes weeks. */
export const WARNING_DAYS = 90;

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

type Check = () => readonly Finding[];

/** Findings of checks that do not depend on each other. Many of them come as a list: a call cannot have a million arguments. */
export const together = (...checks: readonly (Check | readonly Check[])[]): Finding[] =>
  checks.flat().flatMap((check) => attempt(check));

/** Findings at each of several resources, by a rule that looks at a whole stack. */
export const ofEach = (resources: readonly Resource[], check: (resource: Resource) => readonly Finding[]): Finding[] =>
  resources.flatMap((resource) => attempt(() => check(resource), resource.address));

/** The fault, unless a condition holds. */
export const unless = (holds: boolean, fault: Fault): Fault[] => (holds ? [] : [fault]);

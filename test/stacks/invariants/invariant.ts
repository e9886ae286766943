import type { Recorded } from "#plan/record";
import type { Layer } from "#stacks/contracts";
import type { RecordedStack } from "../../harness/stacks.ts";

/** What holds for every layer of every environment. */
export interface Invariant {
  /** The rule, as a sentence about what is right. */
  rule: string;
  /** What breaks it, by type and name. */
  offenders: (stack: RecordedStack) => string[];
  /** A stack that breaks it: proof that the rule can be broken, and is found out. */
  counterexample: {
    /** Layer of prod that is changed. */
    of: Layer;
    /** Changes a copy of that stack for the worse. */
    change: (stack: RecordedStack) => void;
    /** What `offenders` then lists. */
    found: string[];
  };
}

/** How an offender is named. */
export const label = ({ type, name }: Recorded): string => `${type} ${name}`;

/** An invariant that looks at one resource at a time. */
export const offending =
  (offends: (resource: Recorded, stack: RecordedStack) => boolean) =>
  (stack: RecordedStack): string[] =>
    stack.resources.filter((resource) => offends(resource, stack)).map(label);

/** The resource of a type and name, for a counterexample to change. */
export function pick({ resources }: RecordedStack, type: string, name: string): Recorded {
  const found = resources.find((resource) => resource.type === type && resource.name === name);
  if (!found) {
    throw new Error(`the counterexample changes '${type} ${name}', which is no longer there`);
  }
  return found;
}

/** Every value inside a value, each with its key: objects and lists themselves, and what is in them. */
export function* valuesIn(value: unknown, key = ""): Generator<{ key: string; value: unknown }> {
  yield { key, value };
  if (typeof value === "object" && value !== null) {
    for (const [inner, each] of Object.entries(value)) {
      yield* valuesIn(each, inner);
    }
  }
}

/** Every text inside a value. */
export const textsIn = (value: unknown): string[] =>
  [...valuesIn(value)].flatMap(({ value: each }) => (typeof each === "string" ? [each] : []));

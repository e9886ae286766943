import * as pulumi from "@pulumi/pulumi";
import { type Fault, isLater, matching, oneOf, type Range, type Rule, wholeNumber } from "./shape.ts";

/** What a check refuses on behalf of: the component whose argument it is. */
type On = pulumi.Resource;

/**
 * Checks for rules that look at more than one argument, and for parts of an argument; the rule of an argument by itself stands in the
 * component's `shape`. They speak one language: `'<argument>' must be <rule>, got '<value>'`. An absent value passes: defaults are the
 * component's. A value that is still unknown (an `Output`) passes too: the engine or the API server answers for it.
 *
 * @throws {pulumi.ResourceError} with that sentence, shown without a stack.
 */
export const check = {
  /** A whole number between `min` and `max`, both included. */
  wholeNumber(argument: string, value: unknown, range: Range, on: On): void {
    accept(argument, value, wholeNumber(range), on);
  },

  /** No value twice. */
  distinct(argument: string, values: readonly string[], on: On): void {
    const repeated = values.find((value, index) => values.indexOf(value) !== index);
    if (repeated !== undefined) {
      throw refusal({ argument, must: "distinct", value: repeated }, on);
    }
  },

  /** One of a closed list. */
  oneOf(argument: string, value: unknown, allowed: readonly string[], on: On): void {
    accept(argument, value, oneOf(...allowed), on);
  },

  /** Text of a form; `rule` says in words what the pattern means. */
  matches(argument: string, value: unknown, pattern: RegExp, rule: string, on: On): void {
    accept(argument, value, matching(pattern, rule), on);
  },

  /** A list with at least `min` and at most `max` entries. */
  length(argument: string, values: readonly unknown[] | undefined, { min, max = Infinity }: Range, on: On): void {
    if (values !== undefined && (values.length < min || values.length > max)) {
      const entries = max === Infinity ? `at least ${min}` : min === max ? min : `${min} to ${max}`;
      throw refusal({ argument, must: `a list of ${entries} entries`, value: values.length }, on);
    }
  },

  /** Anything else: `rule` completes the sentence `'<argument>' must be …`. */
  that(holds: boolean, argument: string, rule: string, value: unknown, on: On): void {
    if (!holds) {
      throw refusal({ argument, must: rule, value }, on);
    }
  },
};

function accept(argument: string, value: unknown, { fits, must }: Rule<never>, on: On): void {
  if (value !== undefined && !isLater(value) && !fits(value)) {
    throw refusal({ argument, must, value }, on);
  }
}

/**
 * The arguments that were given: those whose value is `undefined` are left out, so that `{ ...DEFAULTS, ...given(args) }` keeps the
 * default of each.
 */
export function given<T extends object | undefined>(args: T): T {
  return Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== undefined)) as T;
}

/** The refusal of a fault. Pulumi shows the component's type and name beside it. */
export function refusal({ argument, must, value }: Fault, on: On): pulumi.ResourceError {
  return new pulumi.ResourceError(sentence({ argument, must, value }), on, true);
}

export const sentence = ({ argument, must, value }: Fault): string => `'${argument}' must be ${must}, got ${shown(value)}`;

/** A value as a person would name it. */
function shown(value: unknown): string {
  if (isLater(value)) {
    return "an output";
  }
  if (pulumi.Resource.isInstance(value)) {
    return `a resource of type ${(value as { __pulumiType?: string }).__pulumiType}`;
  }
  if (typeof value === "function" || typeof value === "symbol") {
    return `a ${typeof value}`;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : value.every((each) => Object(each) !== each) ? `'${value.join()}'` : "a list";
  }
  return typeof value === "object" && value !== null ? "an object" : `'${String(value)}'`;
}

/** A number of days in words: `1 day`, `90 days`. */
export const inDays = (days: number): string => `${days} ${days === 1 ? "day" : "days"}`;

import * as pulumi from "@pulumi/pulumi";
import { DNS_LABEL, DNS_LABEL_RULE, DNS_NAME, DNS_NAME_RULE, SHORT_LABEL, SHORT_LABEL_RULE } from "./naming.ts";

/**
 * What an argument must be. `T` is what the argument's type allows: a rule that refuses some of it does not compile in a {@link Shape}.
 * That a rule lets nothing else through is tested over the catalogue of components.
 */
export interface Rule<T, Optional extends boolean = boolean> {
  /** Completes the sentence `'<argument>' must be …`. */
  readonly must: string;
  /** Whether the argument may be left out. */
  readonly optional: Optional;
  /** Whether the value fits, apart from what lies inside it. */
  readonly fits: (value: unknown) => boolean;
  /** What lies inside a value that fits. */
  readonly inside: (value: T) => readonly Part[];
  /** Keys that there are, in the rule of one that there is not. */
  readonly known?: readonly string[];
  /** Names that fit, of which one is probably meant where another is given. */
  readonly names?: readonly string[];
}

/** A part of a value: how its path goes on, the part itself, and its rule. */
export type Part = readonly [path: string, value: unknown, rule: Rule<never>];

/** The rule of each argument of `T`: as many as `T` has, optional where `T` says so. */
export type Shape<T> = {
  readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>, {} extends Pick<T, K> ? true : false>;
};

type Fields = Readonly<Record<string, Rule<never>>>;

/** A value that breaks its rule. */
export interface Fault {
  argument: string;
  must: string;
  value: unknown;
  /** Keys that there are, where the value has one that there is not. */
  known?: readonly string[];
  /** Names of which the value should be one. */
  names?: readonly string[];
}

/**
 * The first fault in a value and in everything inside it, in the order of the rules.
 *
 * @param argument path of the value, for example `pool.flavor` or `subnetIds[0]`
 */
export const faultIn = (argument: string, value: unknown, rule: Rule<never>): Fault | undefined =>
  faultsIn(argument, value, rule).next().value;

/** All faults in a value, one by one. Nothing is looked for inside a value that breaks its own rule. */
export function* faultsIn(argument: string, value: unknown, rule: Rule<never>): Generator<Fault, undefined> {
  if (value === undefined && rule.optional) {
    return;
  }
  if (!rule.fits(value)) {
    const { must, known, names } = rule;
    yield { argument, must, value, ...(known && { known }), ...(names && { names }) };
    return;
  }
  for (const [path, part, ofPart] of rule.inside(value as never)) {
    yield* faultsIn(`${argument}${path}`, part, ofPart);
  }
}

const simple = <T>(must: string, fits: (value: unknown) => boolean): Rule<T, false> => ({
  must,
  optional: false,
  fits,
  inside: () => [],
});

/** Plain: a value that is known now. */
export const text: Rule<string, false> = simple("a non-empty string", (value) => typeof value === "string" && value !== "");

/** Text that may be empty. */
export const anyText: Rule<string, false> = simple("a string", (value) => typeof value === "string");

export const anyNumber: Rule<number, false> = simple("a number", Number.isFinite);

export const flag: Rule<boolean, false> = simple("true or false", (value) => typeof value === "boolean");

/** An object whose fields are somebody else's: Kubernetes', a chart's. */
export const anyObject: Rule<object, false> = simple("an object", isObject);

/** Text of a form; `must` says in words what the pattern means. */
export const matching = (pattern: RegExp, must: string): Rule<string, false> =>
  simple(must, (value) => typeof value === "string" && pattern.test(value));

export const label = matching(DNS_LABEL, DNS_LABEL_RULE);
export const shortLabel = matching(SHORT_LABEL, SHORT_LABEL_RULE);
export const domainName = matching(DNS_NAME, DNS_NAME_RULE);

/** Both included. */
export interface Range {
  min: number;
  max?: number;
}

export const wholeNumber = (range: Range): Rule<number, false> =>
  simple(`a whole number ${words(range)}`, (value) => Number.isInteger(value) && within(value as number, range));

export const number = (range: Range): Rule<number, false> =>
  simple(`a number ${words(range)}`, (value) => Number.isFinite(value) && within(value as number, range));

const within = (value: number, { min, max = Infinity }: Range): boolean => value >= min && value <= max;
const words = ({ min, max }: Range): string => (max === undefined ? `of at least ${min}` : `from ${min} to ${max}`);

/** One of a closed list. */
export const oneOf = <const T extends string | number>(...allowed: readonly T[]): Rule<T, false> =>
  simple(`one of ${allowed.join(", ")}`, (value) => (allowed as readonly unknown[]).includes(value));

/** One of more names than a sentence can list; `must` says where they stand. */
export const nameOf = (names: readonly string[], must: string): Rule<string, false> => ({
  ...simple(must, (value) => (names as readonly unknown[]).includes(value)),
  names,
});

/** @param min fewest entries. */
export const listOf = <T>(rule: Rule<T>, min = 0): Rule<readonly T[], false> => ({
  must: min === 0 ? "a list" : `a list of at least ${min}`,
  optional: false,
  fits: (value) => Array.isArray(value) && value.length >= min,
  inside: (list) => Array.from(list, (value, index) => [`[${index}]`, value, rule]),
});

/** An object whose keys the caller chooses. */
export const mapOf = <T>(rule: Rule<T>): Rule<Readonly<Record<string, T>>, false> => ({
  must: "an object",
  optional: false,
  fits: isObject,
  inside: (map) => Object.entries(map).map(([key, value]) => [`.${key}`, value, rule]),
});

/** An object with fields of ours. */
export const fields = <T>(shape: Shape<T>): Rule<T, false> => ({
  must: `an object with ${Object.keys(shape).join(", ")}`,
  optional: false,
  fits: isObject,
  inside: (value) => partsOf(value, shape as Fields),
});

const partsOf = (value: unknown, shape: Fields): Part[] =>
  Object.entries(shape).map(([key, rule]) => [`.${key}`, (value as Record<string, unknown>)[key], rule]);

/** An object with one field of several; which one it has says what it is. */
export const oneField = <T>(shape: { readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>, false> }): Rule<T, false> => {
  const keys = Object.keys(shape);
  return {
    must: `an object with exactly one of ${keys.join(", ")}`,
    optional: false,
    fits: (value) => isObject(value) && keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined).length === 1,
    inside: (value) =>
      partsOf(value, Object.fromEntries(Object.entries<Rule<never>>(shape).map(([key, rule]) => [key, optional(rule)]))),
  };
};

type OfKind<T, K extends keyof T, V> = T extends unknown ? (V extends T[K] ? T : never) : never;

/**
 * An object whose fields depend on one of them, `key`.
 *
 * @param otherwise kind of an object that does not state it. @default - each states it
 */
export const byKind = <T, K extends keyof T & string>(
  key: K,
  shapes: { readonly [V in T[K] & string]: Shape<Omit<OfKind<T, K, V>, K>> },
  otherwise?: T[K] & string,
): Rule<T, false> => ({
  must: otherwise === undefined ? `an object with ${key}` : "an object",
  optional: false,
  fits: isObject,
  inside: (value) => {
    const kind = value[key] ?? otherwise;
    const known = typeof kind === "string" && Object.hasOwn(shapes, kind);
    return [[`.${key}`, kind, oneOf(...Object.keys(shapes))], ...(known ? partsOf(value, shapes[kind] as Fields) : [])];
  },
});

/** The same object without any other key. For what no type check has seen on its way here. */
export const closed = <T, O extends boolean>(rule: Rule<T, O>): Rule<T, O> => ({
  ...rule,
  inside: (value) => {
    const parts = rule.inside(value);
    const known = parts.map(([path]) => path.slice(1));
    const keys = [
      ...Object.entries(value as object),
      ...(hasHiddenKeys(value as object) ? [["__proto__", undefined] as const] : []),
    ];
    const others = keys.filter(([key]) => !known.includes(key));
    return [...others.map(([key, part]): Part => [`.${key}`, part, unknownKey(known)]), ...parts];
  },
});

/** Whether a table has keys that nobody sees: those of another object, as `{ __proto__: … }` gives it one. */
export const hasHiddenKeys = (table: object): boolean =>
  Object.getPrototypeOf(table) !== null && Object.getPrototypeOf(table) !== Object.prototype;

const unknownKey = (known: readonly string[]): Rule<unknown, false> => ({
  ...simple(`a known key (${known.join(", ")})`, () => false),
  known,
});

export const either = <A, B>(one: Rule<A>, other: Rule<B>): Rule<A | B, false> => ({
  must: `${one.must} or ${other.must}`,
  optional: false,
  fits: (value) => one.fits(value) || other.fits(value),
  inside: (value) => (one.fits(value) ? one.inside(value as A) : other.inside(value as B)),
});

/** A value that may be an output. What is inside an output is for the engine or the API to judge. */
export const input = <T>(rule: Rule<T>): Rule<pulumi.Input<T>, false> => ({
  ...rule,
  optional: false,
  fits: (value) => isLater(value) || rule.fits(value),
  inside: (value) => (isLater(value) ? [] : rule.inside(value as T)),
});

export const optional = <T>(rule: Rule<T>): Rule<T, true> => ({ ...rule, optional: true });

/** Whether a value is known only later. */
export const isLater = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

/** No list, `Map` or `Set`, whose fields would be looked for in vain. */
function isObject(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !(Symbol.iterator in value) &&
    !isLater(value) &&
    !pulumi.Resource.isInstance(value)
  );
}

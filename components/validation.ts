import * as pulumi from "@pulumi/pulumi";

/** What a check refuses on behalf of: the component whose argument it is. */
type On = pulumi.Resource;

/**
 * Checks that speak one language: `'<argument>' must be <rule>, got '<value>'`. An absent value passes: defaults are the
 * component's. A value that is still unknown (an `Output`) passes too: the engine or the API server answers for it.
 *
 * @throws {pulumi.ResourceError} with that sentence, shown without a stack.
 */
export const check = {
  /** A whole number between `min` and `max`, both included. */
  wholeNumber(argument: string, value: unknown, { min, max = Infinity }: { min: number; max?: number }, on: On): void {
    if (isPlain(value) && !(Number.isInteger(value) && (value as number) >= min && (value as number) <= max)) {
      throw refuse(argument, `a whole number ${max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`}`, value, on);
    }
  },

  /** A number between `min` and `max`, both included. */
  number(argument: string, value: unknown, { min, max = Infinity }: { min: number; max?: number }, on: On): void {
    if (isPlain(value) && !(typeof value === "number" && value >= min && value <= max)) {
      throw refuse(argument, `a number ${max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`}`, value, on);
    }
  },

  /** No value twice. */
  distinct(argument: string, values: readonly string[], on: On): void {
    const repeated = values.find((value, index) => values.indexOf(value) !== index);
    if (repeated !== undefined) {
      throw refuse(argument, "distinct", repeated, on);
    }
  },

  /** One of a closed list. */
  oneOf(argument: string, value: unknown, allowed: readonly string[], on: On): void {
    if (isPlain(value) && !allowed.includes(value as string)) {
      throw refuse(argument, `one of ${allowed.join(", ")}`, value, on);
    }
  },

  /** Text of a form; `rule` says in words what the pattern means. */
  matches(argument: string, value: unknown, pattern: RegExp, rule: string, on: On): void {
    if (isPlain(value) && !(typeof value === "string" && pattern.test(value))) {
      throw refuse(argument, rule, value, on);
    }
  },

  /** A list with at least `min` and at most `max` entries. */
  length(
    argument: string,
    values: readonly unknown[] | undefined,
    { min, max = Infinity }: { min: number; max?: number },
    on: On,
  ): void {
    if (values !== undefined && (values.length < min || values.length > max)) {
      throw refuse(
        argument,
        `a list of ${max === Infinity ? `at least ${min}` : min === max ? min : `${min} to ${max}`} entries`,
        values.length,
        on,
      );
    }
  },

  /** Anything else: `rule` completes the sentence `'<argument>' must be …`. */
  that(holds: boolean, argument: string, rule: string, value: unknown, on: On): void {
    if (!holds) {
      throw refuse(argument, rule, value, on);
    }
  },
};

/**
 * The arguments that were given: those whose value is `undefined` are left out, so that `{ ...DEFAULTS, ...given(args) }` keeps the
 * default of each.
 */
export function given<T extends object | undefined>(args: T): T {
  return Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== undefined)) as T;
}

const isPlain = (value: unknown): boolean =>
  value !== undefined && !pulumi.Output.isInstance(value) && !(value instanceof Promise);

function refuse(argument: string, rule: string, value: unknown, on: On): pulumi.ResourceError {
  return new pulumi.ResourceError(`'${argument}' must be ${rule}, got '${String(value)}'`, on, true);
}

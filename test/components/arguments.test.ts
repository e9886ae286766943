import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultIn, type Rule } from "#components/shape";
import { CATALOGUE, type Entry } from "./catalogue.ts";

class Other extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Other", "other");
  }
}

/** What a program in JavaScript, or one with a wrong cast, may give in place of any argument. */
const WRONG: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  "an empty list": () => [],
  "an empty object": () => ({}),
  zero: () => 0,
  "an empty text": () => "",
  NaN: () => Number.NaN,
  "a function": () => () => undefined,
  "an output": () => pulumi.output("known later"),
  "a component": () => new Other(),
};

/** A place in the arguments: its path, its rule, and arguments that hold something else there. */
interface Place {
  path: string;
  value: unknown;
  rule: Rule<never>;
  with(other: unknown): unknown;
}

/** The arguments themselves and every place inside them, as far as the entry's arguments go. */
function placesIn(place: Place): Place[] {
  const inside = place.rule.fits(place.value) ? place.rule.inside(place.value as never) : [];
  return [place, ...inside.flatMap(([path, value, rule]) => placesIn({ path: place.path + path, value, rule, with: other }))];

  function other(this: Place, part: unknown): unknown {
    const key = this.path.slice(place.path.length).replace(/^\.|^\[|\]$/g, "");
    const copy: any = Array.isArray(place.value) ? [...place.value] : { ...(place.value as object) };
    copy[key] = part;
    return place.with(copy);
  }
}

const placesOf = ({ args: value, shape: rule }: Entry): Place[] =>
  placesIn({ path: "args", value, rule, with: (other) => other });

/** The module through which the SDK itself registers. */
const registrations = createRequire(import.meta.url)("@pulumi/pulumi/runtime/resource") as Record<string, unknown>;
const { registerResource, registerResourceOutputs } = registrations;
const { stackTraceLimit } = Error;
const resource = pulumi.Resource as unknown as { callsites: () => object[] };
const { callsites } = resource;

// Refusals come before anything is registered, and registering takes nearly all the time: here every output stays unknown for ever.
beforeAll(() => {
  Object.assign(Error, { stackTraceLimit: 0 });
  Object.assign(resource, { callsites: () => [] });
  const never = pulumi.output(new Promise<never>(() => {}));
  registrations["registerResource"] = (resource: any, ...[, , , , , , props]: object[]) => {
    for (const key of ["urn", "id", ...Object.keys(props ?? {})]) {
      resource[key] = never;
    }
  };
  registrations["registerResourceOutputs"] = () => {};
});
afterAll(() => {
  Object.assign(Error, { stackTraceLimit });
  Object.assign(resource, { callsites });
  Object.assign(registrations, { registerResource, registerResourceOutputs });
});

const WITH_ARGUMENTS = Object.entries(CATALOGUE).filter(([, { args }]) => args !== undefined);

const fits = (value: unknown, rule: Rule<never>): boolean => faultIn("args", value, rule) === undefined;

/** Whether anything is inside what fits the rule. */
const isDeep = (rule: Rule<never>): boolean => [{}, [undefined]].some((value) => rule.inside(value as never).length > 0);

describe.each(WITH_ARGUMENTS)("%s", (kind, entry) => {
  it("has a rule for each of its arguments, and the catalogue an example of each that has parts", () => {
    expect(faultIn("args", entry.args, entry.shape as Rule<never>)).toBeUndefined();
    const places = placesOf(entry);
    const missing = places.filter(({ value, rule }) => value === undefined && isDeep(rule));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it("refuses what is no object at all", () => {
    const taken = Object.keys(WRONG).filter(
      (what) =>
        !isRefusal(
          thrownBy(() => entry.make(WRONG[what]!() ?? null)),
          kind,
        ),
    );
    expect(taken).toEqual(fits({}, entry.shape) ? ["an empty object"] : []);
  });

  // What a rule refuses, the base refuses in the same way for all: tried here is what the rules let through.
  it("works with whatever its rules let through, or refuses it by the argument's name", () => {
    const others = placesOf(entry).flatMap((place) =>
      Object.entries(WRONG).flatMap(([what, value]) => {
        const wrong = value();
        const error = fits(wrong, place.rule) ? thrownBy(() => entry.make(place.with(wrong))) : undefined;
        return error === undefined || isRefusal(error, kind) ? [] : [`${place.path}: ${what}: ${error.message}`];
      }),
    );
    expect(others).toEqual([]);
  });
});

function thrownBy(work: () => unknown): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function isRefusal(error: unknown, kind: string): boolean {
  if (!pulumi.ResourceError.isInstance(error)) {
    return false;
  }
  const { __pulumiType: type } = error.resource as unknown as { __pulumiType: string };
  return type === `millrace:${kind}` && /^'.+' must be .+, got .+$/.test(error.message);
}

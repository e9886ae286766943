import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { RULES } from "#policies/catalogue";
import { evaluate, openSentence } from "#policies/evaluate";
import { type Fault, Unreadable } from "#policies/findings";
import { findingsOf } from "#policies/judge";
import { WORKLOADS } from "#policies/kubernetes/workloads";
import { type Resource, readable, Undecided } from "#policies/resource";
import { isResourceRule, type Rule } from "#policies/rule";
import { objectShape, resourceShape } from "#simulation/aws/schema";
import { LAYERS } from "#stacks/contracts";
import { stackOf } from "../harness/stacks.ts";
import { resource } from "./harness.ts";
import { TODAY } from "./sample.ts";
import { KUBERNETES_SEEDS } from "./seeds.ts";

/** What may stand where something else is expected. `undefined` leaves the field out. */
const WRONG: readonly unknown[] = [
  null,
  "",
  [],
  {},
  0,
  true,
  "text",
  [null],
  undefined,
  // Keys that every object seems to have.
  JSON.parse('{"__proto__":{"a":1},"constructor":null,"toString":1}'),
];

type Path = readonly string[];

/** A resource with its inputs as a program writes them. */
interface Seed {
  resource: Resource;
  inputs: object;
}

const seeds: Seed[] = [];

/** Types of resources that rules name. Rules about whole stacks find theirs among the golden stacks and the seeds. */
const TYPES = [...new Set(RULES.flatMap((rule) => (isResourceRule(rule) ? rule.types : [])))];

beforeAll(async () => {
  for (const layer of LAYERS) {
    const { resources } = await stackOf(layer, "prod");
    const custom = resources.filter((each) => each.custom);
    resourcesOf({ layer, registrations: resources }, "prod").forEach((each, index) => {
      const inputs = custom[index]?.inputs ?? {};
      // The first of each type: the others are made by the same component.
      if (!seeds.some((seed) => seed.resource.type === each.type)) {
        seeds.push({ resource: each, inputs });
      }
    });
  }
  for (const [type, inputs] of [...KUBERNETES_SEEDS, ...TYPES.flatMap((type) => fromSchema(type))]) {
    if (!seeds.some((seed) => seed.resource.type === type)) {
      seeds.push({ resource: resource(type.split(":").at(-1) ?? "", inputs, { type }), inputs });
    }
  }
});

/** An object of a type of the AWS package with every argument that its declarations have, four levels deep. */
function fromSchema(type: string): [string, object][] {
  const shape = type.startsWith("aws:") ? resourceShape(type) : undefined;
  return shape === undefined ? [] : [[type, filled(shape.arguments, 4)]];
}

function filled(given: ReadonlyMap<string, { object?: string; list: boolean }>, depth: number): object {
  return Object.fromEntries(
    [...given].map(([name, { object, list }]) => {
      const shape = object === undefined || depth === 0 ? undefined : objectShape(object);
      const value = shape === undefined ? "text" : filled(shape.arguments, depth - 1);
      return [name, list ? [value] : value];
    }),
  );
}

/** Inputs that note which of their values are read, by path. What nobody reads can be anything. */
function noting(value: unknown, noted: Set<string>, path: Path = []): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const note = (key: PropertyKey): Path => {
    const own = [...path, String(key)];
    if (typeof key === "string" && Object.hasOwn(value, key) && key !== "length") {
      noted.add(JSON.stringify(own));
    }
    return own;
  };
  return new Proxy(value, {
    get: (target, key) => noting(Reflect.get(target, key), noted, note(key)),
    getOwnPropertyDescriptor: (target, key) => {
      note(key);
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

/** Inputs with another value at one path. */
function replaced(inputs: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) {
    return value;
  }
  const copy: any = Array.isArray(inputs) ? [...inputs] : { ...(inputs as object) };
  copy[key] = rest.length === 0 ? value : replaced(copy[key], rest, value);
  if (copy[key] === undefined && !Array.isArray(copy)) {
    delete copy[key];
  }
  return copy;
}

const withInputs = ({ resource: own }: Seed, inputs: unknown): Resource => ({
  ...own,
  inputs: readable(inputs as object, own.address),
});

const ask = (rule: Rule, own: Resource, others: readonly Resource[]) =>
  findingsOf(
    rule,
    isResourceRule(rule) ? own : others.map((each) => (each.name === own.name && each.type === own.type ? own : each)),
    rule.parameters?.prod ?? {},
  );

/** A rule that looks into every text reads thousands of values of a chart in one and the same way: these many of a seed are enough. */
const MOST_PATHS = 100;

/** As many of the entries as are enough, from everywhere in the list. */
const spread = <T>(entries: readonly T[]): T[] =>
  entries.filter((_, index) => index % Math.ceil(entries.length / MOST_PATHS) === 0);

/** The values that a rule reads of a seed, replaced by every wrong one: what the rule could not bear, and how often it was asked. */
function unbearable(rule: Rule): { failed: string[]; asked: number } {
  const stack = seeds.map((seed) => seed.resource);
  const failed: string[] = [];
  let asked = 0;
  for (const seed of seeds.filter(({ resource: { type } }) => !isResourceRule(rule) || rule.types.includes(type))) {
    const noted = new Set<string>();
    ask(rule, withInputs(seed, noting(seed.inputs, noted)), stack);
    for (const path of spread([...noted]).map((each) => JSON.parse(each) as Path)) {
      for (const value of WRONG) {
        asked += 1;
        const findings = ask(rule, withInputs(seed, replaced(seed.inputs, path, value)), stack);
        failed.push(
          ...findings
            .filter((finding) => finding instanceof Unreadable || (!(finding instanceof Undecided) && isOdd(finding)))
            .map((finding) => `${rule.id} ${seed.resource.type} ${path.join(".")} = ${JSON.stringify(value)}: ${said(finding)}`),
        );
      }
    }
  }
  return { failed, asked };
}

/** A message that shows the program's own confusion. */
const isOdd = ({ property, got, want }: Fault): boolean =>
  [property, got, want].some((text) => typeof text !== "string" || /\[object|undefined/.test(text));

const said = (finding: Fault | Error): string =>
  finding instanceof Error ? finding.message : JSON.stringify({ ...finding, resource: undefined });

describe("whatever a program writes", () => {
  it("there is a seed of every type that a rule names", () => {
    const known = new Set(seeds.map((seed) => seed.resource.type));
    expect(TYPES.filter((type) => !known.has(type))).toEqual([]);
    expect(WORKLOADS.filter((type) => !known.has(type))).toEqual([]);
  });

  let asked = 0;

  it.each(RULES)("$id does not fail when one value is of another shape", (rule) => {
    const found = unbearable(rule);
    asked += found.asked;
    expect(found.failed).toEqual([]);
  });

  it("rules were asked often enough", () => {
    expect(asked).toBeGreaterThan(50_000);
  });

  it("no rule fails when several values are of other shapes at once", () => {
    const path = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 });
    const change = fc.record({ seed: fc.nat(), path, value: fc.constantFrom(...WRONG) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const inputs = seeds.map((seed) => seed.inputs as unknown);
        for (const { seed, path: steps, value } of changes) {
          const at = seed % seeds.length;
          inputs[at] = replaced(inputs[at], walked(inputs[at], steps), value);
        }
        const resources = seeds.map((seed, index) => withInputs(seed, Object(inputs[index])));
        const { open } = evaluate(resources, { rules: RULES, environment: "prod", exceptions: [], today: TODAY });
        expect(open.filter(({ failure }) => failure !== undefined).map(openSentence)).toEqual([]);
      }),
      { seed: 20261121, numRuns: 300, interruptAfterTimeLimit: 30_000 },
    );
  });
});

/** A path that exists in inputs, by the number of a key at each step. */
function walked(inputs: unknown, steps: readonly number[]): string[] {
  const path: string[] = [];
  let value = inputs;
  for (const step of steps) {
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
    const key = keys[step % keys.length];
    if (key === undefined) {
      break;
    }
    path.push(key);
    value = (value as Record<string, unknown>)[key];
  }
  return path;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { resourcesOf } from "#plan/policy";
import type { Recorded } from "#plan/record";
import { RULES } from "#policies/catalogue";
import { evaluate, sentence, type Verdict } from "#policies/evaluate";
import { type Exception, readExceptions } from "#policies/exceptions";
import { findingsOf } from "#policies/judge";
import type { Bag } from "#policies/read";
import { type Resource, readable, Undecided } from "#policies/resource";
import { type Environment, isResourceRule, type Rule } from "#policies/rule";
import { LAYERS, type Layer } from "#stacks/contracts";
import { stackOf } from "../harness/stacks.ts";
import { UNKNOWN } from "../harness/wire.ts";
import { TODAY } from "./sample.ts";

const YESTERDAY = "2026-11-20";

/** The exceptions of this repository. */
export const exceptions: readonly Exception[] = readExceptions(
  readFileSync(join(PROJECT_FOLDER, "policies", "exceptions.yaml"), "utf8"),
  "policies/exceptions.yaml",
  RULES.map(({ id }) => id),
);

/** What the golden stacks break before a test changes them. */
const STANDING: readonly Exception[] = [
  {
    rule: "MESH-03",
    resource: "platform-*/gateway-listeners",
    reason: "the gateway of the golden stacks serves HTTP",
    ticket: "T-0",
    owner: "me",
    granted: "2026-10-01",
    expires: TODAY,
  },
];

/** @throws {Error} when there is no such rule. */
export function ruleOf(id: string): Rule {
  const rule = RULES.find((each) => each.id === id);
  if (!rule) {
    throw new Error(`there is no rule '${id}' in the catalogue`);
  }
  return rule;
}

/** A resource with everything that a test does not care about. */
export function resource(name: string, inputs: object = {}, rest: Partial<Resource> = {}): Resource {
  const address = rest.address ?? `foundation-prod/${name}`;
  return {
    type: "aws:s3/bucket:Bucket",
    name,
    address,
    inputs: readable(inputs, address),
    protect: false,
    ignoreChanges: [],
    parent: "",
    dependencies: [],
    provider: {},
    ...rest,
  };
}

/** A resource of somebody else's program. */
export const of = (type: string, name: string, inputs: object, dependencies: string[] = []): Resource =>
  resource(name, inputs, { type, address: `test/${name}`, dependencies });

/** What a rule finds in one resource, or in several together, fault by fault; `open: <path>` where it cannot tell. */
function look<T>(
  id: string,
  subject: Resource | readonly Resource[],
  parameters: object | undefined,
  told: (fault: { property: string; got: string; want: string }) => T,
): (T | string)[] {
  const rule = ruleOf(id);
  const several = Array.isArray(subject) ? (subject as readonly Resource[]) : [subject as Resource];
  const asked = isResourceRule(rule) ? several : [several];
  return asked
    .flatMap((each) => findingsOf(rule, each, parameters ?? rule.parameters?.prod ?? {}))
    .map((finding) =>
      finding instanceof Undecided ? `open: ${finding.path}` : finding instanceof Error ? finding.message : told(finding),
    );
}

/**
 * What a rule finds, `<property>: <value>`.
 *
 * @param parameters of the rule. @default - those of prod
 */
export const found = (id: string, subject: Resource | readonly Resource[], parameters?: object): string[] =>
  look(id, subject, parameters, ({ property, got }) => `${property}: ${got}`);

/** What a rule finds in prod in resources that are in none of the project's stacks: sentences without id and place. */
export const faults = (id: string, ...samples: readonly (Pick<Resource, "type" | "inputs"> & Partial<Resource>)[]): string[] =>
  look(
    id,
    samples.map(({ name = "sample", inputs, ...rest }) => resource(name, inputs, rest)),
    undefined,
    ({ property, want, got }) => `'${property}' must be ${want}, got '${got}'`,
  );

/** What a rule says in prod about a few resources, without exceptions: whole sentences. */
export const said = (id: string, ...resources: Resource[]): string[] =>
  verdictOf(id, resources, "prod", []).violations.map(sentence);

/** What one rule says of some resources. */
export const verdictOf = (
  id: string,
  resources: readonly Resource[],
  environment: Environment = "prod",
  allowed: readonly Exception[] = STANDING,
): Verdict => evaluate(resources, { rules: [ruleOf(id)], environment, exceptions: allowed, today: TODAY });

/** A layer of this repository as rules see it. */
export async function golden(layer: Layer, environment: Environment): Promise<Resource[]> {
  return resourcesOf({ layer, registrations: (await stackOf(layer, environment)).resources }, environment);
}

/** All layers of an environment as rules see them. Stacks are recorded one after the other: they share the SDK's mocks. */
export async function goldenLayers(environment: Environment): Promise<Resource[][]> {
  const layers: Resource[][] = [];
  for (const layer of LAYERS) {
    layers.push(await golden(layer, environment));
  }
  return layers;
}

/** One way to break a rule: a single change to the golden stacks. */
export interface Mutant {
  /** Completes "refuses …". */
  what: string;
  layer: Layer;
  /** @default "prod" */
  environment?: Environment;
  /** Name of the resource that is changed, and its type where two share the name. Absent where one is added. */
  resource?: string;
  type?: string;
  /** Changes the inputs in place, or the options. */
  change?: (inputs: any, resource: { protect: boolean; ignoreChanges: string[]; dependencies: string[] }) => void;
  /** A resource that nobody should make; it comes on top. */
  add?: {
    type: string;
    name: string;
    inputs: object;
    protect?: boolean;
    parent?: string;
    dependencies?: string[];
    provider?: Bag;
  };
  /** What is said, without the id: `platform-prod/cluster: 'version' must be …, got '…'`. */
  says: string;
  /** Path of the value that is then made unknown instead; the rule must neither accuse nor fall over. */
  unknown?: string;
}

/**
 * What every rule must do: refuse each mutant with its sentence, accuse nobody of an unknown value, and honour an exception until it
 * ends. That the golden stacks pass is tested for all rules at once (`golden.test.ts`).
 */
export function describeRule(id: string, mutants: readonly [Mutant, ...Mutant[]]): void {
  describe(id, () => {
    it.each(mutants)("refuses $what", async (mutant) => {
      const { environment = "prod" } = mutant;
      expect(verdictOf(id, await mutated(mutant), environment).violations.map(sentence)).toEqual([`${id} ${mutant.says}`]);
      if (mutant.unknown !== undefined) {
        const { violations, open } = verdictOf(id, await mutated(mutant, mutant.unknown), environment);
        expect(violations.map(sentence)).toEqual([]);
        expect(open.filter(({ failure }) => failure !== undefined)).toEqual([]);
      }
    });

    it("honours an exception until it ends", async () => {
      const [mutant] = mutants;
      const resources = await mutated(mutant);
      const address = mutant.says.split(":")[0] ?? "";
      const judged = (expires: string): Verdict =>
        verdictOf(id, resources, mutant.environment, [...STANDING, exceptionOf(id, address, expires)]);
      expect(judged(TODAY).violations.map(sentence)).toEqual([]);
      expect(judged(TODAY).excepted.map((each) => each.address)).toContain(address);
      expect(judged(YESTERDAY).violations.map(sentence)).toEqual([`${id} ${mutant.says} (exception T-1 ended on ${YESTERDAY})`]);
    });
  });
}

const exceptionOf = (rule: string, address: string, expires: string): Exception => ({
  rule,
  resource: address,
  reason: "for this test",
  ticket: "T-1",
  owner: "me",
  granted: "2026-10-01",
  expires,
});

/** A layer with one mutation. @param unknown path of a value that nobody knows yet, in place of the mutation's. */
async function mutated(mutant: Mutant, unknown?: string): Promise<Resource[]> {
  const { layer, environment = "prod", add } = mutant;
  const { resources } = await stackOf(layer, environment);
  const registrations = mutant.resource === undefined ? resources : changed(resources, mutant, unknown);
  const stack = resourcesOf({ layer, registrations }, environment);
  if (!add) {
    return stack;
  }
  const inputs = structuredClone(add.inputs);
  conceal(inputs, unknown);
  const address = `${layer}-${environment}/${add.name}`;
  return [...stack, resource(add.name, inputs, { ...add, address, inputs: readable(inputs, address) })];
}

/** The recording with one resource of its own: others see the same recording. */
function changed(recorded: readonly Recorded[], { layer, resource: name, type, change }: Mutant, unknown?: string): Recorded[] {
  const index = recorded.findIndex((each) => each.custom && each.name === name && (type === undefined || each.type === type));
  const own = structuredClone(recorded[index]);
  if (own === undefined) {
    throw new Error(`${layer} has no '${name}'`);
  }
  change?.(own.inputs, own);
  conceal(own.inputs, unknown);
  return recorded.with(index, own);
}

function conceal(inputs: any, path: string | undefined): void {
  const keys = path?.split(".") ?? [];
  const last = keys.pop();
  if (last !== undefined) {
    keys.reduce((at, key) => (at[key] ??= {}), inputs)[last] = UNKNOWN;
  }
}

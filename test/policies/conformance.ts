import { describe, expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import type { Exception } from "#policies/exceptions";
import { type Resource, readable, UNKNOWN_STRING } from "#policies/resource";
import { ENVIRONMENTS, type Environment } from "#policies/rule";
import type { Layer } from "#stacks/contracts";
import { stackOf } from "../harness/stacks.ts";
import { exceptions } from "./golden.ts";
import { TODAY } from "./sample.ts";

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
  add?: { type: string; name: string; inputs: object; protect?: boolean; parent?: string; dependencies?: string[] };
  /** What is said, without the id: `platform-prod/cluster: 'version' must be …, got '…'`. */
  says: string;
  /** Path of the value that is then made unknown instead; the rule must neither accuse nor fall over. */
  unknown?: string;
}

/** What every rule must do: pass the golden stacks, refuse each mutant, tolerate unknown values, honour an exception until it ends. */
export function describeRule(id: string, mutants: readonly [Mutant, ...Mutant[]]): void {
  const rule = RULES.find((each) => each.id === id);
  describe(id, () => {
    if (!rule) {
      it("exists", () => expect.fail(`there is no rule '${id}' in the catalogue`));
      return;
    }
    const judge = (resources: readonly Resource[], environment: Environment, allowed: readonly Exception[]) =>
      evaluate(resources, { rules: [rule], environment, exceptions: allowed, today: TODAY });

    it.each(ENVIRONMENTS)("is kept by every layer of %s, and decided", async (environment) => {
      for (const layer of ["foundation", "platform", "workloads"] as const) {
        const { violations, open } = judge(await golden(layer, environment), environment, exceptions);
        expect({ violations: violations.map(sentence), open: open.map(({ address, path }) => `${address} ${path}`) }).toEqual({
          violations: [],
          open: [],
        });
      }
    });

    it.each(mutants)("refuses $what", async (mutant) => {
      const { environment = "prod" } = mutant;
      expect(judge(await mutated(mutant), environment, exceptions).violations.map(sentence)).toEqual([`${id} ${mutant.says}`]);
    });

    it.each(mutants.filter(({ unknown }) => unknown !== undefined))(
      "accuses nobody of what is unknown instead of $what",
      async (mutant) => {
        const { violations } = judge(await mutated(mutant, true), mutant.environment ?? "prod", exceptions);
        expect(violations.map(sentence)).toEqual([]);
      },
    );

    it("honours an exception, until it ends", async () => {
      const [mutant] = mutants;
      const address = mutant.says.split(":")[0] ?? "";
      const exception = (expires: string): Exception => ({
        rule: id,
        resource: address,
        reason: "for this test",
        ticket: "T-1",
        owner: "me",
        granted: "2026-10-01",
        expires,
      });
      const resources = await mutated(mutant);
      const valid = judge(resources, mutant.environment ?? "prod", [...exceptions, exception(TODAY)]);
      expect({
        violations: valid.violations.map(sentence),
        excepted: valid.excepted.some((each) => each.address === address),
      }).toEqual({ violations: [], excepted: true });
      const ended = judge(resources, mutant.environment ?? "prod", [...exceptions, exception("2026-11-20")]);
      expect(ended.violations.map(sentence)).toEqual([`${id} ${mutant.says} (exception T-1 ended on 2026-11-20)`]);
    });
  });
}

/** A layer of this repository as rules see it. */
async function golden(layer: Layer, environment: Environment): Promise<Resource[]> {
  return resourcesOf({ layer, registrations: (await stackOf(layer, environment)).resources }, environment);
}

async function mutated(
  { layer, environment = "prod", resource, type, change, add, unknown }: Mutant,
  hide = false,
): Promise<Resource[]> {
  const { resources: recorded } = await stackOf(layer, environment);
  const registrations = [...recorded];
  if (resource !== undefined) {
    const at = recorded.findIndex((each) => each.custom && each.name === resource && (type === undefined || each.type === type));
    if (at < 0) {
      throw new Error(`${layer}-${environment} has no '${resource}'`);
    }
    // The others see the same recording.
    const own = structuredClone(recorded[at]!);
    registrations[at] = own;
    change?.(own.inputs, own);
    if (hide && unknown !== undefined) {
      conceal(own.inputs, unknown.split("."));
    }
  }
  const resources = resourcesOf({ layer, registrations }, environment);
  if (!add) {
    return resources;
  }
  const inputs = structuredClone(add.inputs);
  if (hide && unknown !== undefined) {
    conceal(inputs, unknown.split("."));
  }
  const base = { protect: false, parent: "", dependencies: [], ignoreChanges: [], provider: {} };
  return [...resources, { ...base, ...add, address: `${layer}-${environment}/${add.name}`, inputs: readable(inputs) }];
}

function conceal(inputs: any, [key, ...rest]: string[]): void {
  if (key === undefined) {
    return;
  }
  if (rest.length === 0) {
    inputs[key] = UNKNOWN_STRING;
  } else {
    conceal((inputs[key] ??= {}), rest);
  }
}

import { faultsOf } from "#policies/evaluate";
import { type Resource, Undecided } from "#policies/resource";
import { isResourceRule, type Rule } from "#policies/rule";
import { resource } from "./sample.ts";

type Sample = Pick<Resource, "type" | "inputs"> & Partial<Resource>;

/** What the rules of a family say in prod about resources that no stack of ours has, without ids and places; `open: <path>` where they cannot tell. */
export const faultsIn =
  (rules: readonly Rule[]) =>
  (id: string, ...samples: readonly [Sample, ...Sample[]]): string[] => {
    const rule = rules.find((each) => each.id === id);
    if (!rule) {
      throw new Error(`there is no rule '${id}'`);
    }
    const resources = samples.map(({ name = "sample", inputs, ...rest }) => resource(name, inputs, rest));
    const faults = faultsOf(rule, isResourceRule(rule) ? resources[0]! : resources, rule.parameters?.prod);
    return faults instanceof Undecided
      ? [`open: ${faults.path}`]
      : faults.map(({ property, want, got }) => `'${property}' must be ${want}, got '${got}'`);
  };

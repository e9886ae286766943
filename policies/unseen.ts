import { patternOf } from "./exceptions.ts";
import type { Resource } from "./resource.ts";
import type { Rule } from "./rule.ts";

/** A type of resources that no rule looks at, and how many of them there are. */
export interface Unseen {
  type: string;
  count: number;
}

/** Most types that a line names; data has all. */
const NAMED = 6;

/**
 * Types of resources at which no rule looks, by what the rules say that they look at: a silent rule is then not taken for a good word.
 * Components are left out, as their parts are there themselves: the name of their type has no slash.
 */
export function unseenAmong(resources: readonly Pick<Resource, "type">[], rules: readonly Rule[]): Unseen[] {
  const types = rules.flatMap((rule) => rule.types ?? []);
  const exact = new Set(types);
  const patterns = types.filter((type) => type.includes("*")).map(patternOf);
  return [...Map.groupBy(resources, ({ type }) => type)]
    .filter(([type]) => type.includes("/") && !exact.has(type) && !patterns.some((pattern) => pattern.test(type)))
    .map(([type, all]) => ({ type, count: all.length }))
    .toSorted((one, other) => one.type.localeCompare(other.type));
}

/** One line about them; nothing where every type is looked at. */
export function unseenLine(unseen: readonly Unseen[]): string[] {
  const counts = Map.groupBy(unseen, ({ type }) => type);
  const named = [...counts].map(([type, all]) => `${type} (${all.reduce((sum, { count }) => sum + count, 0)})`);
  const rest = named.length > NAMED ? [`and ${named.length - NAMED} more ${named.length - NAMED === 1 ? "type" : "types"}`] : [];
  return named.length === 0 ? [] : [`no rule looks at: ${[...named.slice(0, NAMED), ...rest].join(", ")}`];
}

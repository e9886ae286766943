import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import { type Resource, readable } from "#policies/resource";

/** A resource of a program of somebody else's. */
export const of = (type: string, name: string, inputs: object, dependencies: string[] = []): Resource => ({
  type,
  name,
  address: `test/${name}`,
  inputs: readable(inputs),
  protect: false,
  ignoreChanges: [],
  parent: "",
  dependencies,
  provider: {},
});

/** What a rule says in prod about a few resources, without exceptions. */
export const said = (id: string, ...resources: Resource[]): string[] =>
  evaluate(resources, {
    rules: RULES.filter((rule) => rule.id === id),
    environment: "prod",
    exceptions: [],
    today: "2026-11-21",
  }).violations.map(sentence);

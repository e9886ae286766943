import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import type { Resource } from "#policies/resource";
import { resource, TODAY } from "./sample.ts";

/** A resource of a program of somebody else's. */
export const of = (type: string, name: string, inputs: object, dependencies: string[] = []): Resource =>
  resource(name, inputs, { type, address: `test/${name}`, dependencies });

/** What a rule says in prod about a few resources, without exceptions. */
export const said = (id: string, ...resources: Resource[]): string[] =>
  evaluate(resources, {
    rules: RULES.filter((rule) => rule.id === id),
    environment: "prod",
    exceptions: [],
    today: TODAY,
  }).violations.map(sentence);

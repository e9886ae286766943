// Refusals of arguments that a resource type does not have, or lacks.

import { closest } from "fastest-levenshtein";
import type { Failure } from "#engine/values";
import { UNKNOWN, type Value } from "#engine/values";
import { objectShape, resourceShape, type Shape } from "./schema.ts";

/**
 * Arguments that the type does not have or lacks, at every depth. The SDK drops unknown names of the first level
 * without a word and passes those further down to AWS.
 *
 * @param inputs plain values, secrets revealed; unknown ones pass
 */
export function argumentFailures(type: string, inputs: Value): Failure[] {
  const shape = resourceShape(type);
  return shape ? inside(shape, inputs, type, "") : [];
}

function inside(shape: Shape, value: Value, type: string, path: string): Failure[] {
  const missing = [...shape.arguments]
    .filter(([name, { required }]) => required && (value[name] === undefined || value[name] === null))
    .map(([name]) => ({ property: at(path, name), reason: `missing required argument '${at(path, name)}' of ${type}` }));
  const given = Object.entries(value as Record<string, Value>).filter(([name, child]) => !name.startsWith("__") && child != null);
  return [...missing, ...given.flatMap(([name, child]) => oneArgument(shape, name, child, type, path))];
}

function oneArgument(shape: Shape, name: string, value: Value, type: string, path: string): Failure[] {
  const argument = shape.arguments.get(name);
  const property = at(path, name);
  if (!argument) {
    const guess = closest(name, [...shape.arguments.keys()]);
    return [{ property, reason: `unknown argument '${property}' of ${type}; did you mean '${guess}'?` }];
  }
  if (argument.list && value !== UNKNOWN && !Array.isArray(value)) {
    return [{ property, reason: `argument '${property}' of ${type} must be a list, got ${JSON.stringify(value)}` }];
  }
  const nested = argument.object === undefined ? undefined : objectShape(argument.object);
  if (!nested) {
    return [];
  }
  const values: Value[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one, index) => {
    const where = Array.isArray(value) ? `${property}[${index}]` : property;
    if (one === UNKNOWN || one === null) {
      return [];
    }
    return typeof one === "object"
      ? inside(nested, one, type, where)
      : [{ property: where, reason: `argument '${where}' of ${type} must be an object, got ${JSON.stringify(one)}` }];
  });
}

const at = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

import { parse } from "yaml";
import { at, type Bag, bag, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

export const valuesOf = ({ inputs }: Resource): Bag => bag(inputs, "values");

/** A value of a chart at a path with dots; behind a `#` the path goes on in a text that holds YAML. */
export function settingAt(resource: Resource, path: string): unknown {
  const [before = "", behind] = path.split("#");
  const value = at(valuesOf(resource), ...before.split("."));
  return behind === undefined ? value : at(yamlIn(value), ...behind.split("."));
}

/** The value at the path where `helm.sh/resource-policy` and the like have dots in their names. */
export const annotationAt = (resource: Resource, path: string, name: string): string | undefined =>
  text(at(valuesOf(resource), ...path.split(".")), name);

function yamlIn(value: unknown): unknown {
  try {
    return typeof value === "string" ? parse(value) : value;
  } catch {
    return undefined;
  }
}

// The annotation `pulumi.com/waitFor`: `condition=Ready`, `jsonpath={.status.phase}=Healthy`, or a JSON list of such, all of which must hold.

import type { Bag, Value } from "#engine/values";

/** Tells whether an object is as the annotation wants it. */
export type Wanted = (object: Bag) => boolean;

/**
 * Reads the annotation.
 *
 * @throws {Error} when the form is unknown
 */
export function wantedBy(annotation: string): Wanted {
  const texts: string[] = annotation.trimStart().startsWith("[") ? JSON.parse(annotation) : [annotation];
  const all = texts.map(wanted);
  return (object) => all.every((one) => one(object));
}

function wanted(text: string): Wanted {
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
  if (condition) {
    const [, type, status = "True"] = condition;
    return (object) =>
      (object["status"]?.conditions ?? []).some((entry: Bag) => entry["type"] === type && entry["status"] === status);
  }
  const path = /^jsonpath=\{(.+)\}(?:=(.*))?$/.exec(text);
  if (path) {
    const [, expression = "", value] = path;
    const steps = parseSteps(expression);
    return (object) => {
      const found = follow(object, steps);
      return value === undefined ? found.length > 0 : found.some((one) => String(one) === value);
    };
  }
  throw new Error(`pulumi.com/waitFor must be condition=<type> or jsonpath={<path>}=<value>, got '${text}'`);
}

type Step = string | number | { readonly field: string; readonly equals: string };

const STEP = /\.([\w-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]|\[\?\(?@\.([\w-]+)==["']([^"']+)["']\)?\]/y;

function parseSteps(expression: string): Step[] {
  const text = expression.replace(/^\$/, "");
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const [all, name, single, double, index, field, equals] = STEP.exec(text) ?? [];
    if (all === undefined) {
      throw new Error(`pulumi.com/waitFor has a path that cannot be read: '${expression}'`);
    }
    steps.push(
      field !== undefined
        ? { field, equals: equals ?? "" }
        : index !== undefined
          ? Number(index)
          : (name ?? single ?? double ?? ""),
    );
  }
  return steps;
}

function follow(start: Value, steps: readonly Step[]): Value[] {
  let found: Value[] = [start];
  for (const step of steps) {
    found = found
      .flatMap((value) => {
        if (typeof step === "object") {
          return Array.isArray(value) ? value.filter((entry) => String(entry?.[step.field]) === step.equals) : [];
        }
        return [value?.[step]];
      })
      .filter((value) => value !== undefined && value !== null);
  }
  return found;
}

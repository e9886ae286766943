import { type Finding, together, unless } from "../../findings.ts";
import type { Keys, Kind } from "../../kubernetes/chart-values/tree.ts";
import { KINDS, OTHERS } from "../../kubernetes/chart-values/tree.ts";
import { at, isSet, shown } from "../../read.ts";
import { hintFor, type Level, misspelt } from "./near-keys.ts";

/**
 * Values that a chart does not know, or takes for something else. `null` takes a default of the chart away, whatever its kind.
 *
 * @param chart name and version, for the message.
 */
export const strangeValues = (values: unknown, keys: Keys, chart: string): Finding[] =>
  within(values, { keys, path: "values" }, chart);

function within(values: unknown, level: Level, chart: string): Finding[] {
  const { keys, path } = level;
  if (values === undefined || values === null) {
    return [];
  }
  if (!isMap(values)) {
    return [{ property: path, got: nameOf(values), want: `a map, as ${chart} has it there` }];
  }
  const written = Object.keys(values);
  return together(
    written.map((key) => () => {
      const property = `${path}.${key}`;
      const known = key === OTHERS ? undefined : (keys.get(key) ?? (misspelt(key, keys, written) ? undefined : keys.get(OTHERS)));
      if (known === undefined) {
        const want = `a key that ${chart} knows there${hintFor(key, level)}`;
        return isSet(values, key) ? [{ property, got: key, want }] : [];
      }
      const value = at(values, key);
      return typeof known === "string"
        ? ofKind(value, known, property, chart)
        : within(value, { keys: known, path: property, above: level }, chart);
    }),
  );
}

function ofKind(value: unknown, kind: Kind, property: string, chart: string): Finding[] {
  if (value === undefined || value === null) {
    return [];
  }
  if (kind === "r" && isMap(value)) {
    return Object.keys(value).flatMap((key) =>
      unless(["requests", "limits", "claims"].includes(key), { property: `${property}.${key}`, got: key, want: KINDS.r }),
    );
  }
  return unless(FITS[kind](value), { property, got: nameOf(value), want: `${KINDS[kind]}, as ${chart} has it there` });
}

const FITS: Record<Kind, (value: unknown) => boolean> = {
  s: (value) => typeof value !== "object",
  // A share, or a number with a unit, stands in a text.
  n: (value) => typeof value === "number" || (typeof value === "string" && /^-?\d/.test(value)),
  // Any text is true in a template, `"false"` too.
  b: (value) => typeof value === "boolean",
  l: Array.isArray,
  c: (value) => typeof value === "object",
  m: (value) => isMap(value),
  r: (value) => isMap(value),
  "*": () => true,
};

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const nameOf = (value: unknown): string => (Array.isArray(value) ? "a list" : isMap(value) ? "a map" : shown(value));

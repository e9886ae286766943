import { closest, distance } from "fastest-levenshtein";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import type { Keys, Kind } from "../../kubernetes/chart-values/tree.ts";
import { KINDS } from "../../kubernetes/chart-values/tree.ts";
import { at, isSet, shown } from "../../read.ts";

/**
 * Values that a chart does not know, or takes for something else. `null` takes a default of the chart away, whatever its kind.
 *
 * @param chart name and version, for the message.
 */
export const strangeValues = (values: unknown, keys: Keys, chart: string): Finding[] =>
  within(values, keys, "values", { keys, chart });

interface Chart {
  keys: Keys;
  chart: string;
}

function within(values: unknown, keys: Keys, path: string, chart: Chart): Finding[] {
  if (values === undefined || values === null) {
    return [];
  }
  if (!isMap(values)) {
    return [{ property: path, got: nameOf(values), want: `a map, as ${chart.chart} has it there` }];
  }
  return together(
    Object.keys(values).map((key) => () => {
      const property = `${path}.${key}`;
      const known = keys.get(key);
      if (known === undefined) {
        return isSet(values, key) ? [unknownKey(key, keys, property, chart)] : [];
      }
      const value = at(values, key);
      return typeof known === "string" ? ofKind(value, known, property, chart) : within(value, known, property, chart);
    }),
  );
}

function unknownKey(key: string, keys: Keys, property: string, { keys: all, chart }: Chart): Fault {
  const near = nearestOf(key, [...keys.keys()]);
  const elsewhere = placesOf(key, all)
    .slice(0, 2)
    .map((place) => `values.${place}`);
  const hint =
    near !== undefined ? `, such as '${near}'` : elsewhere.length > 0 ? `; it has '${key}' at ${elsewhere.join(" and ")}` : "";
  return { property, got: key, want: `a key that ${chart} knows there${hint}` };
}

/** The key that somebody probably meant. */
function nearestOf(key: string, keys: readonly string[]): string | undefined {
  const best = keys.length > 0 ? closest(key, keys) : "";
  return best !== "" && distance(key, best) <= Math.max(2, key.length / 4) ? best : undefined;
}

/** Paths at which the chart has a key of this name. */
function placesOf(key: string, keys: Keys): string[] {
  return [...keys].flatMap(([name, inner]) => [
    ...(name === key ? [name] : []),
    ...(typeof inner === "string" ? [] : placesOf(key, inner).map((place) => `${name}.${place}`)),
  ]);
}

function ofKind(value: unknown, kind: Kind, property: string, { chart }: Chart): Finding[] {
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
  m: (value) => isMap(value),
  r: (value) => isMap(value),
  "*": () => true,
};

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const nameOf = (value: unknown): string => (Array.isArray(value) ? "a list" : isMap(value) ? "a map" : shown(value));

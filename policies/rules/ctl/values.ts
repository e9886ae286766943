import { type Finding, together, unless } from "../../findings.ts";
import type { Keys, Kind } from "../../kubernetes/chart-values/tree.ts";
import { KINDS, OTHERS } from "../../kubernetes/chart-values/tree.ts";
import { at, isSet, shown } from "../../read.ts";
import { strangeResources } from "./container-resources.ts";
import { hintFor, type Level, misspelt } from "./near-keys.ts";

/**
 * Values that a chart does not know, or takes for something else. `null` takes a default of the chart away, whatever its kind.
 *
 * @param chart name and version, for the message.
 */
export const strangeValues = (values: unknown, keys: Keys, chart: string): Finding[] =>
  within(values, { keys, path: "values" }, { chart, own: ownReads(values) });

interface Chart {
  /** Name and version, for messages. */
  chart: string;
  /** Paths that templates in the values themselves read: `tpl` fills them in. */
  own: readonly string[];
}

/** Paths of values that texts in the values read. */
function ownReads(values: unknown): string[] {
  if (typeof values === "string") {
    return [...values.matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => path!);
  }
  return typeof values === "object" && values !== null ? Object.values(values).flatMap(ownReads) : [];
}

/** Whether a template in the values reads a key, or something in it. Charts inside of a chart read from their own root. */
const isReadBy = (own: readonly string[], property: string): boolean =>
  own.some((path) => path.split(".").some((_, at, keys) => property.endsWith(`.${keys.slice(0, at + 1).join(".")}`)));

function within(values: unknown, level: Level, about: Chart): Finding[] {
  const { chart, own } = about;
  const { keys, path } = level;
  if (isNothing(values)) {
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
        return isSet(values, key) && !isReadBy(own, property) ? [{ property, got: key, want }] : [];
      }
      const value = at(values, key);
      return typeof known === "string"
        ? ofKind(value, known, property, chart)
        : within(value, { keys: known, path: property, above: level }, about);
    }),
  );
}

function ofKind(value: unknown, kind: Kind, property: string, chart: string): Finding[] {
  if (value === undefined || value === null || (isNothing(value) && "lcmr".includes(kind))) {
    return [];
  }
  if (kind === "r" && isMap(value)) {
    return strangeResources(value, property);
  }
  if (COUNT.test(property) && !isTemplate(value)) {
    return unless(/^\d+$/.test(shown(value)), { property, got: nameOf(value), want: "a whole number that is not negative" });
  }
  return unless(FITS[kind](value), { property, got: nameOf(value), want: `${KINDS[kind]}, as ${chart} has it there` });
}

/** Keys of how many pods, or of how many old versions, there are. */
const COUNT = /\.(replicas|(min|max)Replicas|replicaCount|shards|autoscaleM(in|ax)|revisionHistoryLimit)$/;

/** `tpl` fills it in. */
const isTemplate = (value: unknown): boolean => typeof value === "string" && value.includes("{{");

const FITS: Record<Kind, (value: unknown) => boolean> = {
  s: (value) => typeof value !== "object",
  // A share, or a number with a unit, stands in a text.
  n: (value) => typeof value === "number" || (typeof value === "string" && /^-?\d/.test(value)),
  // Any text is true in a template, `"false"` too.
  b: (value) => typeof value === "boolean",
  t: (value) => typeof value !== "object" && !/^(true|false|yes|no)$/i.test(typeof value === "string" ? value : ""),
  l: Array.isArray,
  c: (value) => typeof value === "object",
  m: (value) => isMap(value),
  r: (value) => isMap(value),
  "*": () => true,
};

/** An empty text takes the place of a map or a list that is left out. */
const isNothing = (value: unknown): boolean => value === undefined || value === null || value === "";

const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

const nameOf = (value: unknown): string => (Array.isArray(value) ? "a list" : isMap(value) ? "a map" : shown(value));

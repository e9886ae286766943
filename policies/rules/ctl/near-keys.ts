import { distance } from "fastest-levenshtein";
import { type Keys, OTHERS } from "../../kubernetes/chart-values/tree.ts";

/** A map of a chart's values. */
export interface Level {
  keys: Keys;
  /** Path of the map, for messages. */
  path: string;
  /** The map around it. */
  above?: Level;
}

/** Most keys that a sentence lists. */
const LISTED = 8;

/** What to write in place of a key that nobody knows: one near it, or else the keys that there are. */
export function hintFor(key: string, level: Level): string {
  const near = nearestOf(key, namesIn(level.keys));
  const places = near === undefined ? placesBeside(key, level) : [near];
  if (places.length > 0) {
    return ` (Did you mean ${places.map((place) => `'${place}'`).join(" or ")}?)`;
  }
  const names = namesIn(level.keys).toSorted((one, other) => apart(key, one) - apart(key, other));
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : "";
  return names.length === 0 ? "" : ` (${names.slice(0, LISTED).join(", ")}${more})`;
}

/**
 * Whether a key of a map that takes any is a known one, misspelt by one letter or by their order: not one of two by number or in the
 * plural, and not where the known one stands there, too.
 */
export const misspelt = (key: string, keys: Keys, written: readonly string[]): boolean =>
  keys.has(OTHERS) && namesIn(keys).some((name) => isSlip(key, name) && stem(key) !== stem(name) && !written.includes(name));

const isSlip = (key: string, name: string): boolean => (key.length > 4 && apart(key, name) <= 1) || sorted(key) === sorted(name);

const sorted = (text: string): string => text.split("").sort().join("");

const stem = (key: string): string => key.replace(/[-_]?\d*s?$/, "");

/** The key of the same name one map further out or in, where there is one. */
function placesBeside(key: string, { keys, path, above }: Level): string[] {
  const inside = [...keys].flatMap(([name, inner]) =>
    typeof inner === "string" || !inner.has(key) ? [] : [`${path}.${name}.${key}`],
  );
  return [...(above?.keys.has(key) ? [`${above.path}.${key}`] : []), ...inside].slice(0, 2);
}

/** The key that somebody probably meant. A short word is another one sooner. */
function nearestOf(key: string, names: readonly string[]): string | undefined {
  const [best] = names.toSorted((one, other) => apart(key, one) - apart(key, other));
  const most = key.length < 6 ? 1 : Math.max(2, key.length / 4);
  return best !== undefined && (isSlip(key, best) || apart(key, best) <= most) ? best : undefined;
}

const apart = (one: string, other: string): number => distance(one.toLowerCase(), other.toLowerCase());

const namesIn = (keys: Keys): string[] => [...keys.keys()].filter((name) => name !== OTHERS);

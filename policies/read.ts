/*
 * Readers of property bags. Values of a program may have any shape: a field may be missing, null, empty, or of a wrong type. Each reader
 * accepts all of them, so that a rule never throws at a value. It treats an unusable value like a missing one.
 */

/** An object: values by their names. */
export type Bag = Readonly<Record<string, unknown>>;

/** Names and indices, from the outside in. */
type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Bag => typeof value === "object" && value !== null;

/** The value at a path; `undefined` if it is missing or null, or if something on the way is not an object. */
export function at(value: unknown, ...path: Path): unknown {
  let found: unknown = value;
  for (const key of path) {
    found = isObject(found) && key !== "__proto__" ? found[key] : undefined;
    // Inherited properties such as `constructor` are not values of a program.
    if (typeof found === "function") {
      return undefined;
    }
  }
  return found ?? undefined;
}

/** Whether a program sets a value, without reading it: a value that is not known yet is set. An empty text is not, as providers see it. */
export function isSet(value: unknown, ...path: Path): boolean {
  const raw = unread(value, path);
  return raw !== undefined && raw !== null && raw !== "";
}

/** Whether a bag has a key, whatever its value but null: labels and taints mean something without a value too. */
export function hasKey(value: unknown, ...path: Path): boolean {
  const raw = unread(value, path);
  return raw !== undefined && raw !== null;
}

function unread(value: unknown, path: Path): unknown {
  const holder = at(value, ...path.slice(0, -1));
  return isObject(holder) ? Object.getOwnPropertyDescriptor(holder, path.at(-1) ?? "")?.value : undefined;
}

/** The bag at a path, or an empty one. */
export function bag(value: unknown, ...path: Path): Bag {
  const found = at(value, ...path);
  return isObject(found) && !Array.isArray(found) ? found : {};
}

/** The list at a path, or an empty one. */
export function list(value: unknown, ...path: Path): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The bags of the list at a path. An entry that is not a bag becomes an empty one, so that indices stay the same. */
export const bags = (value: unknown, ...path: Path): Bag[] => list(value, ...path).map((each) => bag(each));

/** The text at a path. Numbers and truth values count as the text that a provider makes of them. */
export function text(value: unknown, ...path: Path): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

/** The texts of the list at a path. One text counts as a list of one, as JSON policies allow. */
export function texts(value: unknown, ...path: Path): string[] {
  const found = at(value, ...path);
  return (Array.isArray(found) ? found : [found]).flatMap((each) => text(each) ?? []);
}

/** The number at a path, also one that is written as a text. */
export function number(value: unknown, ...path: Path): number | undefined {
  const found = text(value, ...path)?.trim() ?? "";
  const parsed = found === "" ? Number.NaN : Number(found);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The number at a path, or the default if it is not set. `NaN` if the value is not a number, so that no bound accepts it. */
export const numberOr = (otherwise: number, value: unknown, ...path: Path): number =>
  isSet(value, ...path) ? (number(value, ...path) ?? Number.NaN) : otherwise;

/** The truth value at a path, also one that is written as a text: providers take `"true"` and `"1"` for true. */
export function flag(value: unknown, ...path: Path): boolean | undefined {
  const found = text(value, ...path);
  return found === "true" || found === "1" ? true : found === "false" || found === "0" ? false : undefined;
}

/** The only entry of a list, or the value itself: older providers wrap some values in a list. */
export function only(value: unknown, ...path: Path): unknown {
  const found = at(value, ...path);
  return Array.isArray(found) ? at(found, 0) : found;
}

/** A value as a message shows it: `nothing` where it is missing. */
export function shown(value: unknown): string {
  return value === undefined || value === null || value === "" ? "nothing" : (text(value) ?? JSON.stringify(value));
}

/** The content of a JSON text; `undefined` if it is not JSON. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

import type { Tree } from "./tree-text.ts";

/** A JSON schema, as far as it is read here. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Where charts of Istio keep their defaults, so that a profile can stand between them and the user's values. */
export const INTERNAL = "_internal_defaults_do_not_set";

/** Kind of a value of which nobody has said anything yet. */
export const UNKNOWN = "unknown";

/** The keys of a tree; none where it is a letter. */
export const asMap = (tree: Tree | undefined): { [key: string]: Tree } => (typeof tree === "object" ? tree : {});

const LETTERS: Record<string, string> = { string: "s", number: "n", integer: "n", boolean: "b", array: "l", object: "m" };

/** What a schema adds: keys that `values.yaml` does not name, types of what is null there, and that there are no other keys. */
export function withSchema(tree: Tree, schema: Schema, root: Schema): Tree {
  const { type, properties, additionalProperties, anyOf, oneOf } = resolved(schema, root);
  if (properties === undefined || anyOf !== undefined || oneOf !== undefined) {
    const types = [type ?? []].flat().filter((each) => each !== "null");
    const letter = types.length === 1 ? (LETTERS[types[0]!] ?? "*") : "*";
    const isSaid = typeof tree === "object" || tree === letter || (tree === "r" && letter === "m");
    const isOpen =
      tree === UNKNOWN ||
      (tree === "t" && (letter === "b" || letter === "s")) ||
      (tree === "c" && (letter === "l" || letter === "m"));
    return isSaid ? tree : isOpen ? letter : "*";
  }
  if (typeof tree === "string" && tree !== UNKNOWN) {
    return tree;
  }
  const own = asMap(tree);
  const said = Object.entries(properties)
    .filter(([key]) => key !== INTERNAL)
    .map(([key, each]): [string, Tree] => [key, withSchema(own[key] ?? UNKNOWN, each, root)]);
  return { ...(additionalProperties === false ? {} : own), ...Object.fromEntries(said) };
}

/** A schema behind its references: `#/$defs/a/b`, or the id of a definition. */
function resolved(schema: Schema, root: Schema): Schema {
  const path = schema.$ref;
  if (path === undefined) {
    return schema;
  }
  const found = path
    .replace(/^#\/?/, "")
    .split("/")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key.replaceAll("~1", "/")], root);
  return found === undefined ? {} : resolved(found as Schema, root);
}

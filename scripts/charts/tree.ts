import type { Values } from "#components/pods/workload";

/**
 * Keys that a chart knows: a map of keys, or a letter for what a value must be (`policies/kubernetes/chart-values/tree.ts` says which).
 */
export type Tree = string | { [key: string]: Tree };

/** What is read of a chart. */
export interface ChartSource {
  /** `values.yaml`, parsed, and as its text: keys in comments are offered too. */
  values: Values;
  text: string;
  /** `values.schema.json`, where the chart ships one. */
  schema?: Schema;
  /** All templates. They read keys that `values.yaml` does not name. */
  templates: string;
  /** Charts inside of it, by the key of their values. `undefined` for one whose keys nobody read. */
  inner: Readonly<Record<string, ChartSource | undefined>>;
}

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
const INTERNAL = "_internal_defaults_do_not_set";

/** Maps of Kubernetes and of Helm whose keys are the user's. */
const FREE =
  /^(nodeSelector|.*[lL]abels|.*[aA]nnotations|affinity|.*[aA]ffinity|.*[sS]ecurityContext|.*[pP]robe|env|.*Env|extraArgs|matchLabels|selector|strategy|limits|requests|data|dashboards|datasources|grafana\.ini|meshConfig|config|additionalRuleGroupAnnotations)$/;

/** Keys of the requests and limits of a container (Kubernetes API, ResourceRequirements). */
const OF_RESOURCES = ["requests", "limits", "claims"];

/** All that is known of a chart's keys. */
export function treeOf({ values, text, schema, templates, inner }: ChartSource): Tree {
  const { [INTERNAL]: internal = {}, ...stated } = values;
  const tree = ofMap({ ...internal, ...stated });
  commentedKeys(text, tree);
  for (const [, path = ""] of templates.matchAll(/\.Values((?:\.[A-Za-z_]\w*)+)/g)) {
    add(tree, path.slice(1).split("."));
  }
  for (const [key, chart] of Object.entries(inner)) {
    const own = chart === undefined ? "m" : treeOf(chart);
    tree[key] = typeof own === "string" ? own : both({ enabled: "b", global: "m", ...own }, tree[key]);
  }
  if (Object.keys(inner).length > 0) {
    tree["global"] ??= "m";
  }
  delete tree[INTERNAL];
  return schema === undefined ? tree : withSchema(tree, schema, schema);
}

/** Keys of a chart, and those that the chart around it sets: what either knows. */
function both(inner: Tree, outer: Tree | undefined): Tree {
  if (typeof inner !== "object" || typeof outer !== "object") {
    return inner === "*" && outer !== undefined ? outer : inner;
  }
  const keys = Object.keys(outer).map((key): [string, Tree] => [key, both(inner[key] ?? outer[key]!, outer[key])]);
  return { ...inner, ...Object.fromEntries(keys) };
}

const asMap = (tree: Tree | undefined): { [key: string]: Tree } => (typeof tree === "object" ? tree : {});

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

const ofMap = (values: Values): { [key: string]: Tree } =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, ofValue(key, value)]));

function ofValue(key: string, value: unknown): Tree {
  if (isMap(value)) {
    const keys = Object.keys(value);
    if (key.toLowerCase().endsWith("resources") && keys.every((each) => OF_RESOURCES.includes(each))) {
      return "r";
    }
    return keys.length === 0 || FREE.test(key) ? "m" : ofMap(value);
  }
  if (Array.isArray(value)) {
    return "l";
  }
  switch (typeof value) {
    case "boolean":
      return "b";
    case "number":
      return /port$/i.test(key) ? "s" : "n";
    default:
      return value === null ? "*" : "s";
  }
}

/** Adds a key that somebody reads, where nothing is known of it. */
function add(tree: Tree, path: readonly string[]): void {
  const [key = "", ...rest] = path;
  if (typeof tree !== "object") {
    return;
  }
  if (!Object.hasOwn(tree, key)) {
    tree[key] = "*";
  } else if (rest.length > 0) {
    add(tree[key]!, rest);
  }
}

/** Words of prose that look like a key in a comment. */
const PROSE = /^(ref|note|example|default|see|e\.g|eg|warning|https?)$/;

/** Adds keys that stand in comments: `# strategy:` between keys of the same map. */
function commentedKeys(text: string, tree: Tree): void {
  let open: { indent: number; key: string }[] = [];
  for (const line of text.split("\n")) {
    const [, lead = "", mark, key = ""] = /^( *)(# ?)?([a-z_][\w./-]*):(?:\s|$)/.exec(line) ?? [];
    if (key === "") {
      continue;
    }
    open = open.filter(({ indent }) => indent < lead.length);
    if (mark === undefined) {
      open.push({ indent: lead.length, key });
    } else if (!PROSE.test(key)) {
      const path = open.map((each) => each.key).filter((each) => each !== INTERNAL);
      add(tree, [...path, key]);
    }
  }
}

const LETTERS: Record<string, string> = { string: "s", number: "n", integer: "n", boolean: "b", array: "l", object: "m" };

/** What a schema adds: keys that `values.yaml` does not name, types of what is null there, and that there are no other keys. */
function withSchema(tree: Tree, schema: Schema, root: Schema): Tree {
  const { type, properties, additionalProperties, anyOf, oneOf } = resolved(schema, root);
  if (properties === undefined || anyOf !== undefined || oneOf !== undefined) {
    const types = [type ?? []].flat().filter((each) => each !== "null");
    const letter = types.length === 1 ? (LETTERS[types[0]!] ?? "*") : "*";
    const isSaid = typeof tree === "object" || tree === letter || (tree === "r" && letter === "m");
    return isSaid ? tree : tree === "*" ? letter : "*";
  }
  if (typeof tree === "string" && tree !== "*") {
    return tree;
  }
  const own = asMap(tree);
  const said = Object.entries(properties)
    .filter(([key]) => key !== INTERNAL)
    .map(([key, each]): [string, Tree] => [key, withSchema(own[key] ?? "*", each, root)]);
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

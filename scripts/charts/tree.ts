import type { Values } from "#components/pods/workload";
import { OTHERS } from "#policies/kubernetes/chart-values/tree";
import { asMap, INTERNAL, type Schema, UNKNOWN, withSchema } from "./schema.ts";
import { type Use, type Uses, usesIn } from "./template-uses.ts";
import type { Tree } from "./tree-text.ts";

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
  /** Values that switch charts inside of it on, by path. @default - none */
  switches?: readonly string[];
}

/** Defaults that say little about what may stand there, until it is known how templates use them. */
const EMPTY_TEXT = "empty text";
const EMPTY_MAP = "empty map";
const EMPTY_LIST = "empty list";
const UNSET = "false";

/** Maps of Kubernetes and of Helm whose keys are the user's, unless templates read them one by one. */
const FREE =
  /^(nodeSelector|.*[lL]abels|.*[aA]nnotations|affinity|.*[aA]ffinity|.*[sS]ecurityContext|.*[pP]robe|env|.*Env|extraArgs|matchLabels|selector|strategy|limits|requests|data|dashboards|datasources|grafana\.ini|meshConfig|config|additionalRuleGroupAnnotations)$/;

/** Keys of the requests and limits of a container (Kubernetes API, ResourceRequirements). */
const OF_RESOURCES = ["requests", "limits", "claims"];

/** All that is known of a chart's keys. */
export function treeOf(chart: ChartSource): Tree {
  return decided(openTree(chart));
}

const decided = (tree: Tree): Tree =>
  typeof tree === "string"
    ? tree === UNKNOWN
      ? "*"
      : tree
    : Object.fromEntries(Object.entries(tree).map(([key, inner]) => [key, decided(inner)]));

/** The tree of a chart, in which a chart around it may still say what is unknown. */
function openTree({ values, text, schema, templates, inner, switches = [] }: ChartSource): Tree {
  const { [INTERNAL]: internal = {}, ...stated } = values;
  const tree = ofMap({ ...internal, ...stated });
  commentedKeys(text, tree);
  applyUses(tree, usesIn([templates]));
  for (const [key, chart] of Object.entries(inner)) {
    const own = chart === undefined ? "m" : openTree(chart);
    tree[key] = typeof own === "string" ? own : both({ enabled: "b", global: "m", ...own }, tree[key]);
  }
  switches.forEach((path) => add(tree, path.split("."), "b"));
  const all = schema === undefined ? tree : asMap(withSchema(tree, schema, schema));
  // Helm hands it to every chart, for the charts around it and inside of it.
  all["global"] ??= "m";
  return Object.hasOwn(values, INTERNAL) ? flattened(all) : all;
}

/** Charts of Istio take every key below `global`, too, and hand others on to templates of injected pods. What a template puts into the values for another one begins with `_`. */
function flattened(all: { [key: string]: Tree }): Tree {
  const { global, ...rest } = Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith("_")));
  return { ...rest, global: { ...rest, ...asMap(global), [OTHERS]: "*" }, [INTERNAL]: "m" };
}

/** Keys of a chart, and those that the chart around it sets: what either knows. */
function both(inner: Tree, outer: Tree | undefined): Tree {
  if (typeof inner !== "object" || typeof outer !== "object") {
    return inner === UNKNOWN
      ? (outer ?? inner)
      : inner === "*" && typeof outer === "object"
        ? { ...outer, [OTHERS]: "*" }
        : inner;
  }
  const keys = Object.keys(outer).map((key): [string, Tree] => [key, both(inner[key] ?? outer[key]!, outer[key])]);
  return { ...inner, ...Object.fromEntries(keys) };
}

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

const ofMap = (values: Values, around = ""): { [key: string]: Tree } =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, ofValue(key, value, around)]));

/** @param around key of the map around it. In one of labels or annotations nothing is a container's. */
function ofValue(key: string, value: unknown, around: string): Tree {
  if (isMap(value)) {
    const keys = Object.keys(value);
    const isContainers = key.toLowerCase().endsWith("resources") && !/(labels|annotations)$/i.test(around);
    if (isContainers && keys.every((each) => OF_RESOURCES.includes(each))) {
      return "r";
    }
    return keys.length === 0 ? EMPTY_MAP : ofMap(value, key);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? EMPTY_LIST : "l";
  }
  switch (typeof value) {
    case "boolean":
      return value ? "b" : UNSET;
    case "number":
      return /port$/i.test(key) ? "s" : "n";
    default:
      return value === null ? UNKNOWN : value === "" ? EMPTY_TEXT : "s";
  }
}

/** Adds a key that somebody reads, where nothing is known of it. */
function add(tree: Tree, path: readonly string[], kind = UNKNOWN): void {
  const [key = "", ...rest] = path;
  if (typeof tree !== "object") {
    return;
  }
  if (!Object.hasOwn(tree, key)) {
    tree[key] = rest.length > 0 ? UNKNOWN : kind;
  } else if (rest.length > 0) {
    add(tree[key]!, rest, kind);
  }
}

/** Adds the keys that templates read, and settles what may stand in each by what they do with it. */
function applyUses(tree: { [key: string]: Tree }, uses: Uses): void {
  [...uses.keys()].forEach((path) => add(tree, JSON.parse(path) as string[]));
  settle(tree, [], uses);
}

/** @param isHandedOn whether a template hands on a map around it. */
function settle(tree: { [key: string]: Tree }, path: readonly string[], uses: Uses, isHandedOn = false): void {
  for (const [key, kind] of Object.entries(tree)) {
    const own = [...path, key];
    const how = uses.get(JSON.stringify(own)) ?? new Set();
    const known = used(key, isUsers(key, kind, own, uses) ? "m" : kind, how);
    if (typeof known === "object") {
      // What is in `global` is read key by key, by templates of injected pods.
      settle(known, own, uses, isHandedOn || (how.has("whole") && key !== "global"));
    }
    tree[key] = typeof known === "object" && isHandedOn ? { ...known, [OTHERS]: "*" } : known;
  }
}

/** Whether the keys of a map that has some are its user's. What a chart calls `dashboards` may hold settings of its own. */
function isUsers(key: string, kind: Tree, path: readonly string[], uses: Uses): boolean {
  if (typeof kind !== "object" || !FREE.test(key)) {
    return false;
  }
  const how = uses.get(JSON.stringify(path));
  const isRead = Object.keys(kind).some((inner) => uses.has(JSON.stringify([...path, inner])));
  return !isRead || how?.has("whole") === true || how?.has("each") === true || how?.has("pairs") === true;
}

/** Maps of Kubernetes. Where a chart's default for another one is an empty map, a list may be right: `initContainers: {}`. */
const MAPS = /(lifecycle|[cC]onfig|[rR]ef|[sS]ecret|[pP]rofile|[bB]udget|[bB]ehavior|[sS]elector|[sS]trategy|[mM]etadata)$/;

/** What a value may be, by the kind of its default and by what templates do with it. */
function used(key: string, kind: Tree, how: ReadonlySet<Use>): Tree {
  const isWhole = how.has("whole") || how.has("each") || how.has("pairs");
  if (typeof kind === "object") {
    return isWhole || how.has("kind") ? { ...kind, [OTHERS]: "*" } : kind;
  }
  if (how.has("kind")) {
    return "*";
  }
  switch (kind) {
    case EMPTY_TEXT:
      return isWhole ? "*" : "s";
    case EMPTY_MAP:
      return FREE.test(key) ? "m" : how.has("scalar") ? "*" : MAPS.test(key) || !isWhole ? "m" : "c";
    case EMPTY_LIST:
      return how.has("scalar") ? "*" : how.has("pairs") ? "c" : "l";
    case UNSET:
      return isWhole ? "*" : how.has("scalar") ? "t" : "b";
    case "b":
    case UNKNOWN:
      return isWhole ? "*" : kind;
    default:
      return kind;
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

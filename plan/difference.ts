import { isSecret } from "#engine/values";
import type { EnvironmentPlan } from "./environment.ts";
import type { Recorded } from "./record.ts";
import { steps } from "./sequence.ts";

/** One value that differs; on `moved` an entry of a list, and `from` and `to` are its places. */
export interface ValueChange {
  path: string;
  from: unknown;
  to: unknown;
  moved?: true;
}

export interface ResourceChange {
  layer: string;
  /** Components from the stack down and the resource's own name, with slashes. */
  resource: string;
  type: string;
  kind: "added" | "removed" | "changed";
  /** On `changed`: which inputs. */
  values: ValueChange[];
}

export interface Difference {
  /** What the plan is compared with: an environment or a git ref. */
  against: string;
  /** Cost at rest on both sides, US dollars a month. */
  cost: { from: number; to: number };
  /** Differences of the profile, by path. Absent where both sides have the same one. */
  profile: ValueChange[];
  resources: ResourceChange[];
}

/** What is needed of a plan to compare it: also what `plan --json` prints, so that another commit's plan can be compared. */
export interface Comparable {
  environment: string;
  profile: object;
  cost: { atRest: number };
  layers: readonly { layer: string; resources: readonly Pick<Recorded, "type" | "name" | "path" | "inputs">[] }[];
}

/** What turns `before` into `after`. What differs only because the environments have other names and accounts is no difference. */
export function differenceOf(after: Comparable, before: Comparable, against: string): Difference {
  const names = [before.environment, after.environment];
  const old = keyed(before, names);
  const fresh = keyed(after, names);
  const resources: ResourceChange[] = [];
  for (const [key, { layer, resource, inputs }] of fresh) {
    const previous = old.get(key);
    const base = { layer, resource: [...resource.path.slice(1).map(nameOf), resource.name].join("/"), type: resource.type };
    if (!previous) {
      resources.push({ ...base, kind: "added", values: [] });
      continue;
    }
    const values = changes(previous.inputs, inputs);
    if (values.length > 0) {
      resources.push({ ...base, kind: "changed", values });
    }
  }
  for (const [key, { layer, resource }] of old) {
    if (!fresh.has(key)) {
      resources.push({
        layer,
        resource: [...resource.path.slice(1).map(nameOf), resource.name].join("/"),
        type: resource.type,
        kind: "removed",
        values: [],
      });
    }
  }
  return {
    against,
    cost: { from: before.cost.atRest, to: after.cost.atRest },
    profile: changes(before.profile, after.profile).filter(({ path }) => path !== "name"),
    resources,
  };
}

interface Keyed {
  layer: string;
  resource: Pick<Recorded, "type" | "name" | "path">;
  inputs: unknown;
}

function keyed({ layers }: Comparable, environments: readonly string[]): Map<string, Keyed> {
  const entries = new Map<string, Keyed>();
  for (const { layer, resources } of layers) {
    for (const resource of resources) {
      const where = [layer, ...resource.path.slice(1), resource.type, resource.name].join("/");
      entries.set(anonymous(where, environments), {
        layer,
        resource,
        inputs: JSON.parse(anonymous(JSON.stringify(resource.inputs), environments)),
      });
    }
  }
  return entries;
}

/** Names, accounts and made-up ids say which environment it is, not what it is. Both names are hidden on both sides: AWS has a `prod` too. */
const anonymous = (text: string, environments: readonly string[]): string =>
  text
    .replaceAll(new RegExp(`\\b(${environments.join("|")})\\b`, "g"), "<env>")
    .replaceAll(/\b\d{12}\b/g, "<account>")
    .replaceAll(/\b(subnet|vpc|sg|rtb|nat|igw|eni|eipalloc|vpce|lt)-[0-9a-f]{8,17}\b/g, "$1-<id>")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/(?<=[:/])[0-9a-f]{16}\b/g, "<id>")
    .replaceAll(/https:\/\/[0-9A-F]{32}\.[\w.-]+/gi, "<endpoint>")
    .replaceAll(/-[0-9a-f]{7}\b/g, "-<suffix>");

const nameOf = (segment: string): string => segment.split(" ").at(-1) ?? segment;

/**
 * Every leaf that differs. A document inside a text, such as a policy, is opened, and a text of several lines is a list of lines. Entries
 * of a list are known by their name, their Sid or the like, else by their content; a path has the name, or the place in the list after.
 */
export function changes(from: unknown, to: unknown, path = ""): ValueChange[] {
  const [before, after] = [opened(from), opened(to)];
  if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changes(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return changesOfLists(before, after, path);
  }
  if (JSON.stringify(before) === JSON.stringify(after)) {
    return [];
  }
  const values = { from: told(before), to: told(after) };
  return [{ path, ...(isSecret(before) && isSecret(after) ? { from: values.from, to: "[another secret]" } : values) }];
}

/** A value without what is secret in it. */
const told = (value: unknown): unknown =>
  value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value, (_, inner: unknown) => (isSecret(inner) ? "[secret]" : inner)));

function changesOfLists(before: readonly unknown[], after: readonly unknown[], path: string): ValueChange[] {
  const nameOf = identity(before, after);
  const keys = (list: readonly unknown[]) => list.map((entry) => nameOf?.(entry) ?? JSON.stringify(entry));
  const place = (entry: unknown, at: number): string => `${path}[${nameOf?.(entry) ?? at}]`;
  const moves = steps(keys(before), keys(after));
  // What changed inside is told of every entry that both lists have.
  const stayed = nameOf
    ? before.flatMap((entry) => {
        const other = after.find((each) => nameOf(each) === nameOf(entry));
        return other === undefined ? [] : changes(entry, other, `${path}[${nameOf(entry)}]`);
      })
    : [];
  return [
    ...stayed,
    ...moves.flatMap(({ kind, from, to }): ValueChange[] => {
      const gone = () => ({ path: place(before[from], from), from: told(before[from]), to: undefined });
      const come = () => ({ path: place(after[to], to), from: undefined, to: told(after[to]) });
      switch (kind) {
        case "moved":
          return [{ path: place(after[to], to), from, to, moved: true }];
        case "removed":
          return [gone()];
        case "added":
          return [come()];
        case "changed":
          return nameOf ? [gone(), come()] : changes(before[from], after[to], `${path}[${to}]`);
      }
    }),
  ];
}

/** Fields that name an entry of a list: statements, containers, variables, alerts, routes, ports, volumes. */
const NAMES = ["Sid", "sid", "alert", "record", "name", "id", "key", "mountPath", "path", "port", "containerPort"];

/** How the entries of two lists are told apart: by a field that each entry has, with a value of its own. */
function identity(...lists: (readonly unknown[])[]): ((entry: unknown) => string) | undefined {
  if (!lists.flat().every(isObject) || lists.flat().length === 0) {
    return undefined;
  }
  // Recording rules and alerts stand in one list.
  const fields = [...NAMES.map((name) => [name]), ["alert", "record"], ["metadata"]];
  const nameBy = (names: readonly string[]) => (entry: unknown) => {
    const [value] = names.flatMap((name) => (entry as Record<string, unknown>)[name] ?? []);
    const named = isObject(value) ? value["name"] : value;
    return typeof named === "string" || typeof named === "number" ? String(named) : "";
  };
  return fields
    .map(nameBy)
    .find((nameOf) =>
      lists.every((list) => new Set(list.map(nameOf)).size === list.length && !list.some((entry) => nameOf(entry) === "")),
    );
}

function opened(value: unknown): unknown {
  if (typeof value !== "string") {
    return value;
  }
  if (/^\s*[{[]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      // A text that only begins like a document.
    }
  }
  return /\n./.test(value) ? value.replace(/\n$/, "").split("\n") : value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A plan as `--json` prints it and as another commit's plan is read. */
export function comparable({ environment, layers }: EnvironmentPlan, profile: object, cost: { atRest: number }): Comparable {
  return { environment, profile, cost, layers };
}

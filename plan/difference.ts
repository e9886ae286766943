import type { EnvironmentPlan } from "./environment.ts";
import type { Recorded } from "./record.ts";

/** One value that differs. */
export interface ValueChange {
  path: string;
  from: unknown;
  to: unknown;
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
  const old = keyed(before);
  const fresh = keyed(after);
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

function keyed({ environment, layers }: Comparable): Map<string, Keyed> {
  const entries = new Map<string, Keyed>();
  for (const { layer, resources } of layers) {
    for (const resource of resources) {
      const where = [layer, ...resource.path.slice(1), resource.type, resource.name].join("/");
      entries.set(anonymous(where, environment), {
        layer,
        resource,
        inputs: JSON.parse(anonymous(JSON.stringify(resource.inputs), environment)),
      });
    }
  }
  return entries;
}

/** Names, accounts and made-up ids say which environment it is, not what it is. */
const anonymous = (text: string, environment: string): string =>
  text
    .replaceAll(new RegExp(`\\b${environment}\\b`, "g"), "<env>")
    .replaceAll(/\b\d{12}\b/g, "<account>")
    .replaceAll(/\b(subnet|vpc|sg|rtb|nat|igw|eni|eipalloc|vpce|lt)-[0-9a-f]{8,17}\b/g, "$1-<id>")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/https:\/\/[0-9A-F]{32}\.[\w.-]+/gi, "<endpoint>")
    .replaceAll(/-[0-9a-f]{7}\b/g, "-<suffix>");

const nameOf = (segment: string): string => segment.split(" ").at(-1) ?? segment;

/**
 * Every leaf that differs. A document inside a text, such as a policy, is opened. Entries of a list are compared by their name, or by
 * their place when they have no names and both lists have the same length.
 */
export function changes(from: unknown, to: unknown, path = ""): ValueChange[] {
  const [before, after] = [opened(from), opened(to)];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changes(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  const [namedBefore, namedAfter] = [byName(before), byName(after)];
  if (namedBefore && namedAfter) {
    const keys = [...new Set([...namedBefore.keys(), ...namedAfter.keys()])];
    return keys.flatMap((key) => changes(namedBefore.get(key), namedAfter.get(key), `${path}[${key}]`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && [...before, ...after].every(isObject)) {
    return before.flatMap((entry, index) => changes(entry, after[index], `${path}[${index}]`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, from: before, to: after }];
}

/** The entries of a list in which each has a name of its own: statements of a policy, containers of a pod, alerts of a group. */
function byName(list: unknown): Map<string, unknown> | undefined {
  if (!Array.isArray(list) || !list.every(isObject)) {
    return undefined;
  }
  const names = list.map(({ Sid, name, alert }) => Sid ?? name ?? alert);
  const distinct = new Set(names).size === list.length && names.every((name) => typeof name === "string");
  return distinct ? new Map(list.map((entry, at) => [names[at] as string, entry])) : undefined;
}

function opened(value: unknown): unknown {
  if (typeof value !== "string" || !/^[{[]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A plan as `--json` prints it and as another commit's plan is read. */
export function comparable({ environment, layers }: EnvironmentPlan, profile: object, cost: { atRest: number }): Comparable {
  return { environment, profile, cost, layers };
}

import { parse } from "yaml";
import type { Values } from "#components/pods/workload";

/** Names that decide what objects of a chart are called. */
export const namesOf = ({
  name,
  namespace,
  values,
}: {
  name: string;
  namespace: string;
  values: Values;
}): Record<string, string> => ({
  name,
  namespace,
  ...Object.fromEntries(namesIn(values)),
});

function* namesIn(values: Values, path = ""): Generator<[string, string]> {
  for (const [key, value] of Object.entries(values)) {
    if (isMap(value)) {
      yield* namesIn(value, `${path}${key}.`);
    } else if (/^(name|namespace|.*Override|useExisting.*|existing.*)$/.test(key) && typeof value === "string") {
      yield [`${path}${key}`, value];
    }
  }
}

/** Configuration texts of ours that stand in for one of the chart, with the paths of all that the chart says in it. */
export function* replacedTexts(values: Values, defaults: Values, path = ""): Generator<[string, string[]]> {
  for (const [key, value] of Object.entries(values)) {
    const [ours, theirs] = [value, defaults[key]];
    if (typeof ours === "string" && typeof theirs === "string" && isMap(parse(theirs))) {
      yield [`${path}${key}`, leaves(parse(theirs))];
    } else if (isMap(ours) && isMap(theirs)) {
      yield* replacedTexts(ours, theirs, `${path}${key}.`);
    }
  }
}

/** Items of the chart that are in no list of ours of the same path: Helm replaces lists. */
export function* droppedItems(values: Values, defaults: Values, path = ""): Generator<[string, string[]]> {
  for (const [key, ours] of Object.entries(values)) {
    const theirs = defaults[key];
    if (Array.isArray(ours) && Array.isArray(theirs)) {
      const kept = new Set(ours.map((item) => JSON.stringify(item)));
      const dropped = theirs.map((item) => JSON.stringify(item)).filter((item) => !kept.has(item));
      if (dropped.length > 0) {
        yield [`${path}${key}`, dropped];
      }
    } else if (isMap(ours) && isMap(theirs)) {
      yield* droppedItems(ours, theirs, `${path}${key}.`);
    }
  }
}

/** Paths of everything in a tree that is no map. */
export const leaves = (tree: Values, path = ""): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (isMap(value) ? leaves(value, `${path}${key}/`) : [`${path}${key}`]));

/** Maps that become a part of a pod, a budget or a list of rules, where a key that nobody wrote changes what the others mean. */
const OF_PODS =
  /^(resources|requests|limits|nodeSelector|affinity|nodeAffinity|.*[sS]ecurityContext|podDisruptionBudget|pdb|rbac|rules|disabled|labels|podLabels|annotations|podAnnotations|strategy|env)$/;

/** What the chart has in a map of ours beside our own keys: Helm merges maps. */
export function* inheritedKeys(values: Values, defaults: Values, path = ""): Generator<[string, string]> {
  for (const [key, value] of Object.entries(values)) {
    const theirs = defaults[key];
    if (!isMap(value) || !isMap(theirs)) {
      continue;
    }
    if (OF_PODS.test(key)) {
      for (const [inner, left] of Object.entries(theirs)) {
        if (!(inner in value) && !isNothing(left)) {
          yield [`${path}${key}.${inner}`, JSON.stringify(left)];
        }
      }
    }
    yield* inheritedKeys(value, theirs, `${path}${key}.`);
  }
}

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** A default that changes nothing. */
const isNothing = (value: unknown): boolean =>
  value === null || value === "" || value === false || (typeof value === "object" && Object.keys(value).length === 0);

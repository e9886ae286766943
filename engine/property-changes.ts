// Which properties a step changes, from what the engine tells of it.

import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { PropertyChange } from "./events.ts";

/** The properties that differ, by the provider's own comparison, with their values before and after. */
export function propertyChanges({ detailedDiff, diffs, old, new: wanted }: StepEventMetadata): PropertyChange[] {
  if (!old || !wanted) {
    return [];
  }
  const paths = Object.keys(detailedDiff ?? {});
  return (paths.length > 0 ? paths : (diffs ?? [])).toSorted().map((path) => {
    const before = detailedDiff?.[path]?.inputDiff === false ? old.outputs : old.inputs;
    return { path, before: valueAt(before, path) ?? valueAt(old.inputs, path), after: valueAt(wanted.inputs, path) };
  });
}

/** The value at a path in the engine's notation: `spec.ports[0].port`, `metadata.labels["app.kubernetes.io/name"]`. */
function valueAt(bag: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    quoted === undefined ? (index ?? name ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );
  return keys.reduce<unknown>(
    (value, key) =>
      value === MASKED
        ? MASKED
        : typeof value === "object" && value !== null
          ? (value as Record<string, unknown>)[key]
          : undefined,
    bag,
  );
}

/** What the engine tells in place of a secret, and of everything in it. */
const MASKED = "[secret]";

import type { OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** What one step does, or would do, to a resource that does not stay as it is. */
export interface Step {
  readonly urn: string;
  /** In the engine's words: `create`, `update`, `delete`, `replace` … */
  readonly op: OpType;

  /** Properties that differ, as the provider names them. Empty where it names none. */
  readonly properties: readonly PropertyChange[];
}

/** A property that differs. Values are as the engine tells them, secret ones as `[secret]`. */
export interface PropertyChange {
  /** Such as `spec.replicas`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

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

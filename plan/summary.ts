import type { PlannedLayer } from "./environment.ts";
import type { Recorded } from "./record.ts";

/** How many resources a layer has of each kind: a kind is the folder of the component on top, `network`, `storage`, `gpu` … */
export function countsByKind({ resources }: PlannedLayer): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const resource of resources) {
    const kind = kindOf(resource);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** Folder of the component right under the stack; the provider's package for what stands there alone. */
export const kindOf = ({ path, type }: Recorded): string =>
  /^millrace:(\w+):/.exec(path[1] ?? "")?.[1] ?? type.split(":")[0] ?? "";

/** A component with what it holds, as a person thinks of it. */
export interface TreeNode {
  /** Class of the component, or type of the resource without its package's version. */
  type: string;
  name: string;
  children: TreeNode[];
}

/** The components of a layer and what is in them, without the stack itself. */
export function treeOf({ registrations }: PlannedLayer): TreeNode[] {
  const nodes = new Map<string, TreeNode>();
  const roots: TreeNode[] = [];
  for (const { type, name, path } of registrations) {
    if (type.startsWith("pulumi:")) {
      continue;
    }
    const node: TreeNode = { type: shortType(type), name, children: [] };
    const parent = nodes.get(path.join("/"));
    (parent?.children ?? roots).push(node);
    nodes.set([...path, `${type} ${name}`].join("/"), node);
  }
  return roots;
}

/** `aws:s3/bucket:Bucket` → `aws Bucket`; `millrace:storage:ObjectStore` → `ObjectStore`. */
export function shortType(type: string): string {
  const [scope, , kind] = type.split(":");
  return scope === "millrace" ? (kind ?? type) : `${scope} ${kind}`;
}

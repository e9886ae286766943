import { type Tree, textOfTree } from "./tree-text.ts";

/** The file of a chart below `policies/kubernetes/chart-values`. */
export interface TreeModule {
  name: string;
  /** Version that is pinned. */
  version: string;
  /** Version that was read. */
  read: string;
  tree: Tree;
}

/** A module with what is known of a chart's keys. */
export function moduleOfTree({ name, version, read, tree }: TreeModule): string {
  const lines = textOfTree(typeof tree === "string" ? {} : tree);
  return [
    `import type { KnownChart } from "./tree.ts";`,
    "",
    "/** Written by `npm run refresh:charts`. */",
    `export const ${constantOf(name)}: KnownChart = {`,
    `  version: ${JSON.stringify(version)},`,
    `  read: ${JSON.stringify(read)},`,
    `  keys: \``,
    ...lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("$", "\\$")),
    "`,",
    "};",
    "",
  ].join("\n");
}

const constantOf = (name: string): string => name.toUpperCase().replaceAll("-", "_");

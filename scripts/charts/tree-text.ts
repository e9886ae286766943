/**
 * Keys that a chart knows: a map of keys, or a letter for what a value must be (`policies/kubernetes/chart-values/tree.ts` says which).
 */
export type Tree = string | { [key: string]: Tree };

/** Widest line, characters. */
const WIDTH = 120;

/**
 * A tree as text, in the form that `policies/kubernetes/chart-values/tree.ts` reads: a line for each map with its keys below it, and
 * lines of leaves, `<letter> <key> <key>`.
 */
export function textOfTree(tree: { [key: string]: Tree }, indent = ""): string[] {
  const keys = Object.keys(tree).toSorted(byName);
  const leaves = Map.groupBy(
    keys.filter((key) => typeof tree[key] === "string"),
    (key) => tree[key] as string,
  );
  const inner = keys.flatMap((key) => {
    const own = tree[key]!;
    return typeof own === "string" ? [] : [`${indent}${key}:`, ...textOfTree(own, `${indent} `)];
  });
  const letters = [...leaves.keys()].toSorted(byName);
  return [...letters.flatMap((letter) => wrapped(`${indent}${letter}`, leaves.get(letter)!)), ...inner];
}

const byName = (one: string, other: string): number => (one < other ? -1 : 1);

function wrapped(head: string, words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(`${head} ${word}`);
    }
  }
  return lines;
}

// What turns one list into another: which entries stay, move, go, come, and which take the place of others.

/** An entry of the list before, of the list after, or of both. */
export interface Step {
  kind: "moved" | "removed" | "added" | "changed";
  /** Place in the list before; on `added` where it would have stood. */
  from: number;
  /** Place in the list after; on `removed` where it would stand. */
  to: number;
}

/** Most pairs of entries that are compared with each other, after equal beginnings and ends. */
const PAIRS = 4_000_000;

/**
 * The fewest steps from one list to the other. Equal keys are the same entry. What goes and what comes at one place is a change there.
 *
 * @param before keys of the entries; of two equal ones each is an entry of its own
 */
export function steps(before: readonly string[], after: readonly string[]): Step[] {
  const gaps = gapsBetween(before, after);
  const removed = gaps.flatMap((gap) => range(gap.before));
  const added = new Set(gaps.flatMap((gap) => range(gap.after)));
  const moved = new Map<number, number>();
  for (const from of removed) {
    const to = [...added].find((at) => after[at] === before[from]);
    if (to !== undefined) {
      moved.set(from, to);
      added.delete(to);
    }
  }
  return [
    ...gaps.flatMap((gap): Step[] => {
      const gone = range(gap.before).filter((at) => !moved.has(at));
      const come = range(gap.after).filter((at) => added.has(at));
      return Array.from({ length: Math.max(gone.length, come.length) }, (_, at): Step => {
        const [from, to] = [gone[at], come[at]];
        if (from === undefined) {
          return { kind: "added", from: gap.before[1], to: to! };
        }
        return to === undefined ? { kind: "removed", from, to: gap.after[1] } : { kind: "changed", from, to };
      });
    }),
    ...[...moved].map(([from, to]): Step => ({ kind: "moved", from, to })),
  ];
}

type Span = readonly [begin: number, end: number];
const range = ([begin, end]: Span): number[] => Array.from({ length: end - begin }, (_, index) => begin + index);

/** Where the lists differ, between entries that both have in the same order: the longest common subsequence. */
function gapsBetween(before: readonly string[], after: readonly string[]): { before: Span; after: Span }[] {
  let begin = 0;
  while (begin < before.length && begin < after.length && before[begin] === after[begin]) {
    begin += 1;
  }
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > begin && endAfter > begin && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore -= 1;
    endAfter -= 1;
  }
  const [rows, columns] = [endBefore - begin, endAfter - begin];
  if (rows * columns > PAIRS) {
    return [{ before: [begin, endBefore], after: [begin, endAfter] }];
  }
  // lengths[row][column]: of the longest common subsequence of what begins there.
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row]![column] =
        before[begin + row] === after[begin + column]
          ? lengths[row + 1]![column + 1]! + 1
          : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
    }
  }
  const gaps: { before: Span; after: Span }[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    const [fromRow, fromColumn] = [row, column];
    while (
      (row < rows || column < columns) &&
      !(row < rows && column < columns && before[begin + row] === after[begin + column])
    ) {
      const down = row < rows && (column === columns || lengths[row + 1]![column]! >= lengths[row]![column + 1]!);
      [row, column] = down ? [row + 1, column] : [row, column + 1];
    }
    if (row > fromRow || column > fromColumn) {
      gaps.push({ before: [begin + fromRow, begin + row], after: [begin + fromColumn, begin + column] });
    }
    while (row < rows && column < columns && before[begin + row] === after[begin + column]) {
      row += 1;
      column += 1;
    }
  }
  return gaps;
}

import { dim, plainly } from "./terminal.ts";

/** Rows below a head, in columns. The last column is as long as it is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head.map(dim), ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => plainly(row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => `${cell}${" ".repeat(widths[column]! - plainly(cell).length)}`)
        .join("   ")
        .trimEnd(),
    )
    .join("\n");
}

import { counted } from "#render/counted";
import { type Html, html } from "#render/page";
import { bold, dim, red } from "#render/terminal";
import { type Capacity, type PoolUse, SITUATIONS, type Situation } from "../capacity/capacity.ts";

/** The pools with what each situation asks of them: a table of texts, the head first. */
function rowsOf({ pools }: Capacity): string[][] {
  return [["capacity", ...SITUATIONS], ...pools.map((pool) => [nodesOf(pool), ...SITUATIONS.map((each) => useOf(pool, each))])];
}

const nodesOf = ({ pool, fixed, most, instanceType }: PoolUse): string =>
  `${pool.padEnd(10)} ${fixed === most ? fixed : `${fixed}–${most}`} × ${instanceType}`;

/** A share where the nodes are always there, else the number of nodes that Karpenter starts. */
function useOf({ fixed, use }: PoolUse, situation: Situation): string {
  const { nodes, share } = use[situation];
  return fixed > 0 ? `${Math.round(share * 100)} %` : counted(nodes, "node");
}

const waits = ({ waitForZone }: Capacity): string[] =>
  waitForZone.length > 0
    ? [`stop until it is back when their zone is lost, because their volumes lie there: ${waitForZone.join(", ")}`]
    : [];

/**
 * Lines of the terminal: a table, or where that is wider than the terminal a list.
 *
 * @param width in columns. @default - the table
 */
export function capacityLines(capacity: Capacity, width = Infinity): string[] {
  const rows = rowsOf(capacity);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row, at) =>
    row
      .map((cell, column) =>
        column === 0 ? `${at === 0 ? "  " : "    "}${cell}`.padEnd(widths[0]! + 4) : cell.padStart(widths[column]!),
      )
      .join("  "),
  );
  const fits = table.every((line) => line.length <= width);
  return [
    ...(fits ? table : listOf(rows)),
    ...[...waits(capacity), ...capacity.notes].map((text) => `    ${dim(text)}`),
    ...capacity.refusals.map((text) => `  ${red("does not fit")}  ${bold(text)}`),
  ];
}

function listOf([head, ...pools]: readonly string[][]): string[] {
  const [title = "", ...situations] = head!;
  return [
    `  ${title}`,
    ...pools.flatMap(([pool = "", ...uses]) => [
      `    ${pool}`,
      ...uses.map((use, at) => `      ${situations[at]!.padEnd(20)}  ${use}`),
    ]),
  ];
}

/** A table of the pull request's comment. */
export function capacityMarkdown(capacity: Capacity): string[] {
  const [head, ...rows] = rowsOf(capacity);
  return [
    "",
    `| ${head!.join(" | ")} |`,
    `|---|${SITUATIONS.map(() => "---:|").join("")}`,
    ...rows.map((row) => `| ${row.map((cell) => cell.replaceAll(/ +/g, " ")).join(" | ")} |`),
    ...[...waits(capacity), ...capacity.notes].flatMap((text) => ["", `> ${text}`]),
    ...capacity.refusals.flatMap((text) => ["", `**Does not fit:** ${text}`]),
  ];
}

/** A section of the page. */
export function capacitySection(capacity: Capacity): Html {
  const [head, ...rows] = rowsOf(capacity);
  return html`<h2>Capacity</h2>
<div class="scroll"><table><thead><tr>${head!.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>
${[...waits(capacity), ...capacity.notes].map((text) => html`<p class="soft">${text}</p>`)}
${capacity.refusals.map((text) => html`<p><strong>Does not fit:</strong> ${text}</p>`)}`;
}

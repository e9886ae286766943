import { inDays } from "../day.ts";
import type { Violation } from "../evaluate.ts";
import { daysLeft } from "../exceptions.ts";
import type { Rule, Severity } from "../rule.ts";
import { unseenLine } from "../unseen.ts";
import type { StackVerdict } from "./sarif.ts";

const ORDER: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Most rows of a table: GitHub refuses a comment of more than 65,536 characters. */
const LISTED = 30;

/** Verdicts as a part of a pull request's comment: what stops it first, then what is advised, what is excepted, what is open. */
export function policyMarkdown(verdicts: readonly StackVerdict[], page: (rule: Rule) => string, today: string): string {
  const violations = verdicts.flatMap(({ verdict }) => verdict.violations);
  const excepted = verdicts.flatMap(({ verdict }) => verdict.excepted);
  const open = verdicts.flatMap(({ verdict }) => verdict.open);
  const mandatory = bySeverity(violations.filter(({ level }) => level === "mandatory"));
  const advisory = bySeverity(violations.filter(({ level }) => level === "advisory"));
  return [
    `**Policy**: ${mandatory.length} mandatory · ${advisory.length} advisory · ${excepted.length} excepted · ${open.length} open`,
    ...table("Must be fixed", mandatory, page),
    ...table("Advised", advisory, page),
    ...section(
      "Excepted",
      ["rule", "where", "until", "why"],
      grouped(excepted, ({ rule, exception }) => [rule.id, exception.ticket, exception.expires, exception.reason]).map((same) => {
        const [{ rule, exception }] = same;
        return [
          link(rule, page),
          places(same),
          `${exception.expires} (${inDays(daysLeft(exception, today))})`,
          foreign(`${exception.reason} (${exception.ticket}, ${exception.owner})`),
        ];
      }),
    ),
    ...section(
      "Open until deployment",
      ["rule", "where", "not known yet"],
      grouped(open, ({ rule, path, failure }) => [rule.id, path, failure]).map((same) => {
        const [{ rule, path, failure }] = same;
        const property = failure === undefined ? code(path) : foreign(failure);
        return [link(rule, page), [...new Set(same.map(({ address }) => code(address)))].slice(0, PLACES).join("<br>"), property];
      }),
    ),
    ...unseenLine(verdicts.flatMap(({ verdict }) => verdict.unseen)).flatMap((line) => ["", foreign(line)]),
  ].join("\n");
}

/** The gravest first. */
export const bySeverity = (violations: readonly Violation[]): Violation[] =>
  violations.toSorted((one, other) => ORDER.indexOf(one.rule.severity) - ORDER.indexOf(other.rule.severity));

const table = (title: string, violations: readonly Violation[], page: (rule: Rule) => string): string[] =>
  section(
    title,
    ["rule", "severity", "where", "is", "must be", "fix", "benchmark"],
    grouped(violations, ({ rule, got, want, expired, written }) => [rule.id, got, want, expired?.ticket, written]).map((same) => {
      const [{ rule, got, want, expired, written }] = same;
      return [
        link(rule, page),
        rule.severity,
        `${places(same)}${written ? ` (written as ${foreign(written)})` : ""}${expired ? ` (exception ${foreign(expired.ticket)} ended on ${expired.expires})` : ""}`,
        code(got),
        foreign(want),
        rule.remediation,
        rule.frameworks.join(", "),
      ];
    }),
  );

/** One row a reason: what differs only in its place stands together. */
function grouped<T>(list: readonly T[], reason: (each: T) => unknown[]): [T, ...T[]][] {
  return [...Map.groupBy(list, (each) => JSON.stringify(reason(each))).values()] as [T, ...T[]][];
}

/** Most places that a row names. */
const PLACES = 20;

function places(same: readonly Pick<Violation, "address" | "property">[]): string {
  const texts = [...new Set(same.map(({ address, property }) => `${code(address)} ${code(property)}`))];
  const rest = texts.length > PLACES ? [`and ${texts.length - PLACES} more`] : [];
  return [...texts.slice(0, PLACES), ...rest].join("<br>");
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) {
    return [];
  }
  const shown = rows.slice(0, LISTED).map((cells) => line(cells));
  const rest = rows.length > LISTED ? ["", `and ${rows.length - LISTED} more: \`--json\` has all`] : [];
  return ["", `**${title}**`, "", line(head), line(head.map(() => "---")), ...shown, ...rest];
}

const link = (rule: Rule, page: (rule: Rule) => string): string => `[${rule.id}](${page(rule)})`;

/** A bar would end a cell, a line break the table; a backslash before the bar would be read first. */
const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll(/\s+/g, " ").replaceAll("|", "&#124;")).join(" | ")} |`;

/** Text from a program or a file: its characters are escaped, so it has no markup and mentions nobody. */
const foreign = (text: string): string => text.replaceAll(/[\\`*_[\]<>|&~#@$!:]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const code = (text: string): string => `<code>${foreign(text)}</code>`;

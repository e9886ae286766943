import { inDays } from "#policies/day";
import { openSentence, sentence, type Verdict, type Violation } from "#policies/evaluate";
import { daysLeft, type Exception } from "#policies/exceptions";
import { bySeverity } from "#policies/reports/markdown";
import { pageOf } from "#policies/reports/page";
import { unseenLine } from "#policies/unseen";
import { bold, dim, red, yellow } from "#render/terminal";
import { idleExceptions } from "../idle-exceptions.ts";
import type { Policy } from "../policy.ts";

/** Most violations that a screen lists; the rest is in `--json`. */
const LISTED = 40;

/** What the rules say, as a person reads it: the counts first, below them what to fix and how. */
export function policyLines({ verdicts, today }: Policy): string[] {
  const all = <T>(part: (verdict: Verdict) => T[]): T[] => verdicts.flatMap(({ verdict }) => part(verdict));
  const violations = all(({ violations: found }) => found);
  const mandatory = bySeverity(violations.filter(({ level }) => level === "mandatory"));
  const advisory = bySeverity(violations.filter(({ level }) => level === "advisory"));
  const excepted = all((verdict) => verdict.excepted);
  const open = all((verdict) => verdict.open);
  const byException = Map.groupBy(excepted, ({ exception }) => exception);
  const counts = [
    (mandatory.length > 0 ? red : bold)(`${mandatory.length} mandatory`),
    `${advisory.length} advisory`,
    exceptionCount([...byException.keys()], today),
    ...(open.length > 0 ? [`${open.length} open until deployment`] : []),
  ];
  const listed = [...mandatory, ...advisory].slice(0, LISTED);
  return [
    `  policy      ${counts.join(" · ")}`,
    ...violationLines(listed),
    ...(violations.length > LISTED ? [`${INDENT}${dim(`and ${violations.length - LISTED} more: --json has all`)}`] : []),
    ...[...byException].map(([exception, allowed]) => `${INDENT}${exceptionLine(exception, allowed, today)}`),
    ...open.map((each) => `${INDENT}? ${openSentence(each)}`),
    ...unseenLine(all((verdict) => verdict.unseen)).map((line) => `  note        ${dim(line)}`),
    ...idleExceptions({ verdicts, today }).map((line) => `  note        ${line}`),
  ];
}

const INDENT = " ".repeat(14);

function exceptionCount(exceptions: readonly Exception[], today: string): string {
  const soonest = Math.min(...exceptions.map((exception) => daysLeft(exception, today)));
  if (exceptions.length === 0) {
    return "0 exceptions";
  }
  return exceptions.length === 1
    ? `1 exception (ends in ${inDays(soonest)})`
    : `${exceptions.length} exceptions (the first ends in ${inDays(soonest)})`;
}

/** Each violation, and once below those of a rule how to fix them. */
function violationLines(violations: readonly Violation[]): string[] {
  return [...Map.groupBy(violations, ({ rule }) => rule)].flatMap(([rule, own]) => {
    const benchmarks = rule.frameworks.length > 0 ? dim(` (${rule.frameworks.join(", ")})`) : "";
    return [
      ...own.map((violation) => {
        const mark = violation.level === "mandatory" ? red("✗") : yellow("!");
        return `${INDENT}${mark} ${rule.severity.padEnd(8)} ${sentence(violation)}`;
      }),
      `${INDENT}${" ".repeat(11)}${rule.remediation}${benchmarks} ${dim(pageOf(rule))}`,
    ];
  });
}

/** Most resources and characters of a reason in a line; the file, the comment and `--json` have all. */
const PLACES = 3;
const REASON = 90;

function exceptionLine(exception: Exception, allowed: readonly Violation[], today: string): string {
  const { ticket, rule, expires, reason, owner } = exception;
  const places = [...new Set(allowed.map(({ address }) => address))];
  const where = places.slice(0, PLACES).join(", ") + (places.length > PLACES ? ` and ${places.length - PLACES} more` : "");
  const why = reason.length > REASON ? `${reason.slice(0, REASON - 1).trimEnd()}…` : reason;
  const left = inDays(daysLeft(exception, today));
  return `○ ${rule} ${where} is excepted until ${expires} (${left}): ${why} ${dim(`(${ticket}, ${owner})`)}`;
}

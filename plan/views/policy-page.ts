import { inDays } from "#policies/day";
import { openSentence, type Violation } from "#policies/evaluate";
import { daysLeft } from "#policies/exceptions";
import { bySeverity } from "#policies/reports/markdown";
import { type Html, html } from "#render/page";
import type { Policy } from "../policy.ts";

/** What the rules say, as a part of the plan's page. */
export function policySection({ verdicts, today }: Policy): Html {
  const violations = verdicts.flatMap(({ verdict }) => verdict.violations);
  const excepted = verdicts.flatMap(({ verdict }) => verdict.excepted);
  const open = verdicts.flatMap(({ verdict }) => verdict.open);
  const at = (level: Violation["level"]): Violation[] => bySeverity(violations.filter((violation) => violation.level === level));
  return html`<h2>Policy</h2>
<p>${at("mandatory").length} mandatory · ${at("advisory").length} advisory · ${excepted.length} excepted · ${open.length} open until deployment</p>
${violations.length > 0 && html`<div class="scroll"><table class="values"><tr><th>rule</th><th>where</th><th>is</th><th>must be</th><th>fix</th></tr>${[...at("mandatory"), ...at("advisory")].map(row)}</table></div>`}
${[...Map.groupBy(excepted, ({ exception }) => exception)].map(([exception, allowed]) => {
  const places = [...new Set(allowed.map(({ address }) => address))].join(", ");
  return html`<p class="soft">${exception.rule} ${places} is excepted until ${exception.expires} (${inDays(daysLeft(exception, today))}): ${exception.reason} (${exception.ticket}, ${exception.owner})</p>\n`;
})}${open.map((each) => html`<p class="soft">${openSentence(each)}</p>\n`)}`;
}

const row = ({ rule, level, address, property, got, want, written }: Violation): Html =>
  html`<tr><td><b class="${level === "mandatory" ? "removed" : "changed"}">${rule.id}</b> ${rule.severity}, ${level}</td><td>${address} <code>${property}</code>${written !== undefined && html` (written as ${written})`}</td><td><code>${got}</code></td><td>${want}</td><td>${rule.remediation}</td></tr>\n`;

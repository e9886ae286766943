import { openSentence, sentence, stops } from "../evaluate.ts";
import type { Rule } from "../rule.ts";
import { unseenLine } from "../unseen.ts";
import type { StackVerdict } from "./sarif.ts";

/**
 * Verdicts as JUnit XML: one suite for each stack, one case for each rule. Advisory, excepted and undecided findings do not fail; they are in the output of the case.
 */
export function junit(verdicts: readonly StackVerdict[], rules: readonly Rule[]): string {
  const suites = verdicts.map(({ stack, verdict: { environment, violations, excepted, open, unseen } }) => {
    const cases = rules
      .filter(({ levels }) => levels[environment] !== "off")
      .map((rule) => {
        const own = violations.filter((violation) => violation.rule === rule);
        const undecided = open.filter((each) => each.rule === rule);
        const failed = stops({ violations: own, open: undecided });
        const wrong = [...own.map(sentence), ...undecided.filter(({ failure }) => failure !== undefined).map(openSentence)];
        const told = [
          ...(failed ? [] : wrong),
          ...excepted
            .filter((violation) => violation.rule === rule)
            .map((violation) => `${sentence(violation)}: excepted until ${violation.exception.expires}`),
          ...undecided.filter(({ failure }) => failure === undefined).map(openSentence),
        ];
        const body = [
          ...(failed
            ? [`<failure message="${escaped(rule.title)}">${escaped([...wrong, rule.remediation].join("\n"))}</failure>`]
            : []),
          ...(told.length > 0 ? [`<system-out>${escaped(told.join("\n"))}</system-out>`] : []),
        ].join("");
        return {
          failed,
          xml: `    <testcase classname="${escaped(stack)}" name="${rule.id} ${escaped(rule.title)}">${body}</testcase>`,
        };
      });
    const failures = cases.filter(({ failed }) => failed).length;
    const head = `<testsuite name="${escaped(stack)}" tests="${cases.length}" failures="${failures}">`;
    const notes = unseenLine(unseen).map((line) => `\n    <system-out>${escaped(line)}</system-out>`);
    return `  ${head}\n${cases.map(({ xml }) => xml).join("\n")}${notes.join("")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="millrace">\n${suites.join("\n")}\n</testsuites>\n`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no way to write most control characters, so they are left out. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

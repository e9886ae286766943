import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { PROMETHEUS_RULE } from "../../kubernetes/types.ts";
import type { Expression } from "../../promql/syntax.ts";
import { secondsOf } from "../../promql/tokens.ts";
import { type Bag, bags, isSet, list, text } from "../../read.ts";
import { Undecided } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { isOpen, recordsOf, senseless } from "./expressions.ts";

/** Longest time that a condition must hold, by how bad it is. */
const LONGEST: Readonly<Record<string, string>> = { critical: "30m", warning: "1d" };

/** Longest time between two looks at a group that has alerts. */
const INTERVAL = "5m";

/** `severities`: those that routes know; none where every one is good. */
interface Severities {
  severities: readonly string[];
}

const OURS: Severities = { severities: ["critical", "warning", "info", "none"] };

export const OBS_01 = rule<Severities>({
  id: "OBS-01",
  title: "Each alert can fire in time, and says how bad it is and what to do",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    "Give the alert the label `severity`, the annotation `runbook_url`, a short `for`, and an expression that compares a series with a limit that it can reach.",
  types: [PROMETHEUS_RULE],
  parameters: { dev: OURS, staging: OURS, prod: OURS },
  elsewhere: { severities: [] },
  check: ({ inputs }, { severities }) => {
    const records = recordsOf(bags(inputs, "spec", "groups"));
    return together(
      () =>
        unless(
          bags(inputs, "spec", "groups").some((group) => list(group, "rules").length > 0),
          { property: "spec.groups", got: "nothing", want: "groups with rules" },
        ),
      ...bags(inputs, "spec", "groups").flatMap((group, index) => {
        const path = `spec.groups[${index}]`;
        const rules = bags(group, "rules").map((each, at) => ({ each, at: `${path}.rules[${at}]` }));
        return [
          () => (rules.some(({ each }) => isSet(each, "alert")) ? rarely(group, path) : []),
          ...rules.map(
            ({ each, at }) =>
              () =>
                isSet(each, "alert") ? faultsOf(each, at, { records, severities }) : [],
          ),
        ];
      }),
    );
  },
});

function rarely(group: Bag, path: string): Fault[] {
  const got = text(group, "interval") ?? "";
  const want = `at most ${INTERVAL}`;
  return unless(secondsOf(got) <= secondsOf(INTERVAL), { property: `${path}.interval`, got, want });
}

/** What an alert is judged by besides itself. */
interface Around extends Severities {
  records: ReadonlyMap<string, Expression>;
}

function faultsOf(alert: Bag, path: string, { records, severities }: Around): Finding[] {
  const severity = text(alert, "labels", "severity") ?? "";
  const duration = text(alert, "for") ?? "";
  const longest = LONGEST[severity];
  const expr = text(alert, "expr") ?? "";
  const wrong = isOpen(expr) ? undefined : senseless(text(alert, "alert") ?? "", expr, records);
  return [
    ...unless(severity !== "", { property: `${path}.labels.severity`, got: "nothing", want: "set, as routes read it" }),
    ...unless(severity === "" || severities.length === 0 || severities.includes(severity), {
      property: `${path}.labels.severity`,
      got: severity,
      want: `one of ${severities.join(", ")}, as routes read it`,
    }),
    ...unless(isSet(alert, "annotations", "runbook_url"), {
      property: `${path}.annotations.runbook_url`,
      got: "nothing",
      want: "the address of a page that says what to do",
    }),
    ...unless(longest === undefined || secondsOf(duration) <= secondsOf(longest), {
      property: `${path}.for`,
      got: duration,
      want: `at most ${longest}, as it is ${severity}`,
    }),
    ...unless(wrong === undefined, { property: `${path}.expr`, got: wrong?.got ?? "", want: wrong?.want ?? "" }),
    ...(isOpen(expr) ? [new Undecided(`${path}.expr`)] : []),
  ];
}

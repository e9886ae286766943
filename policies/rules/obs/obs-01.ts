import { type Fault, together, unless } from "../../findings.ts";
import { type Bag, bags, isSet, list, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";
import { seriesIn } from "../can/queries.ts";
import { undecided, unreachable } from "./limits.ts";

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds of a duration as Prometheus writes it; none where nothing is said. */
const secondsOf = (duration: string): number =>
  [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit = ""]) => sum + Number(amount) * (SECONDS[unit] ?? 0),
    0,
  );

/** Longest time that a condition must hold, by how bad it is. */
const LONGEST: Readonly<Record<string, string>> = { critical: "30m", warning: "1d" };

/** Longest time between two looks at a group that has alerts. */
const INTERVAL = "5m";

export const OBS_01 = rule({
  id: "OBS-01",
  title: "Each alert can fire in time, and says how bad it is and what to do",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    "Give the alert the label `severity`, the annotation `runbook_url`, a short `for`, and an expression that compares a series with a limit that it can reach.",
  types: ["kubernetes:monitoring.coreos.com/v1:PrometheusRule"],
  check: ({ inputs }) =>
    together(
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
                isSet(each, "alert") ? faultsOf(each, at) : [],
          ),
        ];
      }),
    ),
});

function rarely(group: Bag, path: string): Fault[] {
  const got = text(group, "interval") ?? "";
  const want = `at most ${INTERVAL}`;
  return unless(secondsOf(got) <= secondsOf(INTERVAL), { property: `${path}.interval`, got, want });
}

function faultsOf(alert: Bag, path: string): Fault[] {
  const severity = text(alert, "labels", "severity") ?? "";
  const duration = text(alert, "for") ?? "";
  const longest = LONGEST[severity];
  const expr = text(alert, "expr") ?? "";
  const limit = unreachable(expr);
  return [
    ...unless(severity !== "", { property: `${path}.labels.severity`, got: "nothing", want: "set, as routes read it" }),
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
    ...unless(seriesIn(expr).length > 0, {
      property: `${path}.expr`,
      got: shown(expr),
      want: "an expression that reads a series",
    }),
    ...unless(seriesIn(expr).length === 0 || undecided(expr) === undefined, {
      property: `${path}.expr`,
      got: shown(undecided(expr)),
      want: "conditions that read series",
    }),
    ...unless(limit === undefined, {
      property: `${path}.expr`,
      got: shown(limit?.got),
      want: `compared with at most ${limit?.most}`,
    }),
  ];
}

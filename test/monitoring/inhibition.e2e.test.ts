import type * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { alertRouting } from "#components/monitoring/alert-routing";
import { record } from "../harness/graph.ts";
import { findAlertmanager, tell } from "./alertmanager.ts";
import { alertRules } from "./cases/case.ts";
import { families } from "./cases/families.ts";
import { CHART_ALERTS, CHART_OBJECTS } from "./chart-alerts.ts";

type Labels = Record<string, string>;

/** Two alerts of which the first, while it fires, may silence the second; and the labels by which both name their object. */
interface Pair {
  source: Labels;
  target: Labels;
  object: readonly string[];
}

const program = await findAlertmanager();

const expectations = families.flatMap(({ cases }) => cases.flatMap(({ expect = [] }) => expect));

/** Labels by which an alert of ours names its object: those with which it fires in the cases, and those of its rule. */
function objectOf(alert: string): string[] {
  const firing = expectations
    .filter((one) => one.alert === alert)
    .flatMap(({ firing }) => firing.flatMap((labels) => Object.keys(labels)));
  const given = alertRules.filter((rule) => rule.alert === alert).flatMap(({ labels }) => Object.keys(labels));
  return [...new Set([...firing, ...given, "environment"])].filter((label) => label !== "severity" && label !== "category");
}

/** Alerts of the chart and ours by name, with their severities and the labels of their object. */
const known: [alertname: string, severities: string[], object: readonly string[]][] = [
  ...[...new Set(alertRules.map(({ alert }) => alert))].map((alert): [string, string[], string[]] => {
    const severities = alertRules.filter((rule) => rule.alert === alert).map(({ labels }) => labels["severity"] ?? "");
    return [alert, severities, objectOf(alert)];
  }),
  ...[...new Set(Object.values(CHART_ALERTS).flat())].map((alert): [string, string[], readonly string[]] => {
    const severities = Object.keys(CHART_ALERTS).filter((severity) => CHART_ALERTS[severity]?.includes(alert));
    return [alert, severities, CHART_OBJECTS[alert] ?? []];
  }),
];

const sameAlert: Pair[] = known
  .filter(([, severities]) => severities.includes("critical") && severities.includes("warning"))
  .map(([alertname, , object]) => ({
    source: { alertname, severity: "critical" },
    target: { alertname, severity: "warning" },
    object,
  }));

const consequences: Pair[] = ["ModelTrafficLost", "ServingMetricsMissing"].flatMap((source) =>
  [
    ["ModelLatencyHigh", "critical"],
    ["ModelErrorRateHigh", "warning"],
  ].map(([alertname = "", severity = ""]) => ({
    source: { alertname: source, severity: "critical" },
    target: { alertname, severity },
    object: ["namespace", "environment", "model"],
  })),
);

const objectA = (object: readonly string[], pair: number): Labels =>
  Object.fromEntries(object.map((label) => [label, `${label}-${pair}-a`]));

it.for([
  ["the same alert", sameAlert],
  ["a consequence", consequences],
] as const)("a running Alertmanager silences %s about the same object, and about no other", async ([, pairs], context) => {
  if (program === undefined) {
    context.skip("there is neither Alertmanager on PATH nor Go to build it with");
    return;
  }
  const { alerts, silenced } = scene(pairs);
  const told = await tell(program, await configuration(), alerts);
  const text = ({ alertname, severity, ...object }: Labels) =>
    `${alertname} ${severity} ${Object.keys(object)
      .toSorted()
      .map((label) => object[label])
      .join(" ")}`;
  expect(told).toHaveLength(alerts.length);
  const found = told.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => text(labels));
  expect(found.sort()).toEqual(silenced.map(text).sort());
});

it("every alert that is a warning and critical says by which labels it names its object", () => {
  expect(sameAlert.length).toBeGreaterThan(10);
  expect(sameAlert.filter(({ object }) => object.length === 0)).toEqual([]);
});

/** Each source fires about one object; its target fires about the same one, and about others that differ in one label each. */
function scene(pairs: readonly Pair[]): { alerts: Labels[]; silenced: Labels[] } {
  const silenced = pairs.map(({ target, object }, pair) => ({ ...target, ...objectA(object, pair) }));
  const sources = pairs.map(({ source, object }, pair) => ({ ...source, ...objectA(object, pair) }));
  const others = pairs.flatMap(({ target, object }, pair) =>
    object.map((label) => ({ ...target, ...objectA(object, pair), [label]: `${label}-${pair}-b` })),
  );
  return { alerts: [...sources, ...silenced, ...others], silenced };
}

/** What is delivered is refused at once: nothing leaves this machine. */
async function configuration(): Promise<string> {
  let text: pulumi.Output<string> | undefined;
  await record(() => {
    text = alertRouting({ webhook: "http://127.0.0.1:1/people" });
  });
  return await new Promise((resolve) => text?.apply(resolve));
}

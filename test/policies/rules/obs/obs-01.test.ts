import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("OBS-01", [
  {
    what: "a critical alert after a day",
    layer: "workloads",
    resource: "fraud-monitoring-rules",
    change: ({ spec }) => {
      spec.groups[2].rules[0].for = "1d";
    },
    says: "workloads-prod/fraud-monitoring-rules: 'spec.groups[2].rules[0].for' must be at most 30m, as it is critical, got '1d'",
    unknown: "spec.groups.2.rules.0.for",
  },
]);

const alert = (expr: string) =>
  of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "a", {
    spec: {
      groups: [{ rules: [{ alert: "A", expr, labels: { severity: "warning" }, annotations: { runbook_url: "https://a" } }] }],
    },
  });

describe("OBS-01", () => {
  it.each([
    "up == 0",
    "absent(up) > 0",
    "a:ratio5m > 0.5",
    "psi > 0.25",
    'sum(rate(a{b="c"}[5m])) > 7',
    "a:ratio5m > 0.1 + 0.2",
    "a:ratio5m * 100 > 5",
    "a:ratio5m < 1",
    "1 > a:ratio5m",
    "a:ratio5m > b:ratio5m + 0.1",
    "up > 1 + x",
    "a:ratio5m > 0.1 and b > 1000",
    "a > 1 unless on (b) c",
    "a or vector(0) > 1",
  ])("accepts %s", (expr) => expect(found("OBS-01", alert(expr))).toEqual([]));

  it.each([
    "vector(0) > 1",
    "a:ratio5m > 1",
    "psi > 2.5",
    "",
    "a:ratio5m > 1 + x",
    "a:ratio5m>1+0",
    "a:ratio5m > x + 1",
    "(a:ratio5m) > 2 * 0.5",
    "1 < a:ratio5m",
    "a:ratio5m > bool 1",
    "a:ratio5m > vector(1)",
    "a:ratio5m > Inf",
    "a > 1 and vector(0) > 1",
    "a > 1 unless on () vector(1)",
    'max by (pod) (a:ratio5m{b=">"}) > 0.9 and c > 5',
  ])("refuses %s", (expr) => expect(found("OBS-01", alert(expr))).toHaveLength(1));

  it.each([{}, { groups: [] }, { groups: [{ name: "a", rules: [] }] }])("refuses rules that are none: %j", (spec) =>
    expect(found("OBS-01", of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "a", { spec }))).toEqual([
      "spec.groups: nothing",
    ]),
  );
});

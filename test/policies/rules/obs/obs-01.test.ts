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
  it.each(["up == 0", "absent(up) > 0", "a:ratio5m > 0.5", "psi > 0.25", 'sum(rate(a{b="c"}[5m])) > 7'])("accepts %s", (expr) =>
    expect(found("OBS-01", alert(expr))).toEqual([]),
  );

  it.each(["vector(0) > 1", "a:ratio5m > 1", "psi > 2.5", ""])("refuses %s", (expr) =>
    expect(found("OBS-01", alert(expr))).toHaveLength(1),
  );
});

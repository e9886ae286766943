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

const alert = (expr: string, { name = "A", severity = "warning", records = {} } = {}) =>
  of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "a", {
    spec: {
      groups: [
        { rules: Object.entries(records).map(([record, recorded]) => ({ record, expr: recorded })) },
        { rules: [{ alert: name, expr, labels: { severity }, annotations: { runbook_url: "https://a" } }] },
      ],
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
    "up  ==\n0 # down",
    'absent(up{job="x"}) == 1',
    "sum by (job) (rate(a_total[1m])) > 0",
    "sum(rate(a_total[30m])) by (job) > 5",
    "irate(a_total[5m]) > 5",
    "round(a:ratio5m, 0.0001) > 0.05",
    "clamp_min(a:ratio5m, 0) > 0.05",
    "((a:ratio5m) or vector(0)) > 0.2",
    "(a:ratio5m) * 100 > 5",
    "x / y > 0.05 and y > 100",
    "topk(3, sum by (pod) (rate(a_total[5m]))) > 5",
    "predict_linear(free_bytes[6h], 4 * 3600) < 0",
    "time() - last > 3600",
    "changes(a[15m]) > 3",
    "deriv(a[15m]) > 0.5",
    "a > 1 and on () hour() >= 8 < 18",
    "a offset 5m > 1",
    "a > 2 * avg_over_time(a[1d] offset 1w)",
    "avg(up) < 0.5",
    "count(up == 0) > 2",
    "(a > 1) * 100",
    "kube_job_failed",
    'sum(increase(a_total{code=~"5.."}[5m])) / sum(increase(a_total[5m])) > 0.05',
    "histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m]))) > 0.5",
    "free:ratio < 0.1",
    "max_over_time(a[1h:1m] offset 5m) > 3",
    "-a < -5",
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
    "up > 1",
    "a:share > 5",
    "a:share < 0",
    "up > 0 and up < 0",
    "up == 0 and up == 1",
    "up == 0 unless up == 0",
    "up == 0 unless up",
    "absent(up) == 2",
    "absent(vector(1))",
    "rate(a[10s]) > 1",
    "changes(a[5s]) > 1",
    "rate(a_total[5m]) < 0",
    "count(a) < 0",
    "sum(up == 0) > 0",
    "a - a > 0",
    "a > 1 and on () hour() == 25",
    "a > 1 and on () month() > 12",
    "a > 1 unless on () up",
    "a:ratio5m * 0 > 1",
    "floor(a:ratio5m) > 1",
    "clamp(a, 0, 1) > 1",
    "a % 5 > 7",
    "sgn(a) > 1",
    "a > 1 and a < 1",
    "a offset 1d > 1",
    "sum(rate(a_total[5m] offset 2h)) > 1",
    "a @ 0 > 1",
    "up == bool 0",
    "up",
    "up >= 0",
    "a:ratio5m <= 1",
    "rate(a_total[5m]) >= 0",
    "a > 1 or vector(1)",
    "a > 1 or up >= 0",
    "a * 2",
    "a == a",
    "absent(up) or up",
    "sum(up == 0",
    "up = 0",
    "up == 0 for",
    "rate(a) > 1",
    "a[5m] > 1",
    "abs(a[5m]) > 1",
    "1 > 2",
    'a{b="c} > 1',
    "a:errors:ratio5m < 0.01",
    "0.01 > a:slow:ratio5m",
  ])("refuses %s", (expr) => expect(found("OBS-01", alert(expr))).toHaveLength(1));

  it("reads what the same rules record", () => {
    const records = { recorded: 'sum(rate(a_total{b="c"}[5m])) / (sum(rate(a_total[5m])) > 0)' };
    expect(found("OBS-01", alert("recorded > 0.2", { records }))).toEqual([]);
    expect(found("OBS-01", alert("recorded > 2", { records }))).toHaveLength(1);
    expect(found("OBS-01", alert("recorded > 2"))).toEqual([]);
    expect(found("OBS-01", alert("loop > 2", { records: { loop: "loop + 1" } }))).toEqual([]);
  });

  it("refuses an alert about too much that fires where there is little", () => {
    expect(found("OBS-01", alert("a < 0.01", { name: "ErrorRateHigh" }))).toHaveLength(1);
    expect(found("OBS-01", alert("a < 0.01", { name: "FreeSpaceLow" }))).toEqual([]);
  });

  it("refuses a severity that no route knows, in our own stacks", () => {
    expect(found("OBS-01", alert("a > 1", { severity: "critcal" }))).toEqual([
      "spec.groups[1].rules[0].labels.severity: critcal",
    ]);
    expect(found("OBS-01", alert("a > 1", { severity: "page" }), { severities: [] })).toEqual([]);
  });

  it("leaves open what a function answers that it does not know", () => {
    expect(found("OBS-01", alert("forecast(a[5m]) > 1"))).toEqual(["open: spec.groups[1].rules[0].expr"]);
  });

  it.each([{}, { groups: [] }, { groups: [{ name: "a", rules: [] }] }])("refuses rules that are none: %j", (spec) =>
    expect(found("OBS-01", of("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "a", { spec }))).toEqual([
      "spec.groups: nothing",
    ]),
  );
});

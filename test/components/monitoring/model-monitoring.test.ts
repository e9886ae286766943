import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";
import { ModelMonitoring, type ModelMonitoringArgs } from "#components/monitoring/model-monitoring";
import { record, refusal } from "../../harness/graph.ts";

const minimal: ModelMonitoringArgs = {
  environment: "dev",
  model: "fraud",
  namespace: "models-risk",
  dashboardNamespace: "monitoring",
  runbookBaseUrl: "https://runbooks.example.test",
  team: "risk",
};
const monitoring = (args: Partial<ModelMonitoringArgs> = {}) =>
  record(() => new ModelMonitoring("fraud-monitoring", { ...minimal, ...args }));
const inputsOf = async (role: string, args?: Partial<ModelMonitoringArgs>) =>
  (await monitoring(args)).find(({ name }) => name === `fraud-monitoring-${role}`)?.inputs ?? {};
const rulesOf = async (args?: Partial<ModelMonitoringArgs>): Promise<any[]> =>
  (await inputsOf("rules", args))["spec"].groups.flatMap(({ rules }: any) => rules);

describe("ModelMonitoring", () => {
  it("is one object with all rules, which the operator knows, and one dashboard, where Grafana's sidecar looks", async () => {
    const children = (await monitoring()).filter(({ parent }) => parent === "fraud-monitoring");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "kubernetes:core/v1:ConfigMap fraud-monitoring-dashboard",
      "kubernetes:monitoring.coreos.com/v1:PrometheusRule fraud-monitoring-rules",
    ]);
    const rules = await inputsOf("rules");
    expect(rules["metadata"]).toEqual({ name: "fraud", namespace: "models-risk" });
    new PrometheusRule(rules as any).validate();
    const dashboard = await inputsOf("dashboard");
    expect(dashboard["metadata"]).toEqual({
      name: "dashboard-models-risk-fraud",
      namespace: "monitoring",
      labels: { grafana_dashboard: "1" },
      annotations: { grafana_folder: "Millrace" },
    });
    // The sidecar writes one file for each key: two models must not have the same one.
    expect(Object.keys(dashboard["data"])).toEqual(["models-risk-fraud.json"]);
    expect(dashboard["data"]["models-risk-fraud.json"].length).toBeLessThan(100_000);
  });

  it("takes every limit to the recorded series, the alerts and the dashboard", async () => {
    const limits = { latencyTargetMs: 500, maxErrorShare: 0.02, maxSlowShare: 0.1 };
    const rules = await rulesOf({ limits });
    const named = (name: string) => rules.filter((rule) => (rule.record ?? rule.alert) === name);
    expect(named("mlops:serving_within_target:rate2m")[0].expr).toContain('le=~"500([.]0)?"');
    expect(named("ModelLatencyHigh")[0].expr).toMatch(/ > 0[.]1$/);
    expect(named("ModelLatencyHigh")[0].annotations.description).toContain("longer than 500 ms for 5 minutes (limit 10%)");
    expect(named("ModelErrorRateHigh").map(({ expr }) => expr.split(" > ").at(-1))).toEqual(["0.02", "0.1"]);
    const { panels } = JSON.parse((await inputsOf("dashboard", { limits }))["data"]["models-risk-fraud.json"]);
    expect(panels.slice(2, 4).map(({ title, description }: any) => `${title}: ${description}`)).toEqual([
      "Errors: Share of server errors. Warning above 2%, critical above 10%.",
      "Slower than 500 ms: Share of requests over the target. Critical above 10%.",
    ]);
  });

  it("waits as long as a release may take", async () => {
    const wait = async (args?: Partial<ModelMonitoringArgs>) =>
      (await rulesOf(args)).find(({ alert }) => alert === "ReleaseStuck").for;
    expect([await wait(), await wait({ releaseMinutes: 20 })]).toEqual(["90m", "20m"]);
  });

  it("is removed before its namespace", async () => {
    const graph = await record(() => {
      const namespace = new k8s.core.v1.Namespace("risk-models");
      new ModelMonitoring("fraud-monitoring", minimal, { dependsOn: namespace });
    });
    const children = graph.filter(({ parent }) => parent === "fraud-monitoring");
    expect(children.map(({ dependencies }) => dependencies)).toEqual([["risk-models"], ["risk-models"]]);
  });

  const label = "lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters";
  const bounds = "1, 5, 10, 25, 50, 100, 150, 200, 250, 500, 1000, 2500, 5000, 10000";
  it.each<[Partial<ModelMonitoringArgs>, string]>([
    [{ model: "Fraud" }, `'model' must be ${label}, got 'Fraud'`],
    [{ namespace: "a.b" }, `'namespace' must be ${label}, got 'a.b'`],
    [{ team: 'x"' }, `'team' must be ${label}, got 'x"'`],
    [{ kpi: "ctr" as never }, "'kpi' must be one of click-through-rate, fraud-caught, got 'ctr'"],
    [
      { limits: { latencyTargetMs: 210 } },
      `'limits.latencyTargetMs' must be a bound of the gateway's histogram (${bounds}), got '210'`,
    ],
    [{ limits: { maxErrorShare: 2 } }, "'limits.maxErrorShare' must be a number from 0 to 1, got '2'"],
    [{ limits: { maxSlowShare: -1 } }, "'limits.maxSlowShare' must be a number from 0 to 1, got '-1'"],
    [{ runbookBaseUrl: "docs/" }, "'runbookBaseUrl' must be a web address without a slash at its end, got 'docs/'"],
    [{ releaseMinutes: 0.5 }, "'releaseMinutes' must be a whole number of at least 1, got '0.5'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new ModelMonitoring("fraud-monitoring", { ...minimal, ...args }))).toBe(message);
  });
});

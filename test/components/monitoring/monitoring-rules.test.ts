import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { describe, expect, it } from "vitest";
import { MonitoringRules, type MonitoringRulesArgs } from "#components/monitoring/monitoring-rules";
import { record, refusal } from "../../harness/graph.ts";

const minimal: MonitoringRulesArgs = {
  environment: "dev",
  models: [{ name: "fraud", namespace: "ml-risk", team: "risk" }],
  namespace: "monitoring",
  runbookBaseUrl: "https://runbooks.example.test",
};
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
const rules = (args: Partial<MonitoringRulesArgs> = {}, preview = false) =>
  record(() => new MonitoringRules("rules", { ...minimal, ...args }), { preview });
const spec = async (role: string, args?: Partial<MonitoringRulesArgs>) =>
  (await rules(args)).find(({ name }) => name === `rules-${role}`)?.inputs["spec"];

describe("MonitoringRules", () => {
  it("is one object a group, and each is one the operator knows", async () => {
    const children = (await rules()).filter(({ parent }) => parent === "rules").sort(byName);
    expect(children.map(({ name, inputs }) => [name, inputs["metadata"]])).toEqual(
      ["business", "concept-drift", "data-drift", "gateway-adapter", "gpus", "meta", "models", "releases", "serving"].map(
        (role) => [`rules-${role}`, { name: `millrace-${role}`, namespace: "monitoring" }],
      ),
    );
    for (const { inputs } of children) {
      new PrometheusRule(inputs as any).validate();
    }
  });

  it("needs no models", async () => {
    const names = (await rules({ models: [] })).filter(({ parent }) => parent === "rules").map(({ name }) => name);
    expect(names).not.toContain("rules-models");
    expect(names).toHaveLength(8);
  });

  it("waits as long as a release and an empty node may take", async () => {
    const wait = async (role: string, alert: string, args?: Partial<MonitoringRulesArgs>) =>
      (await spec(role, args)).groups[0].rules.find((rule: any) => rule.alert === alert).for;
    expect(await wait("releases", "ReleaseStuck")).toBe("90m");
    expect(await wait("gpus", "GpuNodeEmpty")).toBe("35m");
    const args = { releaseMinutes: 20, emptyGpuNodeMinutes: 10 };
    expect(await wait("releases", "ReleaseStuck", args)).toBe("20m");
    expect(await wait("gpus", "GpuNodeEmpty", args)).toBe("10m");
  });

  it("hands on the groups as data", async () => {
    let groups: unknown;
    await record(() => {
      groups = new MonitoringRules("rules", minimal).groups;
    });
    expect(groups).toHaveLength(9);
  });

  it("registers the same resources in preview and up", async () => {
    const names = async (preview: boolean) => (await rules({}, preview)).map(({ type, name }) => `${type} ${name}`).sort();
    expect(await names(true)).toEqual(await names(false));
  });

  const model = minimal.models[0]!;
  const label = "lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters";
  it.each<[Partial<MonitoringRulesArgs>, string]>([
    [{ models: [{ ...model, name: "Fraud" }] }, `'models.name' must be ${label}, got 'Fraud'`],
    [{ models: [{ ...model, namespace: "a.b" }] }, `'models.namespace' must be ${label}, got 'a.b'`],
    [{ models: [{ ...model, kpi: "ctr" as never }] }, "'models.kpi' must be one of click-through-rate, fraud-caught, got 'ctr'"],
    [{ models: [model, model] }, "'models' must be distinct, got 'ml-risk/fraud'"],
    [{ runbookBaseUrl: "docs/" }, "'runbookBaseUrl' must be a web address without a slash at its end, got 'docs/'"],
    [{ emptyGpuNodeMinutes: 0 }, "'emptyGpuNodeMinutes' must be a whole number of at least 1, got '0'"],
    [{ releaseMinutes: 0.5 }, "'releaseMinutes' must be a whole number of at least 1, got '0.5'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new MonitoringRules("rules", { ...minimal, ...args }))).toBe(message);
  });
});

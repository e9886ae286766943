import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { describe, expect, it } from "vitest";
import { MonitoringRules, type MonitoringRulesArgs } from "#components/monitoring/monitoring-rules";
import { record, refusal } from "../../harness/graph.ts";

const minimal: MonitoringRulesArgs = {
  environment: "dev",
  namespace: "monitoring",
  runbookBaseUrl: "https://runbooks.example.test",
};
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
const rules = (args: Partial<MonitoringRulesArgs> = {}) => record(() => new MonitoringRules("rules", { ...minimal, ...args }));

describe("MonitoringRules", () => {
  it("is one object a group, and each is one the operator knows", async () => {
    const children = (await rules()).filter(({ parent }) => parent === "rules").sort(byName);
    expect(children.map(({ name, inputs }) => [name, inputs["metadata"]])).toEqual(
      ["controllers", "gateway-adapter", "gpus", "mesh", "meta", "streams"].map((role) => [
        `rules-${role}`,
        { name: `millrace-${role}`, namespace: "monitoring" },
      ]),
    );
    for (const { inputs } of children) {
      new PrometheusRule(inputs as any).validate();
    }
  });

  it("waits as long as a node may stay empty", async () => {
    const wait = async (args?: Partial<MonitoringRulesArgs>) =>
      (await rules(args))
        .find(({ name }) => name === "rules-gpus")
        ?.inputs["spec"].groups[0].rules.find(({ alert }: any) => alert === "GpuNodeEmpty").for;
    expect([await wait(), await wait({ emptyGpuNodeMinutes: 10 })]).toEqual(["35m", "10m"]);
  });

  it("hands on the groups as data", async () => {
    let groups: unknown;
    await record(() => {
      groups = new MonitoringRules("rules", minimal).groups;
    });
    expect(groups).toHaveLength(6);
  });

  it.each<[Partial<MonitoringRulesArgs>, string]>([
    [{ runbookBaseUrl: "docs/" }, "'runbookBaseUrl' must be a web address without a slash at its end, got 'docs/'"],
    [{ emptyGpuNodeMinutes: 0 }, "'emptyGpuNodeMinutes' must be a whole number of at least 1, got '0'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new MonitoringRules("rules", { ...minimal, ...args }))).toBe(message);
  });
});

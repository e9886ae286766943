import { describe, expect, it } from "vitest";
import { Dashboards } from "#components/monitoring/dashboards";
import { modelsDashboard } from "#components/monitoring/dashboards/models";
import { ruleGroups } from "#components/monitoring/rules/rule-groups";
import { record } from "../../harness/graph.ts";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";

const groups = ruleGroups({
  environment: "test",
  models: [{ name: "fraud", namespace: "ml", team: "risk" }],
  runbookBaseUrl: "https://x",
  releaseMinutes: 30,
  emptyGpuNodeMinutes: 35,
});
const rules = groups.flatMap((group) => group.rules) as { record?: string; expr: string }[];

/** Names in a query that are no function, label, or text. */
const seriesIn = (expr: string) => {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\b(by|on|without|ignoring) \([^)]*\)/g, "");
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?=[{[]| (?:\/|\+|-|\*|>|unless|and|or|offset)|\)|$)/g)].map(([name]) => name);
};
/** What rules read, they and not only the dashboard depend on; what they record exists. */
const known = new Set([...rules.flatMap(({ record, expr }) => [...(record ? [record] : []), ...seriesIn(expr)]), "ALERTS"]);

const targets = (modelsDashboard().panels ?? []).flatMap(({ title, targets = [] }: any) =>
  targets.map(({ expr }: { expr: string }) => [title, expr] as const),
);
/** As Grafana fills in its variables. */
const filled = (expr: string) =>
  expr.replaceAll("$namespace", "(ml|crm)").replaceAll("$model", "fraud").replaceAll("$__rate_interval", "2m");

describe("the models dashboard", () => {
  it.each(targets)("%s reads series that rules record or read: %s", (_, expr) => {
    const names = seriesIn(expr);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it("asks in valid PromQL", async (context) => {
    const program = await findPromtool();
    if (program === undefined) {
      context.skip("promtool 3 is neither on PATH nor in the toolchain's cache");
      return;
    }
    const file = {
      groups: [{ name: "panels", rules: targets.map(([, expr], index) => ({ record: `panel_${index}`, expr: filled(expr) })) }],
    };
    expect(await promtool(program, ["check", "rules", "panels.yml"], { "panels.yml": JSON.stringify(file) })).toContain(
      `SUCCESS: ${targets.length} rules found`,
    );
  });

  it("gives every panel a number, a place, a title, a reading and a unit", () => {
    const { panels = [], uid, editable } = modelsDashboard() as any;
    expect({ uid, editable }).toEqual({ uid: "millrace-models", editable: false });
    expect(panels.map(({ id }: any) => id)).toEqual(panels.map((_: unknown, index: number) => index + 1));
    expect(new Set(panels.map(({ gridPos: { x, y } }: any) => `${x} ${y}`)).size).toBe(panels.length);
    for (const panel of panels) {
      expect(panel).toMatchObject({
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
        datasource: { type: "prometheus", uid: "${datasource}" },
        fieldConfig: { defaults: { unit: expect.stringMatching(/./) } },
      });
    }
  });

  it("lies where Grafana's sidecar looks, and is the same text every time", async () => {
    const graph = await record(() => new Dashboards("dashboards", { namespace: "monitoring" }));
    const [map, ...others] = graph.filter(({ parent }) => parent === "dashboards");
    expect(others).toEqual([]);
    expect(map?.name).toBe("dashboards-models");
    expect(map?.inputs["metadata"]).toEqual({
      name: "dashboard-models",
      namespace: "monitoring",
      labels: { grafana_dashboard: "1" },
      annotations: { grafana_folder: "Millrace" },
    });
    expect(map?.inputs["data"]).toEqual({ "models.json": JSON.stringify(modelsDashboard()) });
    expect(map?.inputs["data"]["models.json"].length).toBeLessThan(1_000_000);
  });
});

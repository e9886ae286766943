import { describe, expect, it } from "vitest";
import { modelDashboard } from "#components/monitoring/dashboards/model";
import { churn, fraud, groups } from "../../monitoring/cases/case.ts";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";
import { seriesIn } from "../../monitoring/series.ts";

const rules = groups.flatMap((group) => group.rules) as { record?: string; expr: string }[];

/** What rules read, they and not only the dashboard depend on; what they record exists. */
const known = new Set([...rules.flatMap(({ record, expr }) => [...(record ? [record] : []), ...seriesIn(expr)]), "ALERTS"]);

const targets = (modelDashboard(fraud).panels ?? []).flatMap(({ title, targets = [] }: any) =>
  targets.map(({ expr }: { expr: string }) => [title, expr] as const),
);
/** As Grafana fills in its variable. */
const filled = (expr: string) => expr.replaceAll("$__rate_interval", "2m");

describe("the dashboard of a model", () => {
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
    const { panels = [], title, editable } = modelDashboard(fraud) as any;
    expect({ title, editable }).toEqual({ title: "fraud (ml)", editable: false });
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

  it("has an address of its own, the same every time, that Grafana accepts", () => {
    const uid = (name: string, namespace = "ml") => modelDashboard({ ...fraud, name, namespace }).uid;
    const all = [uid("fraud"), uid("churn"), uid("fraud", "crm"), uid("m".repeat(63), "n".repeat(63))];
    expect(new Set(all).size).toBe(4);
    expect(uid("fraud")).toBe(all[0]);
    expect(all.filter((each) => !/^[\w-]{1,40}$/.test(each ?? ""))).toEqual([]);
  });

  it("asks for this model alone", () => {
    const text = JSON.stringify(modelDashboard(churn).panels);
    expect(text).not.toContain("fraud");
    expect(targets.map(([, expr]) => expr).filter((expr) => !expr.includes("fraud"))).toEqual([]);
  });
});

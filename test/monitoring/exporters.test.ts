import { describe, expect, it } from "vitest";
import { modelPanels } from "#components/monitoring/dashboards/model";
import { CHARTS } from "#components/versions";
import { fraud, groups } from "./cases/case.ts";
import { EMITTED, scraped, targetOf } from "./emitted.ts";
import { holds } from "./routing.ts";
import { type Selection, selectionsIn } from "./series.ts";

const rules = groups.flatMap(({ rules }) => rules) as { record?: string; alert?: string; expr: string }[];
const recorded = new Set([...rules.map(({ record }) => record), "ALERTS", "vector"]);

/** What rules and the dashboard read and no rule records: it must come from an exporter. */
const read = [
  ...rules.map(({ record, alert, expr }) => [alert ?? record ?? "", expr] as const),
  ...modelPanels(fraud).flatMap(({ title, queries }) => Object.values(queries).map((expr) => [`panel ${title}`, expr] as const)),
].flatMap(([reader, expr]) =>
  selectionsIn(expr)
    .filter(({ metric }) => !recorded.has(metric))
    .map((selection) => [reader, `${selection.metric}${JSON.stringify(selection.matchers)}`, selection] as const),
);

/** Labels whose values name something of an environment; the values of all others are the exporter's own. */
const NAMES = [
  "namespace",
  "job",
  "model",
  "name",
  "pod",
  "horizontalpodautoscaler",
  "cluster_name",
  "statefulset",
  "rule_group",
];

/** Whether an exporter shows a series that is selected, names aside. */
function shown({ metric, matchers }: Selection): boolean {
  return EMITTED.filter((one) => one.metric === metric).some(({ exporter, labels }) =>
    Object.entries(matchers).every(
      ([label, matcher]) =>
        (label in labels || label in targetOf(exporter)) && (NAMES.includes(label) || holds(`${label}${matcher}`, labels)),
    ),
  );
}

describe("exporters", () => {
  it.for(read)("show what %s reads: %s", ([, , selection]) => {
    expect(shown(selection)).toBe(true);
  });

  it("would not show a metric, a label or a value that nobody writes", () => {
    const nobody: Selection[] = [
      { metric: "DCGM_FI_DEV_XID", matchers: {} },
      { metric: "DCGM_FI_DEV_GPU_UTIL", matchers: { exported_pod: '!=""' } },
      { metric: "kube_node_status_allocatable", matchers: { resource: '="nvidia.com/gpu"' } },
      { metric: "envoy_cluster_upstream_rq_time_bucket", matchers: { le: '="300"' } },
    ];
    expect(nobody.filter(shown)).toEqual([]);
    expect(() => scraped("DCGM_FI_DEV_XID_ERRORS", { xid: "31" })).toThrow("no exporter shows");
  });

  it("are recorded in the versions that run", () => {
    expect(
      [CHARTS.dcgmExporter, CHARTS.prometheusStack, CHARTS.pushgateway, CHARTS.argoRollouts].map(({ version }) => version),
    ).toEqual(["4.8.2", "88.5.3", "3.8.0", "2.41.1"]);
  });
});

import { createHash } from "node:crypto";
import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { DashboardBuilder, DatasourceVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { KPI_DROP } from "../rules/business.ts";
import { ACCURACY_DROP } from "../rules/concept-drift.ts";
import { PSI } from "../rules/data-drift.ts";
import { servicesOf } from "../rules/gateway-adapter.ts";
import { type MonitoredModel, percent, podsOf, selectorOf } from "../rules/model.ts";
import { errorLimits } from "../rules/serving.ts";

interface Panel {
  title: string;
  /** What a reader learns from it, and where it gets bad. */
  description: string;
  /** Grafana's name of the unit. */
  unit: string;
  /** Legend → query. */
  queries: Record<string, string>;
}

/** The state of a model, from what users feel down to what machines do. Each limit is the one that its alert has. */
export function modelPanels(model: MonitoredModel): Panel[] {
  const { latencyTargetMs, maxSlowShare } = model.limits;
  const of = selectorOf(model);
  const errors = errorLimits(model);
  const byRole = (series: string) => `sum by (role) (mlops:serving_${series}:rate2m{${of}})`;
  const requests = (matchers: string) => `sum(mlops:serving_requests:rate2m{${matchers}})`;
  const latency = (quantile: number) =>
    `histogram_quantile(${quantile}, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{${servicesOf(model)}}[$__rate_interval])))`;
  return [
    {
      title: "Alerts firing",
      description: "By severity. Each has a runbook of its name.",
      unit: "short",
      queries: {
        "{{severity}} {{alertname}}": `count by (severity, alertname) (ALERTS{${of}, alertstate="firing", severity=~"critical|warning"})`,
      },
    },
    {
      title: "Requests",
      description: "Answers a second at the gateway, by role.",
      unit: "reqps",
      queries: { "{{role}}": byRole("requests") },
    },
    {
      title: "Errors",
      description: `Share of server errors. Warning above ${percent(errors.warning)}, critical above ${percent(errors.critical)}.`,
      unit: "percentunit",
      queries: { "{{role}}": `${byRole("errors")} / ${byRole("requests")}` },
    },
    {
      title: `Slower than ${latencyTargetMs} ms`,
      description: `Share of requests over the target. Critical above ${percent(maxSlowShare)}.`,
      unit: "percentunit",
      queries: { "{{role}}": `1 - ${byRole("within_target")} / ${byRole("timed")}` },
    },
    {
      title: "Latency",
      description: "Both versions together, interpolated between the histogram's bounds.",
      unit: "ms",
      queries: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
    },
    {
      title: "Share of the canary",
      description: "What the gateway really sends to the new version.",
      unit: "percentunit",
      queries: { canary: `${requests(`role="canary", ${of}`)} / ${requests(of)}` },
    },
    {
      title: "Drift of the inputs",
      description: `Population stability index by feature. Warning above ${PSI.warning}, critical above ${PSI.critical}.`,
      unit: "short",
      queries: { "{{feature}}": `max by (feature) (mlops:drift_psi:fresh{${of}})` },
    },
    {
      title: "Online accuracy",
      description: `By version. Critical when ${percent(ACCURACY_DROP)} lower than a week ago.`,
      unit: "percentunit",
      queries: {
        "{{model_version}}": `max by (model_version) (last_over_time(mlops_online_quality{metric="accuracy", ${of}}[36h]))`,
      },
    },
    {
      title: "Business indicator",
      description: `Over one day, and the same a week ago. Critical when ${percent(KPI_DROP)} lower.`,
      unit: "percentunit",
      queries: {
        "{{kpi}}": `mlops:business_kpi:avg1d{${of}}`,
        "{{kpi}} last week": `mlops:business_kpi:avg1d{${of}} offset 1w`,
      },
    },
    {
      title: "GPUs",
      description: "Share of time in which a kernel ran.",
      unit: "percent",
      queries: { "{{node}} {{gpu}}": `avg by (node, gpu) (DCGM_FI_DEV_GPU_UTIL{${podsOf(model)}})` },
    },
  ];
}

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

/** A dashboard in Grafana's JSON: the SDK's own type does not resolve in a program with `moduleResolution: node`. */
export interface DashboardJson {
  uid?: string;
  title?: string;
  panels?: object[];
}

/** The dashboard of a model, as Grafana reads it. Ids and places are ours, so that it is the same text every time. */
export function modelDashboard(model: MonitoredModel): DashboardJson {
  const builder = new DashboardBuilder(`${model.name} (${model.namespace})`)
    .uid(uidOf(model))
    .tags(["millrace", model.team])
    .readonly()
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  modelPanels(model).forEach((panel, index) => builder.withPanel(panelOf(panel, index)));
  return builder.build();
}

/** Grafana takes 40 characters at most, and namespace and model may have 63 each. */
const uidOf = ({ name, namespace }: MonitoredModel): string =>
  `model-${createHash("sha256").update(`${namespace}/${name}`).digest("hex").slice(0, 16)}`;

function panelOf({ title, description, unit, queries }: Panel, index: number): PanelBuilder {
  const panel = new PanelBuilder()
    .id(index + 1)
    .title(title)
    .description(description)
    .unit(unit)
    .datasource(DATASOURCE)
    .legend(new VizLegendOptionsBuilder().showLegend(true).displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom))
    .gridPos({ x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT });
  Object.entries(queries).forEach(([legend, expr], number) =>
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + number))
        .expr(expr)
        .legendFormat(legend),
    ),
  );
  return panel;
}

import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { LATENCY_TARGET_MS } from "../../mesh/gateway-telemetry.ts";

interface Panel {
  title: string;
  /** What a reader learns from it, and where it gets bad. */
  description: string;
  /** Grafana's name of the unit. */
  unit: string;
  /** Legend → query. */
  queries: Record<string, string>;
}

const CHOSEN = 'namespace=~"$namespace", model=~"$model"';
const byRole = (series: string) => `sum by (model, role) (mlops:serving_${series}:rate2m{${CHOSEN}})`;
const latency = (quantile: number) =>
  `histogram_quantile(${quantile}, sum by (le) (rate(envoy_cluster_upstream_rq_time_bucket{cluster_name=~"outbound[|][0-9]+[|][|]($model)-(stable|canary)[.]($namespace)[.]svc[.]cluster[.]local"}[$__rate_interval])))`;

/** The state of the served models, from what users feel down to what machines do. */
export const MODEL_PANELS: readonly Panel[] = [
  {
    title: "Alerts firing",
    description: "By severity. Each has a runbook of its name.",
    unit: "short",
    queries: {
      "{{severity}} {{alertname}}": `count by (severity, alertname) (ALERTS{alertstate="firing", severity=~"critical|warning"})`,
    },
  },
  {
    title: "Requests",
    description: "Answers a second at the gateway, by model and role.",
    unit: "reqps",
    queries: { "{{model}} {{role}}": byRole("requests") },
  },
  {
    title: "Errors",
    description: "Share of server errors. Warning above 1%, critical above 5%.",
    unit: "percentunit",
    queries: { "{{model}} {{role}}": `${byRole("errors")} / ${byRole("requests")}` },
  },
  {
    title: `Slower than ${LATENCY_TARGET_MS} ms`,
    description: "Share of requests over the target. Critical above 5%.",
    unit: "percentunit",
    queries: { "{{model}} {{role}}": `1 - ${byRole("within_target")} / ${byRole("timed")}` },
  },
  {
    title: "Latency",
    description: "Over all chosen models, interpolated between the histogram's bounds.",
    unit: "ms",
    queries: { p50: latency(0.5), p95: latency(0.95), p99: latency(0.99) },
  },
  {
    title: "Share of the canary",
    description: "What the gateway really sends to the new version.",
    unit: "percentunit",
    queries: {
      "{{model}}": `sum by (model) (mlops:serving_requests:rate2m{role="canary", ${CHOSEN}}) / sum by (model) (mlops:serving_requests:rate2m{${CHOSEN}})`,
    },
  },
  {
    title: "Drift of the inputs",
    description: "Population stability index by feature. Warning above 0.1, critical above 0.25.",
    unit: "short",
    queries: { "{{model}} {{feature}}": `max by (model, feature) (mlops:drift_psi:fresh{${CHOSEN}})` },
  },
  {
    title: "Online accuracy",
    description: "By version. Critical when 10% lower than a week ago.",
    unit: "percentunit",
    queries: {
      "{{model}} {{model_version}}": `max by (model, model_version) (last_over_time(mlops_online_quality{metric="accuracy", ${CHOSEN}}[36h]))`,
    },
  },
  {
    title: "Business indicator",
    description: "Over one day, and the same a week ago. Critical when 15% lower.",
    unit: "percentunit",
    queries: {
      "{{model}} {{kpi}}": `mlops:business_kpi:avg1d{${CHOSEN}}`,
      "{{model}} {{kpi}} last week": `mlops:business_kpi:avg1d{${CHOSEN}} offset 1w`,
    },
  },
  {
    title: "GPUs",
    description: "Share of time in which a kernel ran.",
    unit: "percent",
    queries: { "{{node}} {{gpu}}": 'avg by (node, gpu) (DCGM_FI_DEV_GPU_UTIL{namespace=~"$namespace"})' },
  },
];

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

/** The dashboard as Grafana reads it. Ids and places are ours, so that it is the same text every time. */
export function modelsDashboard(): Dashboard {
  const builder = new DashboardBuilder("Models")
    .uid("millrace-models")
    .tags(["millrace"])
    .readonly()
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(labelVariable("namespace"))
    .withVariable(labelVariable("model"));
  MODEL_PANELS.forEach((panel, index) => builder.withPanel(panelOf(panel, index)));
  return builder.build();
}

function labelVariable(label: "namespace" | "model"): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .datasource(DATASOURCE)
    .query(`label_values(mlops_model_info, ${label})`)
    .refresh(VariableRefresh.OnDashboardLoad)
    .includeAll(true)
    .allValue(".+")
    .multi(true);
}

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

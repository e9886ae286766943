import { type Finding, together, unless } from "../../findings.ts";
import { CHARTS, chartOf, isChart } from "../../kubernetes/charts.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { PROMETHEUS_RULE } from "../../kubernetes/types.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { type Alert, alertsAmong, isAbout, isPrometheusStack } from "./alerts.ts";
import { MONITORS } from "./monitors.ts";

interface Watched {
  /** Alerts by name that a stack needs which has the chart `of`. */
  alerts: readonly { of: string; alerts: readonly string[] }[];
  /** Jobs of Prometheus whose silence somebody must hear, by the chart or the monitor that they come from. */
  jobs: readonly { of: string; jobs: readonly string[] }[];
}

const PLATFORM: Watched = {
  alerts: [
    { of: "kube-prometheus-stack", alerts: ["HistoryTooShort", "SeriesExplosion", "BatchPushFailing"] },
    { of: "kube-prometheus-stack", alerts: ["RulesNotLoaded"] },
    { of: "dcgm-exporter", alerts: ["GpuSaturated", "GpuXidError", "GpuHardwareFault", "GpuMetricsMissing", "GpuNodeEmpty"] },
  ],
  jobs: [
    { of: "karpenter", jobs: ["karpenter"] },
    { of: "kueue", jobs: ["kueue-controller-manager-metrics-service"] },
    { of: "argo-rollouts", jobs: ["argo-rollouts-metrics"] },
    { of: "istiod", jobs: ["istiod"] },
    { of: "gateway", jobs: ["istio-ingress/ingress"] },
    { of: "cert-manager", jobs: ["cert-manager", "webhook", "cainjector"] },
    {
      of: "external-secrets",
      jobs: ["external-secrets-metrics", "external-secrets-webhook", "external-secrets-cert-controller-metrics"],
    },
    { of: "prometheus-pushgateway", jobs: ["prometheus-pushgateway"] },
    {
      of: "kube-prometheus-stack",
      jobs: ["kube-prometheus-stack-operator", "kube-state-metrics", "kube-prometheus-stack-grafana"],
    },
    { of: "keda", jobs: ["keda-operator", "keda-operator-metrics-apiserver"] },
    { of: "mlflow", jobs: ["mlflow"] },
  ],
};

export const OBS_05 = stackRule<Watched>({
  id: "OBS-05",
  title: "Somebody is called when a controller, a GPU or the monitoring itself fails",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC7.2"],
  remediation:
    'Keep the alerts of `MonitoringRules` with `severity: warning` or `critical`. A controller needs an alert such as `absent(up{job="karpenter"} == 1)`.',
  parameters: { dev: PLATFORM, staging: PLATFORM, prod: PLATFORM },
  elsewhere: { alerts: [], jobs: [] },
  types: [...CHARTS, PROMETHEUS_RULE],
  relate: (resources, parameters) => {
    // The alerts about what a stack runs belong to the stack that watches it.
    if (!resources.some(isPrometheusStack)) {
      return [];
    }
    const jobs = parameters.jobs.flatMap((each) => each.jobs);
    return together(
      parameters.alerts.map(
        ({ of, alerts }) =>
          () =>
            lacking(partOf(of, resources), alerts, resources, {
              covers: hasName,
              peers: alerts,
              want: "alerts that call somebody",
            }),
      ),
      parameters.jobs.map(
        ({ of, jobs: own }) =>
          () =>
            lacking(partOf(of, resources), own, resources, { covers: hearsJob, peers: jobs, want: SILENT }),
      ),
    );
  },
});

const SILENT = "alerts that call somebody when these jobs are silent";

/** A chart, or a monitor by its own name. */
const partOf = (of: string, resources: readonly Resource[]): Resource | undefined =>
  resources.find((each) => isChart(each) && chartOf(each) === of) ??
  resources.find((each) => MONITORS.includes(each.type) && nameOf(each) === of);

type Covers = (alert: Alert, wanted: string) => boolean;

const hasName: Covers = ({ name }, wanted) => name === wanted;

const hearsJob: Covers = (alert, job) => /(?<![\w:])up(?![\w:])/.test(alert.expr) && isAbout(alert, { job });

interface Need {
  covers: Covers;
  /** What alerts of the same kind cover: a missing one belongs where most of them are. */
  peers: readonly string[];
  want: string;
}

function lacking(
  part: Resource | undefined,
  wanted: readonly string[],
  resources: readonly Resource[],
  { covers, peers, want }: Need,
): Finding[] {
  if (part === undefined) {
    return [];
  }
  const alerts = alertsAmong(resources);
  const missing = wanted.filter((each) => !alerts.some((alert) => covers(alert, each)));
  const alike = alerts.filter((alert) => alert.resource.type === PROMETHEUS_RULE && peers.some((each) => covers(alert, each)));
  const [place] = [...Map.groupBy(alike, ({ resource }) => resource).values()].toSorted(
    (one, other) => other.length - one.length,
  );
  return unless(missing.length === 0, {
    resource: place?.[0]?.resource ?? part,
    property: place === undefined ? "PrometheusRule" : "spec.groups",
    got: `no ${missing.join(", ")}`,
    want,
  });
}

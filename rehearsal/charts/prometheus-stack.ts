import { podsOfRelease } from "#components/pods/chart-pods";
import type { Values } from "#components/pods/workload";
import { API, CHARTS } from "#components/versions";
import { CATALOGUE } from "#toolchain/tools";
import type { Json, KubeObject } from "../cluster/controlplane/kube.ts";
import { standInsOf, withoutNull } from "../cluster/nodes/chart-pods.ts";
import { alertmanagerObjects, prometheusObjects } from "./prometheus-instances.ts";
import { budgets, LABELS, labelsOf, NAMESPACE, objectName, type Part } from "./prometheus-names.ts";

/** Names in the project's manifests of what the chart calls otherwise; the others are examples that the chart does not have. */
const PARTS: Readonly<Record<string, Part>> = { "prometheus-operator": "operator", prometheus: "prometheus" };

/** Pods of charts inside the chart, of which there are no programs here. */
const STAND_INS = new Set(["kube-state-metrics", "prometheus-node-exporter", "grafana"]);

/**
 * What kube-prometheus-stack makes of our values, out of the operator's own manifests: the operator with its account and roles, the
 * Prometheus and the Alertmanager that it is to run, and the rules in our values. Left out are the chart's own rules and dashboards and its
 * monitors of Kubernetes, which nobody has without the chart. A test compares the rest with what Helm has rendered of it.
 */
export function stackObjects(install: readonly KubeObject[], values: Values): KubeObject[] {
  const { prometheus = {}, alertmanager = {}, additionalPrometheusRulesMap: rules = {} } = values;
  const pods = podsOfRelease({ chart: CHARTS.prometheusStack.chart, namespace: NAMESPACE, values }) ?? [];
  return [
    ...install.flatMap((object) => renamed(object, values)),
    ...prometheusObjects(values, prometheus.prometheusSpec ?? {}),
    ...alertmanagerObjects(values, alertmanager.alertmanagerSpec ?? {}),
    ...budgets(values, { prometheus: prometheus.podDisruptionBudget, alertmanager: alertmanager.podDisruptionBudget }),
    ...Object.entries<Json>(rules).map(([name, spec]) => ({
      apiVersion: API.monitoring,
      kind: "PrometheusRule",
      metadata: { name: objectName(values, name), labels: LABELS },
      spec,
    })),
    ...pods.filter(({ name }) => STAND_INS.has(name)).flatMap(standInsOf),
  ];
}

/** An object of the project under the name that the chart gives it. */
function renamed({ metadata, ...object }: KubeObject, values: Values): KubeObject[] {
  const part = PARTS[metadata.name];
  const change = CHANGES[object.kind];
  if (part === undefined || change === undefined) {
    return [];
  }
  const name = objectName(values, part);
  return [{ ...object, metadata: { name, labels: labelsOf(part) }, ...change({ metadata, ...object }, name, values) }];
}

/** What is another than in the project, by kind. */
const CHANGES: Readonly<Record<string, (object: KubeObject, name: string, values: Values) => Json>> = {
  ServiceAccount: () => ({ automountServiceAccountToken: true }),
  ClusterRole: () => ({}),
  ClusterRoleBinding: ({ roleRef }, name) => ({
    roleRef: { ...roleRef, name },
    subjects: [{ kind: "ServiceAccount", name, namespace: NAMESPACE }],
  }),
  Service: ({ spec }) => ({ spec: { ...spec, selector: SELECTED } }),
  ServiceMonitor: ({ spec }) => ({ spec: { ...spec, selector: { matchLabels: SELECTED } } }),
  Deployment: ({ spec }, name, values) => ({ spec: { ...spec, ...operator(spec, name, values) } }),
};

/** Labels by which the chart finds the operator's pods. */
const SELECTED = { app: labelsOf("operator").app, release: LABELS.release };

/** The operator's pods with the size, the place and the arguments that the values give them. */
function operator({ template }: Json, name: string, values: Values): Json {
  const { prometheusOperator: own = {} } = values;
  const { nodeSelector, tolerations, affinity, priorityClassName, resources: { requests = {}, limits = {} } = {} } = own;
  const [container] = template.spec.containers as [Json];
  const placed = { nodeSelector, tolerations, affinity, priorityClassName };
  const controller = {
    ...container,
    name: CHARTS.prometheusStack.chart,
    image: imageOf(own.image, "prometheus-operator/prometheus-operator"),
    args: argumentsOf(values),
    readinessProbe: { httpGet: { path: "/healthz", port: "http" } },
    livenessProbe: { httpGet: { path: "/healthz", port: "http" } },
    resources: { requests, limits: withoutNull(limits) },
  };
  const spec = { ...template.spec, ...placed, serviceAccountName: name, containers: [controller] };
  return { selector: { matchLabels: SELECTED }, template: { metadata: { labels: labelsOf("operator") }, spec } };
}

/** The image of the program that runs here, from the registry that the values name. */
const imageOf = ({ registry = "quay.io" }: Json = {}, repository: string): string =>
  `${registry}/${repository}:v${CATALOGUE["prometheus-operator"].version}`;

/** Those of the chart, but that nothing encrypts: the operator's certificate would be cert-manager's. */
function argumentsOf(values: Values): string[] {
  const { prometheusOperator: own = {}, alertmanager = {} } = values;
  const { image, resources: { requests = {}, limits = {} } = {} } = own.prometheusConfigReloader ?? {};
  const registry = alertmanager.alertmanagerSpec?.image?.registry ?? "quay.io";
  const of = (resource: "cpu" | "memory") => [
    `--config-reloader-${resource}-request=${requests[resource] ?? 0}`,
    `--config-reloader-${resource}-limit=${limits[resource] ?? 0}`,
  ];
  return [
    `--kubelet-service=kube-system/${objectName(values, "kubelet")}`,
    "--kubelet-endpoints=true",
    "--kubelet-endpointslice=false",
    "--localhost=127.0.0.1",
    `--alertmanager-default-base-image=${registry}/prometheus/alertmanager`,
    `--prometheus-config-reloader=${imageOf(image, "prometheus-operator/prometheus-config-reloader")}`,
    ...of("cpu"),
    ...of("memory"),
    "--web.enable-tls=false",
    "--web.listen-address=:8080",
  ];
}

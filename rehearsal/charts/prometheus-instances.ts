import { oneANode, type Values } from "#components/pods/workload";
import { API } from "#components/versions";
import { CATALOGUE } from "#toolchain/tools";
import type { KubeObject } from "../cluster/controlplane/kube.ts";
import { LABELS, labelsOf, NAMESPACE, objectName, type Part, podLabels } from "./prometheus-names.ts";

/** Name of the port in the pods and their Service, and its number. */
const PORT = "http-web";
const PORTS = { prometheus: 9090, alertmanager: 9093 } as const;

/** Not root, as the chart has it. */
const SECURITY = {
  runAsGroup: 2000,
  runAsNonRoot: true,
  runAsUser: 1000,
  fsGroup: 2000,
  seccompProfile: { type: "RuntimeDefault" },
};

/** Kinds of objects that a Prometheus picks up; the values say whether all of them, or those with the label of the release. */
const PICKED_UP = ["serviceMonitor", "podMonitor", "probe", "rule", "scrapeConfig"] as const;

/** The Prometheus of the chart with its Service and the monitor of itself. */
export function prometheusObjects(values: Values, spec: Values): KubeObject[] {
  const { externalLabels, scrapeInterval, evaluationInterval, retention = "10d", retentionSize, storageSpec: storage } = spec;
  const selectors = PICKED_UP.flatMap((kind) => [
    [`${kind}Selector`, spec[`${kind}SelectorNilUsesHelmValues`] === false ? {} : { matchLabels: { release: LABELS.release } }],
    [`${kind}NamespaceSelector`, {}],
  ]);
  const { version } = CATALOGUE.prometheus;
  const own = {
    image: `${spec["image"]?.registry ?? "quay.io"}/prometheus/prometheus:v${version}-distroless`,
    version: `v${version}-distroless`,
    alerting: {
      alertmanagers: [
        { namespace: NAMESPACE, name: objectName(values, "alertmanager"), port: PORT, pathPrefix: "/", apiVersion: "v2" },
      ],
    },
    externalLabels,
    scrapeInterval,
    evaluationInterval,
    retention,
    retentionSize,
    storage,
    ...Object.fromEntries(selectors),
  };
  return [...instance(values, "prometheus", spec, own), selfMonitor(values, "prometheus")];
}

/** The Alertmanager of the chart with its account, its Service and the monitor of itself. */
export function alertmanagerObjects(values: Values, spec: Values): KubeObject[] {
  const { configSecret, storage, retention = "120h" } = spec;
  const account = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: objectName(values, "alertmanager"), labels: labelsOf("alertmanager") },
  };
  const own = { configSecret, storage, retention, alertmanagerConfigSelector: {} };
  return [account, ...instance(values, "alertmanager", spec, own), selfMonitor(values, "alertmanager")];
}

/** What the operator makes pods of, and the Service in front of them. */
function instance(values: Values, part: keyof typeof PORTS, spec: Values, own: Values): KubeObject[] {
  const { replicas = 1, resources, nodeSelector, tolerations, priorityClassName, topologySpreadConstraints } = spec;
  const name = objectName(values, part);
  const metadata = { name, labels: labelsOf(part) };
  const port = PORTS[part];
  const affinity = spec["podAntiAffinity"] === "hard" ? oneANode(part) : spec["affinity"];
  return [
    {
      apiVersion: API.monitoring,
      kind: part === "prometheus" ? "Prometheus" : "Alertmanager",
      metadata,
      spec: {
        replicas,
        resources,
        nodeSelector,
        tolerations,
        priorityClassName,
        topologySpreadConstraints,
        affinity,
        serviceAccountName: name,
        externalUrl: `http://${name}.${NAMESPACE}:${port}`,
        portName: PORT,
        routePrefix: "/",
        securityContext: SECURITY,
        ...own,
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, labels: { ...labelsOf(part), "self-monitor": "true" } },
      spec: {
        ports: [
          { name: PORT, port, targetPort: port },
          { name: "reloader-web", port: 8080, targetPort: "reloader-web" },
        ],
        selector: podLabels(values, part),
      },
    },
  ];
}

const selfMonitor = (values: Values, part: Part): KubeObject => ({
  apiVersion: API.monitoring,
  kind: "ServiceMonitor",
  metadata: { name: objectName(values, part), labels: labelsOf(part) },
  spec: {
    endpoints: [
      { port: PORT, path: "/metrics" },
      { port: "reloader-web", path: "/metrics" },
    ],
    selector: { matchLabels: { app: labelsOf(part).app, release: LABELS.release, "self-monitor": "true" } },
  },
});

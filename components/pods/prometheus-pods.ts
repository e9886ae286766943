import { oneANode, type Values, type WorkloadOf } from "./workload.ts";

/**
 * Pods of kube-prometheus-stack with the charts inside it (kube-state-metrics 8.4, node-exporter 4.56, grafana 12.11), and those that its
 * operator makes: each Prometheus and Alertmanager has a reloader beside it, whose requests are an argument of the operator.
 */
export function stackPods(values: Values): WorkloadOf[] {
  const { prometheusOperator: operator = {}, prometheus = {}, alertmanager = {}, grafana = {} } = values;
  const reloader = operator.prometheusConfigReloader?.resources;
  const states = values["kube-state-metrics"] ?? {};
  const nodes = values["prometheus-node-exporter"] ?? {};
  return [
    {
      name: "kube-prometheus-stack-operator",
      placed: operator,
      containers: { "kube-prometheus-stack": operator.resources },
    },
    { name: "kube-state-metrics", placed: states, containers: { "kube-state-metrics": states.resources } },
    {
      kind: "DaemonSet",
      name: "prometheus-node-exporter",
      placed: { tolerations: [{ operator: "Exists", effect: "NoSchedule" }], ...nodes },
      containers: { "node-exporter": nodes.resources },
    },
    {
      name: "grafana",
      replicas: grafana.replicas,
      placed: grafana,
      containers: {
        "grafana-sc-dashboard": grafana.sidecar?.resources,
        "grafana-sc-datasources": grafana.sidecar?.resources,
        grafana: grafana.resources,
      },
    },
    operated("prometheus", prometheus.prometheusSpec ?? {}, "storageSpec", reloader),
    operated("alertmanager", alertmanager.alertmanagerSpec ?? {}, "storage", reloader),
  ];
}

function operated(name: string, spec: Values, storage: string, reloader: Values | undefined): WorkloadOf {
  const size = spec[storage]?.volumeClaimTemplate?.spec?.resources?.requests?.storage;
  return {
    kind: "StatefulSet",
    name,
    replicas: spec["replicas"],
    placed: spec,
    ...(spec["podAntiAffinity"] === "hard" && { always: { affinity: oneANode(name) } }),
    initContainers: { "init-config-reloader": reloader },
    containers: { [name]: spec["resources"], "config-reloader": reloader },
    volumeGiB: size === undefined ? 0 : Number.parseInt(size, 10),
  };
}

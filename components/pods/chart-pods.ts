import { pinnedAs } from "../chart.ts";
import type { CHARTS } from "../versions.ts";
import { stackPods } from "./prometheus-pods.ts";
import { oneANode, type Values, type Workload, type WorkloadOf, workload } from "./workload.ts";

/** What a chart makes of its values: read off its templates at one version. */
export interface RecordedChart {
  /** Version whose templates were read; a test holds it against the pinned one. */
  version: string;
  pods: (values: Values) => WorkloadOf[];
}

type ChartName = keyof typeof CHARTS;

const none = { pods: () => [] };

/**
 * The pods of each chart, and where in its values their requests and their placement stand. It is read in place of the templates,
 * which are not here: from the charts' repositories on 2026-11-28. Istio's was read at 1.31 and External Secrets' at 2.9.0; argo-rollouts'
 * at 2.41.0, KEDA's at a commit of 2026-08-13, before 2.21.0.
 */
export const RECORDED_CHARTS: Record<ChartName, RecordedChart> = {
  karpenterCrds: { version: "1.14.1", ...none },
  istioBase: { version: "1.31.1", ...none },
  prometheusCrds: { version: "31.0.1", ...none },
  karpenter: {
    version: "1.14.1",
    pods: (values) => [
      {
        name: "karpenter",
        replicas: values["replicas"] ?? 2,
        placed: {
          tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
          priorityClassName: "system-cluster-critical",
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
          ],
          ...values,
        },
        always: { affinity: oneANode("karpenter") },
        containers: { controller: values["controller"]?.resources },
      },
    ],
  },
  kueue: {
    version: "0.18.3",
    pods: ({ controllerManager = {} }) => [
      {
        name: "kueue-controller-manager",
        replicas: controllerManager.replicas,
        placed: { ...controllerManager, ...priority(controllerManager.manager?.priorityClassName) },
        containers: { manager: controllerManager.manager?.resources },
      },
    ],
  },
  devicePlugin: {
    version: "0.20.0",
    pods: (values) => [
      {
        kind: "DaemonSet",
        name: "nvidia-device-plugin",
        placed: { priorityClassName: "system-node-critical", ...values },
        containers: { "nvidia-device-plugin-ctr": values["resources"] },
      },
    ],
  },
  dcgmExporter: {
    version: "4.8.2",
    pods: (values) => [
      { kind: "DaemonSet", name: "dcgm-exporter", placed: values, containers: { exporter: values["resources"] } },
    ],
  },
  istiod: {
    version: "1.31.1",
    pods: (values) => [
      {
        name: "istiod",
        replicas: values["autoscaleMin"] ?? 1,
        mostReplicas: values["autoscaleMax"] ?? 5,
        placed: { ...values, ...priority(values["global"]?.priorityClassName) },
        containers: { discovery: values["resources"] },
      },
    ],
  },
  istioGateway: {
    version: "1.31.1",
    pods: (values) => [
      {
        name: "ingress",
        replicas: values["autoscaling"]?.minReplicas ?? 1,
        mostReplicas: values["autoscaling"]?.maxReplicas ?? 5,
        placed: values,
        containers: { "istio-proxy": values["resources"] },
      },
    ],
  },
  argoRollouts: {
    version: "2.41.1",
    pods: ({ controller = {} }) => [
      {
        name: "argo-rollouts",
        replicas: controller.replicas ?? 2,
        placed: controller,
        containers: { "argo-rollouts": controller.resources },
      },
    ],
  },
  prometheusStack: { version: "88.5.3", pods: stackPods },
  pushgateway: {
    version: "3.8.0",
    pods: (values) => [
      {
        name: "prometheus-pushgateway",
        replicas: values["replicaCount"],
        placed: values,
        containers: { pushgateway: values["resources"] },
        volumeGiB: values["persistentVolume"]?.enabled ? Number.parseInt(values["persistentVolume"].size, 10) : 0,
      },
    ],
  },
  certManager: {
    version: "v1.21.2",
    pods: (values) => {
      const of = (name: string, part: Values, kind?: "Job"): WorkloadOf => ({
        ...(kind && { kind }),
        name: part === values ? "cert-manager" : `cert-manager-${name}`,
        replicas: part["replicaCount"],
        placed: { ...part, ...priority(values["global"]?.priorityClassName) },
        containers: { [`cert-manager-${name}`]: part["resources"] },
      });
      const { webhook = {}, cainjector = {}, startupapicheck = {} } = values;
      return [
        of("controller", values),
        of("webhook", webhook),
        of("cainjector", cainjector),
        ...(startupapicheck.enabled === false ? [] : [of("startupapicheck", startupapicheck, "Job")]),
      ];
    },
  },
  externalSecrets: {
    version: "2.12.0",
    pods: (values) => {
      const of = (name: string, container: string, part: Values): WorkloadOf => ({
        name,
        replicas: part["replicaCount"],
        placed: { ...values["global"], ...part },
        containers: { [container]: part["resources"] },
      });
      return [
        of("external-secrets", "external-secrets", values),
        of("external-secrets-webhook", "webhook", values["webhook"] ?? {}),
        of("external-secrets-cert-controller", "cert-controller", values["certController"] ?? {}),
      ];
    },
  },
  keda: {
    version: "2.21.0",
    pods: (values) => {
      const of = (name: string, part: "operator" | "metricsServer", elsewhere: "operator" | "metricServer"): WorkloadOf => ({
        name,
        replicas: values[part]?.replicaCount,
        placed: { ...values, ...values[part], topologySpreadConstraints: values["topologySpreadConstraints"]?.[part] },
        containers: { [name]: values["resources"]?.[elsewhere] },
      });
      return [
        of("keda-operator", "operator", "operator"),
        of("keda-operator-metrics-apiserver", "metricsServer", "metricServer"),
      ];
    },
  },
};

const priority = (priorityClassName: string | undefined) => (priorityClassName === undefined ? {} : { priorityClassName });

/** A Helm release, as a program declares it. */
export interface DeclaredRelease {
  chart?: unknown;
  namespace?: string;
  values?: Values;
}

/** The pods of a release; `undefined` for a chart that is not in the table. */
export function podsOfRelease({ chart, namespace, values = {} }: DeclaredRelease): Workload[] | undefined {
  const name = pinnedAs(chart);
  return name && RECORDED_CHARTS[name].pods(values).map((of) => workload(namespace ?? "default", of));
}

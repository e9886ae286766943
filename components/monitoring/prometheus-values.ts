import type * as pulumi from "@pulumi/pulumi";
import { type Placement, sized } from "../placement.ts";
import { grafanaValues, type SignOn } from "./grafana.ts";
import type { CompleteGroup } from "./rules/rule-groups.ts";

/** What the chart's values depend on; all resolved. */
export interface PrometheusValues {
  /** Becomes the external label `environment` of everything that leaves Prometheus. */
  environment: string;
  retentionDays: number;
  storageGiB: number;
  storageClass: pulumi.Input<string>;
  /** Of every pod that does not run on each node. */
  placement: Placement;
  prometheusReplicas: number;
  alertmanagerReplicas: number;
  /** Secret with `alertmanager.yaml`. */
  alertmanagerSecret: pulumi.Input<string>;
  /** Secret with `admin-user` and `admin-password`. */
  grafanaSecret: pulumi.Input<string>;
  /** Name under which browsers reach Grafana. */
  grafanaHost?: string;
  signOn?: SignOn;
  /** Rules that must not come with the others, because they watch over them. */
  watching: readonly CompleteGroup[];
}

/** Names of objects and Services begin with it; our addresses are made from it. */
export const FULL_NAME = "kube-prometheus-stack";

export const NAMESPACE = "monitoring";

/** Service account of Prometheus, as the chart names it. */
export const SERVICE_ACCOUNT = `${FULL_NAME}-prometheus`;

/** EKS runs them out of sight: their monitors would find nothing and report them as down for ever. */
const INVISIBLE = {
  kubeControllerManager: { enabled: false },
  kubeScheduler: { enabled: false },
  kubeEtcd: { enabled: false },
  kubeProxy: { enabled: false },
};

/** Values of kube-prometheus-stack that differ from its own. */
export function prometheusValues(values: PrometheusValues): Record<string, unknown> {
  return {
    fullnameOverride: FULL_NAME,
    // They come with a chart of their own, which upgrades them; this one installs them once and never again.
    crds: { enabled: false },
    ...INVISIBLE,
    defaultRules: {
      rules: {
        etcd: false,
        kubeControllerManager: false,
        kubeProxy: false,
        kubeSchedulerAlerting: false,
        kubeSchedulerRecording: false,
        windows: false,
      },
      // The first is told better by ModelReplicasExhausted; the others call for nothing that a person could do.
      disabled: { KubeHpaMaxedOut: true, CPUThrottlingHigh: true, KubeCPUOvercommit: true, KubeMemoryOvercommit: true },
    },
    additionalPrometheusRulesMap: { "millrace-watching": { groups: values.watching } },
    prometheusOperator: {
      ...values.placement,
      admissionWebhooks: { certManager: { enabled: true } },
      resources: sized("50m", "128Mi", "512Mi"),
      // Beside every Prometheus and Alertmanager; the operator takes 0 for "no limit".
      prometheusConfigReloader: { resources: sized("10m", "32Mi", "64Mi") },
    },
    "kube-state-metrics": {
      ...values.placement,
      // Their metrics are names and ages; to count them it would read every Secret of the cluster.
      collectorsExclude: ["configmaps", "secrets"],
      resources: sized("25m", "128Mi", "512Mi"),
    },
    "prometheus-node-exporter": { priorityClassName: "system-node-critical", resources: sized("20m", "32Mi", "128Mi") },
    prometheus: prometheus(values),
    alertmanager: alertmanager(values),
    grafana: { ...values.placement, ...grafanaValues(values.grafanaSecret, values.grafanaHost, values.signOn) },
  };
}

function prometheus(values: PrometheusValues): object {
  const { environment, retentionDays, storageGiB, storageClass, prometheusReplicas, placement } = values;
  return {
    podDisruptionBudget: { enabled: prometheusReplicas > 1, minAvailable: 1 },
    prometheusSpec: {
      ...placement,
      replicas: prometheusReplicas,
      podAntiAffinity: prometheusReplicas > 1 ? "hard" : "soft",
      externalLabels: { environment },
      scrapeInterval: "30s",
      evaluationInterval: "30s",
      retention: `${retentionDays}d`,
      // The rest is for the write-ahead log and for compaction.
      retentionSize: `${Math.floor(storageGiB * 0.8)}GiB`,
      storageSpec: { volumeClaimTemplate: { spec: claim(storageClass, storageGiB) } },
      // Otherwise rules and monitors without the release's label are passed over in silence.
      ruleSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      resources: sized("500m", "2Gi", "6Gi"),
    },
  };
}

function alertmanager({ alertmanagerReplicas, alertmanagerSecret, storageClass, placement }: PrometheusValues): object {
  return {
    podDisruptionBudget: { enabled: alertmanagerReplicas > 1, minAvailable: 1 },
    alertmanagerSpec: {
      ...placement,
      replicas: alertmanagerReplicas,
      podAntiAffinity: alertmanagerReplicas > 1 ? "hard" : "soft",
      useExistingSecret: true,
      configSecret: alertmanagerSecret,
      // Silences and what was notified already survive a restart.
      storage: { volumeClaimTemplate: { spec: claim(storageClass, 5) } },
      resources: sized("25m", "64Mi", "256Mi"),
    },
  };
}

function claim(storageClassName: pulumi.Input<string>, gibibytes: number): object {
  return { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: `${gibibytes}Gi` } } };
}

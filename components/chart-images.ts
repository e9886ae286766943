import type { CHARTS } from "./versions.ts";

/** Images that a chart starts with our values, and the values that say where they come from. */
export interface ChartImages {
  /** Each image as the chart names it, without tag. */
  images: readonly string[];
  /** What the chart has at the paths of its values that name a registry, a repository or a part of one. */
  values: Readonly<Record<string, string>>;
}

const NONE: ChartImages = { images: [], values: {} };

/**
 * The images of each chart, next to its pin. Read from the charts' `values.yaml`, and rendered with our values to see that no other image
 * is left; `millrace charts verify` compares them with a chart's archive.
 */
export const CHART_IMAGES: Readonly<Record<keyof typeof CHARTS, ChartImages>> = {
  karpenter: {
    images: ["public.ecr.aws/karpenter/controller"],
    values: { "controller.image.repository": "public.ecr.aws/karpenter/controller" },
  },
  karpenterCrds: NONE,
  kueue: {
    images: ["registry.k8s.io/kueue/kueue"],
    values: { "controllerManager.manager.image.repository": "registry.k8s.io/kueue/kueue" },
  },
  devicePlugin: {
    images: ["nvcr.io/nvidia/k8s-device-plugin"],
    values: { "image.repository": "nvcr.io/nvidia/k8s-device-plugin" },
  },
  dcgmExporter: {
    images: ["nvcr.io/nvidia/k8s/dcgm-exporter"],
    values: { "image.repository": "nvcr.io/nvidia/k8s/dcgm-exporter" },
  },
  istioBase: NONE,
  istiod: {
    // The second is the gateway's: istiod writes it into the pods of the chart `gateway`.
    images: ["docker.io/istio/pilot", "docker.io/istio/proxyv2"],
    values: { "global.hub": "docker.io/istio" },
  },
  istioGateway: NONE,
  argoRollouts: {
    images: ["quay.io/argoproj/argo-rollouts"],
    values: { "controller.image.registry": "quay.io" },
  },
  prometheusCrds: NONE,
  prometheusStack: {
    images: [
      "quay.io/prometheus-operator/prometheus-operator",
      "quay.io/prometheus-operator/prometheus-config-reloader",
      "quay.io/thanos/thanos",
      "quay.io/prometheus/prometheus",
      "quay.io/prometheus/alertmanager",
      "quay.io/prometheus/node-exporter",
      "registry.k8s.io/kube-state-metrics/kube-state-metrics",
      "docker.io/grafana/grafana",
      "quay.io/kiwigrid/k8s-sidecar",
      "docker.io/bats/bats",
    ],
    values: {
      "prometheusOperator.image.registry": "quay.io",
      "prometheusOperator.prometheusConfigReloader.image.registry": "quay.io",
      // An argument of the operator; no pod of ours has it.
      "prometheusOperator.thanosImage.registry": "quay.io",
      "prometheus.prometheusSpec.image.registry": "quay.io",
      "alertmanager.alertmanagerSpec.image.registry": "quay.io",
      "prometheus-node-exporter.image.registry": "quay.io",
      "kube-state-metrics.image.registry": "registry.k8s.io",
      "grafana.image.registry": "docker.io",
      "grafana.sidecar.image.registry": "quay.io",
      // Pod of `helm test`, which the chart makes and nobody starts.
      "grafana.testFramework.image.registry": "docker.io",
    },
  },
  pushgateway: {
    images: ["quay.io/prometheus/pushgateway"],
    values: { "image.repository": "quay.io/prometheus/pushgateway" },
  },
  certManager: {
    images: ["controller", "webhook", "cainjector", "startupapicheck", "acmesolver"].map(
      (part) => `quay.io/jetstack/cert-manager-${part}`,
    ),
    values: { imageRegistry: "quay.io" },
  },
  externalSecrets: {
    images: ["ghcr.io/external-secrets/external-secrets"],
    values: {
      "image.repository": "ghcr.io/external-secrets/external-secrets",
      "webhook.image.repository": "ghcr.io/external-secrets/external-secrets",
      "certController.image.repository": "ghcr.io/external-secrets/external-secrets",
    },
  },
};

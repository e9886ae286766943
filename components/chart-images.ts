import type { CHARTS } from "./versions.ts";

/** A value of a chart that says where images come from. */
export interface ImageValue {
  /** Path in the chart's values. */
  path: string;
  /** What the chart has there: a registry, a registry with a path, or the whole name of an image. */
  was: string;
  /** Images whose names begin with it, as the chart names them, without tag. */
  images: readonly string[];
}

/** A value that holds the whole name of an image. */
const whole = (path: string, image: string): ImageValue => ({ path, was: image, images: [image] });

/** A value that holds the beginning of the names of images. */
const beginning = (path: string, was: string, ...rests: string[]): ImageValue => ({
  path,
  was,
  images: rests.map((rest) => `${was}/${rest}`),
});

/**
 * The images that each chart starts with our values, next to its pin. `npm run record:charts` records the images that a chart renders, a
 * test compares them with this table, and `millrace charts verify` compares it with the archive of a chart.
 */
export const CHART_IMAGES: Readonly<Record<keyof typeof CHARTS, readonly ImageValue[]>> = {
  karpenter: [whole("controller.image.repository", "public.ecr.aws/karpenter/controller")],
  karpenterCrds: [],
  kueue: [whole("controllerManager.manager.image.repository", "registry.k8s.io/kueue/kueue")],
  devicePlugin: [whole("image.repository", "nvcr.io/nvidia/k8s-device-plugin")],
  dcgmExporter: [whole("image.repository", "nvcr.io/nvidia/k8s/dcgm-exporter")],
  istioBase: [],
  // The proxy is the gateway's: istiod writes it into the pods of the chart `gateway`.
  istiod: [beginning("global.hub", "docker.io/istio", "pilot", "proxyv2")],
  istioGateway: [],
  argoRollouts: [beginning("controller.image.registry", "quay.io", "argoproj/argo-rollouts")],
  prometheusCrds: [],
  prometheusStack: [
    beginning("prometheusOperator.image.registry", "quay.io", "prometheus-operator/prometheus-operator"),
    beginning(
      "prometheusOperator.prometheusConfigReloader.image.registry",
      "quay.io",
      "prometheus-operator/prometheus-config-reloader",
    ),
    // An argument of the operator; no pod of ours has it.
    beginning("prometheusOperator.thanosImage.registry", "quay.io", "thanos/thanos"),
    beginning("prometheus.prometheusSpec.image.registry", "quay.io", "prometheus/prometheus"),
    beginning("alertmanager.alertmanagerSpec.image.registry", "quay.io", "prometheus/alertmanager"),
    beginning("prometheus-node-exporter.image.registry", "quay.io", "prometheus/node-exporter"),
    beginning("kube-state-metrics.image.registry", "registry.k8s.io", "kube-state-metrics/kube-state-metrics"),
    beginning("grafana.image.registry", "docker.io", "grafana/grafana"),
    beginning("grafana.sidecar.image.registry", "quay.io", "kiwigrid/k8s-sidecar"),
    // Pod of `helm test`, which the chart makes and nobody starts.
    beginning("grafana.testFramework.image.registry", "docker.io", "bats/bats"),
  ],
  pushgateway: [whole("image.repository", "quay.io/prometheus/pushgateway")],
  certManager: [
    beginning(
      "imageRegistry",
      "quay.io",
      ...["controller", "webhook", "cainjector", "startupapicheck", "acmesolver"].map((part) => `jetstack/cert-manager-${part}`),
    ),
  ],
  externalSecrets: ["image", "webhook.image", "certController.image"].map((part) =>
    whole(`${part}.repository`, "ghcr.io/external-secrets/external-secrets"),
  ),
  keda: [
    beginning("image.keda.registry", "ghcr.io", "kedacore/keda"),
    beginning("image.metricsApiServer.registry", "ghcr.io", "kedacore/keda-metrics-apiserver"),
  ],
};

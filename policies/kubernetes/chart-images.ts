/**
 * Images of charts by the path of the value that says where they come from, as `components/chart-images.ts` has them next to each pin; a
 * test compares both. What is in brackets follows the value in the names of the images; a value without brackets is a whole name.
 */
const BY_VALUE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  karpenter: { "controller.image.repository": "public.ecr.aws/karpenter/controller" },
  kueue: { "controllerManager.manager.image.repository": "registry.k8s.io/kueue/kueue" },
  "nvidia-device-plugin": { "image.repository": "nvcr.io/nvidia/k8s-device-plugin" },
  "dcgm-exporter": { "image.repository": "nvcr.io/nvidia/k8s/dcgm-exporter" },
  istiod: { "global.hub": "docker.io/istio [pilot proxyv2]" },
  "argo-rollouts": { "controller.image.registry": "quay.io [argoproj/argo-rollouts]" },
  "kube-prometheus-stack": {
    "prometheusOperator.image.registry": "quay.io [prometheus-operator/prometheus-operator]",
    "prometheusOperator.prometheusConfigReloader.image.registry": "quay.io [prometheus-operator/prometheus-config-reloader]",
    "prometheusOperator.thanosImage.registry": "quay.io [thanos/thanos]",
    "prometheus.prometheusSpec.image.registry": "quay.io [prometheus/prometheus]",
    "alertmanager.alertmanagerSpec.image.registry": "quay.io [prometheus/alertmanager]",
    "prometheus-node-exporter.image.registry": "quay.io [prometheus/node-exporter]",
    "kube-state-metrics.image.registry": "registry.k8s.io [kube-state-metrics/kube-state-metrics]",
    "grafana.image.registry": "docker.io [grafana/grafana]",
    "grafana.sidecar.image.registry": "quay.io [kiwigrid/k8s-sidecar]",
    "grafana.testFramework.image.registry": "docker.io [bats/bats]",
  },
  "prometheus-pushgateway": { "image.repository": "quay.io/prometheus/pushgateway" },
  "cert-manager": {
    imageRegistry:
      "quay.io [jetstack/cert-manager-controller jetstack/cert-manager-webhook jetstack/cert-manager-cainjector jetstack/cert-manager-startupapicheck jetstack/cert-manager-acmesolver]",
  },
  "external-secrets": {
    "image.repository": "ghcr.io/external-secrets/external-secrets",
    "webhook.image.repository": "ghcr.io/external-secrets/external-secrets",
    "certController.image.repository": "ghcr.io/external-secrets/external-secrets",
  },
  keda: {
    "image.keda.registry": "ghcr.io [kedacore/keda]",
    "image.metricsApiServer.registry": "ghcr.io [kedacore/keda-metrics-apiserver]",
  },
};

/** A value of a chart that says where images come from. */
export interface KnownImages {
  /** Path in the chart's values. */
  path: string;
  /** What the chart has there. */
  was: string;
  /** Whole names of the images, without tag. */
  images: readonly string[];
}

/** The values of a chart that are known to say where its images come from. */
export const knownImages = (chart: string): KnownImages[] =>
  Object.entries(Object.hasOwn(BY_VALUE, chart) ? BY_VALUE[chart]! : {}).map(([path, said]) => {
    const [, was = said, rests] = /^(\S+) \[(.+)\]$/.exec(said) ?? [];
    return { path, was, images: rests === undefined ? [was] : rests.split(" ").map((rest) => `${was}/${rest}`) };
  });

/** An annotation that a chart gives its objects, or a label of its nodes, and what must stand in it. */
export interface Annotation {
  name: string;
  has: string;
}

/** By it Helm keeps an object when a chart goes (Helm documentation, "Tell Helm Not To Uninstall a Resource"). */
const KEEP: Annotation = { name: "helm.sh/resource-policy", has: "keep" };

/** What the values of a controller's chart must say. */
export interface Setting {
  path: string;
  /** `true` or `false`, any value (`set`), an annotation with a text in it, a value other than some, or one that has no such text in its JSON. */
  must: "true" | "false" | "set" | Annotation | { not: readonly string[] } | { without: string };
  /** What the chart does where nobody says otherwise. */
  otherwise: boolean;
  why: string;
  /** Another choice may be right in clusters of others. */
  own?: true;
  /** Path of a number of replicas: it matters where there are several. */
  ofSeveral?: string;
}

const MEASURED = "true, so that its silence is heard";
const KEPT = "objects of every team go with them";
const JUDGED = "Fail: what is wrong would be found only when it acts";
const ON_GPUS: Setting = {
  path: "nodeSelector",
  must: { name: "nvidia.com/gpu.present", has: "true" },
  otherwise: false,
  why: "'true': it has its work on the nodes with GPUs",
  own: true,
};
const KEPT_BY_HELM = `'keep': ${KEPT}`;

export const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  "argo-rollouts": [
    { path: "keepCRDs", must: "true", otherwise: true, why: `true: ${KEPT}` },
    { path: "clusterInstall", must: "true", otherwise: true, why: "true: it acts in the namespaces of models" },
    {
      path: "providerRBAC.providers.istio",
      must: "true",
      otherwise: true,
      why: "true: it writes weights into routes of the mesh",
      own: true,
    },
    {
      path: "dashboard.enabled",
      must: "false",
      otherwise: false,
      why: "false: whoever reaches it promotes and aborts releases without a login",
      own: true,
    },
    { path: "controller.metrics.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
    { path: "controller.metrics.serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  "cert-manager": [
    { path: "crds.keep", must: "true", otherwise: true, why: `true: ${KEPT}` },
    { path: "prometheus.servicemonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  karpenter: [
    {
      path: "settings.interruptionQueue",
      must: "set",
      otherwise: false,
      why: "the queue by which AWS says that it takes a node",
      own: true,
    },
    { path: "settings.clusterName", must: "set", otherwise: false, why: "the cluster whose nodes it makes" },
    { path: "serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  "karpenter-crd": [{ path: "additionalAnnotations", must: KEEP, otherwise: false, why: KEPT_BY_HELM, own: true }],
  "prometheus-operator-crds": [{ path: "crds.annotations", must: KEEP, otherwise: false, why: KEPT_BY_HELM, own: true }],
  kueue: [
    {
      path: "managerConfig.controllerManagerConfigYaml#manageJobsWithoutQueueName",
      must: "true",
      otherwise: false,
      why: "true: a job without a queue takes machines past every quota",
      own: true,
    },
    {
      path: "managerConfig.controllerManagerConfigYaml#waitForPodsReady.timeout",
      must: "set",
      otherwise: false,
      why: "a time after which a job whose pods never start gives its machines back",
      own: true,
    },
    {
      path: "managerConfig.controllerManagerConfigYaml#leaderElection.leaderElect",
      must: "true",
      otherwise: true,
      why: "true: two replicas would admit the same jobs",
      ofSeveral: "controllerManager.replicas",
    },
    { path: "enablePrometheus", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  istiod: [
    {
      path: "meshConfig.enableAutoMtls",
      must: "true",
      otherwise: true,
      why: "true: pods would speak to each other in the clear",
    },
    { path: "global.configValidation", must: "true", otherwise: true, why: "true: a broken route would reach every proxy" },
  ],
  gateway: [
    {
      path: "podAnnotations",
      must: { name: "proxy.istio.io/config", has: "upstream_rq" },
      otherwise: false,
      why: "an inclusion of 'upstream_rq', by which requests are counted",
      own: true,
    },
    {
      path: "podAnnotations",
      must: { name: "proxy.istio.io/config", has: "grpc" },
      otherwise: false,
      why: "an inclusion of 'grpc', by which the answers of gRPC are counted",
      own: true,
    },
    {
      path: "podAnnotations",
      must: { name: "sidecar.istio.io/statsHistogramBuckets", has: "cluster" },
      otherwise: false,
      why: "bounds of 'cluster', by which slow requests are counted",
      own: true,
    },
  ],
  "external-secrets": [
    { path: "webhook.failurePolicy", must: { not: ["Ignore"] }, otherwise: true, why: JUDGED },
    { path: "webhook.create", must: "true", otherwise: true, why: "true: it refuses objects that are wrong", own: true },
    { path: "crds.annotations", must: KEEP, otherwise: false, why: KEPT_BY_HELM, own: true },
    {
      path: "leaderElect",
      must: "true",
      otherwise: false,
      why: "true: two replicas would write the same Secrets",
      ofSeveral: "replicaCount",
    },
    ...["processClusterExternalSecret", "processClusterPushSecret", "processPushSecret", "processClusterGenerator"].map(
      (path): Setting => ({
        path,
        must: "false",
        otherwise: true,
        why: "false: one object would reach the secrets of other namespaces",
        own: true,
      }),
    ),
    { path: "serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  keda: [
    { path: "crds.additionalAnnotations", must: KEEP, otherwise: false, why: KEPT_BY_HELM, own: true },
    {
      path: "permissions.operator.restrict.secret",
      must: "true",
      otherwise: false,
      why: "true: its account would read the Secrets of every namespace",
    },
    {
      path: "rbac.scaledRefKinds",
      must: { without: '"*"' },
      otherwise: false,
      why: "the kinds of what is scaled, each by its name: by the chart's default its account reads every object of the cluster",
    },
    { path: "prometheus.operator.serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
    { path: "prometheus.metricServer.serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  "nvidia-device-plugin": [ON_GPUS],
  "dcgm-exporter": [ON_GPUS, { path: "serviceMonitor.enabled", must: "true", otherwise: true, why: MEASURED }],
  "prometheus-pushgateway": [
    { path: "serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true },
    {
      path: "serviceMonitor.honorLabels",
      must: "true",
      otherwise: true,
      why: "true: values belong to the job that pushed them",
      own: true,
    },
  ],
};

/** An annotation that a chart gives its objects, and what must stand in it. */
export interface Annotation {
  name: string;
  has: string;
}

/** By it Helm keeps an object when a chart goes (Helm documentation, "Tell Helm Not To Uninstall a Resource"). */
const KEEP: Annotation = { name: "helm.sh/resource-policy", has: "keep" };

/** What the values of a controller's chart must say. */
export interface Setting {
  path: string;
  /** `true` or `false`, any value (`set`), or an annotation with a text in it. */
  must: "true" | "false" | "set" | Annotation;
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
      must: { name: "sidecar.istio.io/statsHistogramBuckets", has: "cluster" },
      otherwise: false,
      why: "bounds of 'cluster', by which slow requests are counted",
      own: true,
    },
  ],
  "external-secrets": [
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
  "dcgm-exporter": [{ path: "serviceMonitor.enabled", must: "true", otherwise: true, why: MEASURED }],
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

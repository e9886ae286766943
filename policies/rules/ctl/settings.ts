/** What the values of a controller's chart must say. */
export interface Setting {
  path: string;
  /** `true` or `false`, any value (`set`), or the annotation by which Helm keeps an object (`kept`). */
  must: "true" | "false" | "set" | "kept";
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

export const SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  "argo-rollouts": [
    { path: "keepCRDs", must: "true", otherwise: true, why: `true: ${KEPT}` },
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
  "karpenter-crd": [{ path: "additionalAnnotations", must: "kept", otherwise: false, why: KEPT, own: true }],
  "prometheus-operator-crds": [{ path: "crds.annotations", must: "kept", otherwise: false, why: KEPT, own: true }],
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
    { path: "enablePrometheus", must: "true", otherwise: false, why: MEASURED, own: true },
  ],
  "external-secrets": [
    { path: "crds.annotations", must: "kept", otherwise: false, why: KEPT, own: true },
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
  "prometheus-pushgateway": [{ path: "serviceMonitor.enabled", must: "true", otherwise: false, why: MEASURED, own: true }],
};

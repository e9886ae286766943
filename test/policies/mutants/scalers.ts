import { added, kubernetes, object, type StackMutant } from "./mutant.ts";

const QUOTA = kubernetes("workloads", "core/v1:ResourceQuota", "risk-models-quota");
const SCALER = kubernetes("workloads", "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler");

const hard = (what: string, amounts: object): StackMutant => QUOTA.bad(what, ({ spec }) => Object.assign(spec.hard, amounts));
const enough = (what: string, amounts: object): StackMutant =>
  QUOTA.harmless(what, ({ spec }) => Object.assign(spec.hard, amounts));

const TRIGGER = {
  type: "prometheus",
  metricType: "AverageValue",
  metadata: { serverAddress: "http://prometheus.monitoring:9090", query: "sum(up)", threshold: "8", ignoreNullValues: "false" },
};

/** One more scaler of the model. */
function keda(what: string, spec: object): StackMutant {
  const { type, inputs } = object("keda.sh/v1alpha1", "ScaledObject", {
    metadata: { name: "fraud", namespace: "models-risk" },
    spec: {
      scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "fraud" },
      minReplicaCount: 3,
      maxReplicaCount: 12,
      fallback: { failureThreshold: 3, replicas: 3 },
      triggers: [TRIGGER],
      ...spec,
    },
  });
  return added("workloads", type, what, inputs);
}

/** Quotas, and the pods that scalers add below them. */
export const SCALED: readonly StackMutant[] = [
  hard("a quota of three pods for a model of twelve", { pods: "3" }),
  hard("a quota of the CPU of two pods", { "requests.cpu": "1" }),
  hard("a quota of the CPU of two pods by its short name", { cpu: "1" }),
  hard("a quota of the memory of one pod", { "requests.memory": "1Gi" }),
  hard("a quota of the limits of two pods", { "limits.memory": "2Gi" }),
  SCALER.bad(
    "a scaler of more pods than its namespace may hold",
    ({ spec }) => {
      spec.maxReplicas = 200;
    },
    "risk-models-quota",
  ),
  keda("a ScaledObject beside the scaler of a model", {}),
  keda("a model of which no server is left at night", { minReplicaCount: 0 }),
  keda("a scaler that asks with a secret of the platform", {
    triggers: [{ ...TRIGGER, authenticationRef: { name: "grafana", kind: "ClusterTriggerAuthentication" } }],
  }),
  enough("a quota of the CPU and memory of all pods", { "requests.cpu": "400", "requests.memory": "900Gi" }),
  enough("a quota of exactly the pods of a model and one more", { pods: 13 }),
];

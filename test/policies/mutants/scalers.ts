import { kubernetes, type StackMutant } from "./mutant.ts";

const QUOTA = kubernetes("workloads", "core/v1:ResourceQuota", "risk-models-quota");
const SCALER = kubernetes("workloads", "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler");

const hard = (what: string, amounts: object): StackMutant => QUOTA.bad(what, ({ spec }) => Object.assign(spec.hard, amounts));
const enough = (what: string, amounts: object): StackMutant =>
  QUOTA.harmless(what, ({ spec }) => Object.assign(spec.hard, amounts));

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
  enough("a quota of the CPU and memory of all pods", { "requests.cpu": "400", "requests.memory": "900Gi" }),
  enough("a quota of exactly the pods of a model and one more", { pods: 13 }),
];

import { kubernetes, type StackMutant } from "./mutant.ts";

const SCALER = kubernetes("workloads", "autoscaling/v2:HorizontalPodAutoscaler", "fraud-autoscaler");
const TRACKING_SCALER = kubernetes("platform", "autoscaling/v2:HorizontalPodAutoscaler", "tracking-autoscaler");
const BUDGET = kubernetes("workloads", "policy/v1:PodDisruptionBudget", "fraud-budget");
const TRACKING_BUDGET = kubernetes("platform", "policy/v1:PodDisruptionBudget", "tracking-budget");

/** How many pods there are, and how many may go. */
export const COPIES: readonly StackMutant[] = [
  SCALER.bad("a model with one pod", ({ spec }) => {
    spec.minReplicas = 1;
  }),
  SCALER.bad("a model with one pod, by default", ({ spec }) => {
    delete spec.minReplicas;
  }),
  SCALER.bad("a model that does not grow", ({ spec }) => {
    spec.maxReplicas = spec.minReplicas;
  }),
  SCALER.bad("a model that grows without an end", ({ spec }) => {
    spec.maxReplicas = 5000;
  }),
  SCALER.bad("a model that grows when it is already broken", ({ spec }) => {
    spec.metrics[0].resource.target.averageUtilization = 500;
  }),
  SCALER.bad(
    "a scaler of a Deployment that does not exist",
    ({ spec }) => {
      spec.scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "fraud" };
    },
    "fraud-rollout",
  ),
  SCALER.removed("a model without a scaler"),
  TRACKING_SCALER.bad("MLflow with no pod", ({ spec }) => {
    spec.minReplicas = 0;
  }),
  BUDGET.bad("a budget of one hundred per cent", ({ spec }) => {
    delete spec.maxUnavailable;
    spec.minAvailable = "100%";
  }),
  BUDGET.bad("a budget of nothing", ({ spec }) => {
    spec.maxUnavailable = 0;
  }),
  BUDGET.bad("a budget of no per cent", ({ spec }) => {
    spec.maxUnavailable = "0%";
  }),
  BUDGET.bad("a budget of all replicas", ({ spec }) => {
    delete spec.maxUnavailable;
    spec.minAvailable = 3;
  }),
  TRACKING_BUDGET.bad("a budget that lets every pod go", ({ spec }) => {
    spec.maxUnavailable = "100%";
  }),
  BUDGET.bad(
    "a budget of other pods",
    ({ spec }) => {
      spec.selector.matchLabels.app = "other";
    },
    "fraud-rollout",
  ),
  BUDGET.bad("a budget of every pod of a namespace", ({ spec }) => {
    spec.selector = {};
  }),
  BUDGET.removed("a model without a budget"),
  SCALER.harmless("a model with more pods", ({ spec }) => {
    spec.minReplicas = 4;
    spec.maxReplicas = 14;
  }),
  SCALER.harmless("a model that grows earlier", ({ spec }) => {
    spec.metrics[0].resource.target.averageUtilization = 50;
  }),
  BUDGET.harmless("a budget as a share", ({ spec }) => {
    spec.maxUnavailable = "25%";
  }),
  BUDGET.harmless("a budget by what stays", ({ spec }) => {
    delete spec.maxUnavailable;
    spec.minAvailable = 2;
  }),
  TRACKING_BUDGET.harmless("a budget that lets broken pods go", ({ spec }) => {
    spec.unhealthyPodEvictionPolicy = "AlwaysAllow";
  }),
];

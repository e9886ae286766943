/*
 * How the charts of controllers count their pods. Defaults are those of the charts (argo-rollouts 2.41, karpenter 1.14, kueue 0.18,
 * istiod and gateway 1.31, cert-manager 1.21, external-secrets 2.12).
 */

/** A Deployment of a chart; all paths lie below its values. */
export interface Part {
  replicas: string;
  /** What the chart sets where nobody says otherwise. */
  replicasDefault: number;
  /** An autoscaler, which then counts the replicas. */
  scaler?: { enabled: string; enabledDefault: boolean; least: string };
  /** Where its PodDisruptionBudget is set. */
  budget: string;
  /** What makes the chart bring a budget: nothing (it always does), its switch `enabled`, or a number of pods. */
  budgetBy: "always" | "enabled" | "number";
  resources: string;
  /** Constraints by which its replicas lie in several zones, where the chart brings none of its own. */
  spread?: string;
}

export const PARTS: Readonly<Record<string, readonly Part[]>> = {
  "argo-rollouts": [
    {
      replicas: "controller.replicas",
      replicasDefault: 2,
      budget: "controller.pdb",
      budgetBy: "enabled",
      resources: "controller.resources",
    },
  ],
  karpenter: [
    {
      replicas: "replicas",
      replicasDefault: 2,
      budget: "podDisruptionBudget",
      budgetBy: "always",
      resources: "controller.resources",
    },
  ],
  kueue: [
    {
      replicas: "controllerManager.replicas",
      replicasDefault: 1,
      budget: "controllerManager.podDisruptionBudget",
      budgetBy: "enabled",
      resources: "controllerManager.manager.resources",
    },
  ],
  istiod: [
    {
      replicas: "replicaCount",
      replicasDefault: 1,
      scaler: { enabled: "autoscaleEnabled", enabledDefault: true, least: "autoscaleMin" },
      budget: "global.defaultPodDisruptionBudget",
      budgetBy: "always",
      resources: "resources",
    },
  ],
  gateway: [
    {
      replicas: "replicaCount",
      replicasDefault: 1,
      scaler: { enabled: "autoscaling.enabled", enabledDefault: true, least: "autoscaling.minReplicas" },
      budget: "podDisruptionBudget",
      budgetBy: "number",
      resources: "resources",
      spread: "topologySpreadConstraints",
    },
  ],
  "cert-manager": ["", "webhook.", "cainjector."].map(
    (part): Part => ({
      replicas: `${part}replicaCount`,
      replicasDefault: 1,
      budget: `${part}podDisruptionBudget`,
      budgetBy: "enabled",
      resources: `${part}resources`,
    }),
  ),
  "external-secrets": ["", "webhook."].map(
    (part): Part => ({
      replicas: `${part}replicaCount`,
      replicasDefault: 1,
      budget: `${part}podDisruptionBudget`,
      budgetBy: "enabled",
      resources: `${part}resources`,
    }),
  ),
};

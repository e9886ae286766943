/*
 * How the charts of controllers count their pods. Defaults are those of the charts (argo-rollouts 2.41, karpenter 1.14, kueue 0.18,
 * istiod and gateway 1.31, cert-manager 1.21, external-secrets 2.12, keda 2.21).
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
  /** Labels of the nodes on which it may stand. */
  nodes: string;
  /** Its PriorityClass, where the chart brings none of its own. */
  priority?: string;
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
      nodes: "controller.nodeSelector",
      priority: "controller.priorityClassName",
    },
  ],
  karpenter: [
    {
      replicas: "replicas",
      replicasDefault: 2,
      budget: "podDisruptionBudget",
      budgetBy: "always",
      resources: "controller.resources",
      nodes: "nodeSelector",
    },
  ],
  kueue: [
    {
      replicas: "controllerManager.replicas",
      replicasDefault: 1,
      budget: "controllerManager.podDisruptionBudget",
      budgetBy: "enabled",
      resources: "controllerManager.manager.resources",
      nodes: "controllerManager.nodeSelector",
      priority: "controllerManager.manager.priorityClassName",
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
      nodes: "nodeSelector",
      priority: "global.priorityClassName",
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
      nodes: "nodeSelector",
      priority: "priorityClassName",
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
      nodes: `${part}nodeSelector`,
      priority: "global.priorityClassName",
    }),
  ),
  "external-secrets": ["", "webhook."].map(
    (part): Part => ({
      replicas: `${part}replicaCount`,
      replicasDefault: 1,
      budget: `${part}podDisruptionBudget`,
      budgetBy: "enabled",
      resources: `${part}resources`,
      nodes: `${part}nodeSelector`,
      priority: `${part}priorityClassName`,
    }),
  ),
  keda: [
    ["operator", "operator"],
    ["metricsServer", "metricServer"],
  ].map(
    ([part, elsewhere]): Part => ({
      replicas: `${part}.replicaCount`,
      replicasDefault: 1,
      budget: `podDisruptionBudget.${elsewhere}`,
      budgetBy: "number",
      resources: `resources.${elsewhere}`,
      nodes: "nodeSelector",
      priority: "priorityClassName",
    }),
  ),
};

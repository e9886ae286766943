import { describeRule } from "../../harness.ts";

describeRule("GPU-07", [
  {
    layer: "platform",
    what: "Karpenter's own budget",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[0].nodes = "10%"),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '100%' for Empty, got 'Empty 10%'",
    unknown: "spec.disruption.budgets",
  },
  {
    layer: "platform",
    what: "a node that is replaced under training",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[1].nodes = "1"),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '0' or '0%' for Drifted, got 'Drifted 1'",
  },
  {
    layer: "platform",
    what: "two servers that are replaced at once",
    resource: "inference",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[1].nodes = "2"),
    says: "platform-prod/inference: 'spec.disruption.budgets' must be '0' or '0%' or '1' for Drifted, got 'Drifted 2'",
  },
  {
    layer: "platform",
    what: "a freeze at night that lets nodes go by day",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => Object.assign(spec.disruption.budgets[2], { schedule: "0 20 * * *", duration: "10h" }),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '0' or '0%' for Underutilized, got 'Underutilized without a budget'",
  },
]);

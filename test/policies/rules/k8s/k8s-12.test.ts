import { describeRule } from "../../harness.ts";

const QUOTA = { layer: "workloads", resource: "risk-jobs-quota" } as const;

describeRule("K8S-12", [
  {
    ...QUOTA,
    what: "any number of pods",
    change: ({ spec }) => delete spec.hard.pods,
    says: "workloads-prod/risk-jobs-quota: 'spec.hard.pods' must be a number, got 'nothing'",
    unknown: "spec.hard.pods",
  },
  {
    ...QUOTA,
    what: "ports of nodes",
    change: ({ spec }) => (spec.hard["services.nodeports"] = "10"),
    says: "workloads-prod/risk-jobs-quota: 'spec.hard.services.nodeports' must be 0, got '10'",
  },
  {
    ...QUOTA,
    what: "load balancers",
    change: ({ spec }) => delete spec.hard["services.loadbalancers"],
    says: "workloads-prod/risk-jobs-quota: 'spec.hard.services.loadbalancers' must be 0, got 'nothing'",
  },
  {
    layer: "workloads",
    resource: "risk-jobs-priorities",
    what: "pods of the system's priority",
    change: ({ spec }) => (spec.scopeSelector.matchExpressions[0].values = ["system-cluster-critical", "millrace-platform"]),
    says: "workloads-prod/risk-jobs: 'quota of pods of priority system-node-critical' must be 0 for system-node-critical, got 'nothing'",
  },
  {
    layer: "workloads",
    resource: "risk-models-priorities",
    what: "pods of the platform's priority",
    change: ({ spec }) => spec.scopeSelector.matchExpressions[0].values.pop(),
    says: "workloads-prod/risk-models-priorities: 'spec.hard.pods of priority millrace-platform' must be 0 for millrace-platform, got 'nothing'",
  },
  {
    layer: "workloads",
    resource: "risk-jobs-limits",
    what: "a namespace without defaults",
    change: ({ metadata }) => (metadata.namespace = "elsewhere"),
    says: "workloads-prod/risk-jobs: 'LimitRange' must be a LimitRange with defaults, so that a quota refuses no pod without requests, got 'nothing'",
  },
]);

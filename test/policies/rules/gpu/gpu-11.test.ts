import { describeRule } from "../../harness.ts";

const SHARE = { layer: "workloads", resource: "risk-queue-share" } as const;
const QUEUE = { layer: "workloads", resource: "risk-queue" } as const;
const FLAVOR = { layer: "platform", resource: "queues-flavor-training" } as const;

describeRule("GPU-11", [
  {
    ...SHARE,
    what: "a queue for every namespace",
    change: ({ spec }) => (spec.namespaceSelector = {}),
    says: "workloads-prod/risk-queue-share: 'spec.namespaceSelector' must be a label with its value, got 'every namespace'",
    unknown: "spec.namespaceSelector",
  },
  {
    ...SHARE,
    what: "a queue for every team",
    change: ({ spec }) => (spec.namespaceSelector = { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] }),
    says: "workloads-prod/risk-queue-share: 'spec.namespaceSelector' must be a label with its value, got 'millrace.dev/team Exists'",
  },
  {
    ...SHARE,
    what: "a queue that starts nothing",
    change: ({ spec }) => (spec.stopPolicy = "Hold"),
    says: "workloads-prod/risk-queue-share: 'spec.stopPolicy' must be None: a held queue starts no job, got 'Hold'",
    unknown: "spec.stopPolicy",
  },
  {
    ...SHARE,
    what: "a queue that does not get its share back",
    change: ({ spec }) => delete spec.preemption.reclaimWithinCohort,
    says: "workloads-prod/risk-queue-share: 'spec.preemption.reclaimWithinCohort' must be Any, so that a team gets its own share back, got 'Never'",
  },
  {
    ...SHARE,
    what: "borrowing that ends other jobs",
    change: ({ spec }) => (spec.preemption.borrowWithinCohort.policy = "LowerPriority"),
    says: "workloads-prod/risk-queue-share: 'spec.preemption.borrowWithinCohort.policy' must be Never: what is borrowed ends no other job, got 'LowerPriority'",
  },
  {
    ...SHARE,
    what: "nodes that do not exist",
    change: ({ spec }) => (spec.resourceGroups[0].flavors[0].name = "a100"),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be a flavor that exists (training, cpu), got 'a100'",
  },
  {
    ...QUEUE,
    what: "the share of another team",
    change: ({ spec }) => (spec.clusterQueue = "fraud"),
    says: "workloads-prod/risk-queue: 'spec.clusterQueue' must be a ClusterQueue that selects the namespace of the LocalQueue, got 'fraud'",
    unknown: "spec.clusterQueue",
  },
  {
    ...FLAVOR,
    what: "nodes whose taint no job tolerates",
    change: ({ spec }) => delete spec.tolerations,
    says: "platform-prod/queues-flavor-training: 'spec.tolerations' must be a list with a toleration of nvidia.com/gpu, got 'nothing'",
  },
]);

import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const KUEUE = "kueue.x-k8s.io/v1beta2";
const SHARE = kubernetes("workloads", `${KUEUE}:ClusterQueue`, "risk-queue-share");
const CPU_SHARE = kubernetes("workloads", `${KUEUE}:ClusterQueue`, "risk-queue-cpu-share");
const QUEUE = kubernetes("workloads", `${KUEUE}:LocalQueue`, "risk-queue");
const FLAVOR = kubernetes("platform", `${KUEUE}:ResourceFlavor`, "queues-flavor-training");
const COHORT = kubernetes("platform", `${KUEUE}:Cohort`, "queues-cohort");
const quota = (name: string) => kubernetes("workloads", "core/v1:ResourceQuota", name);
const limits = (name: string) => kubernetes("workloads", "core/v1:LimitRange", name);

const amount = (name: string, edit: (resource: any) => void) => (inputs: any) =>
  edit(inputs.spec.resourceGroups[0].flavors[0].resources.find((each: any) => each.name === name));

/** Queues of teams, and what they may take. */
export const QUEUES: readonly StackMutant[] = [
  SHARE.bad("a queue for every namespace", ({ spec }) => {
    spec.namespaceSelector = {};
  }),
  SHARE.bad("a queue for every team", ({ spec }) => {
    spec.namespaceSelector = { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] };
  }),
  SHARE.bad("a queue for no namespace", ({ spec }) => {
    delete spec.namespaceSelector;
  }),
  SHARE.bad(
    "a quota of more GPUs than there are",
    amount("nvidia.com/gpu", (it) => {
      it.nominalQuota = "128";
    }),
  ),
  SHARE.bad(
    "a quota of GPUs in thousands",
    amount("nvidia.com/gpu", (it) => {
      it.nominalQuota = "64k";
    }),
  ),
  SHARE.bad(
    "a queue that takes the pool of everybody",
    amount("nvidia.com/gpu", (it) => {
      it.borrowingLimit = "640";
    }),
  ),
  SHARE.bad("a queue that does not count GPUs", ({ spec }) => {
    spec.resourceGroups[0].coveredResources = ["cpu", "memory"];
    spec.resourceGroups[0].flavors[0].resources = spec.resourceGroups[0].flavors[0].resources.slice(0, 2);
  }),
  SHARE.bad("a queue that never starts anything", ({ spec }) => {
    spec.stopPolicy = "HoldAndDrain";
  }),
  SHARE.bad("a queue of machines that do not exist", ({ spec }) => {
    spec.resourceGroups[0].flavors[0].name = "a100";
  }),
  SHARE.bad("a queue that ends other teams' jobs", ({ spec }) => {
    spec.preemption.borrowWithinCohort = { policy: "LowerPriority" };
  }),
  SHARE.bad("a queue that never gets its own machines back", ({ spec }) => {
    spec.preemption.reclaimWithinCohort = "Never";
  }),
  CPU_SHARE.bad(
    "a quota of more CPUs than there are",
    amount("cpu", (it) => {
      it.nominalQuota = "3200";
    }),
  ),
  COHORT.bad("a group of queues with more GPUs than there are", ({ spec }) => {
    spec.resourceGroups = [
      {
        coveredResources: ["nvidia.com/gpu"],
        flavors: [{ name: "training", resources: [{ name: "nvidia.com/gpu", nominalQuota: "512" }] }],
      },
    ];
  }),
  QUEUE.bad("a queue that hands jobs to another team's quota", ({ spec }) => {
    spec.clusterQueue = "fraud";
  }),
  QUEUE.bad("a queue that accepts and never starts", ({ spec }) => {
    spec.stopPolicy = "Hold";
  }),
  ((it) => added("workloads", it.type, "one more queue without a limit of machines", it.inputs))(
    object(KUEUE, "ClusterQueue", {
      metadata: { name: "spare" },
      spec: {
        namespaceSelector: {},
        resourceGroups: [
          {
            coveredResources: ["nvidia.com/gpu"],
            flavors: [{ name: "training", resources: [{ name: "nvidia.com/gpu", nominalQuota: "9999" }] }],
          },
        ],
      },
    }),
  ),
  FLAVOR.bad("machines of training that jobs do not tolerate", ({ spec }) => {
    delete spec.tolerations;
  }),
  FLAVOR.bad("machines of training that are any machines", ({ spec }) => {
    delete spec.nodeLabels;
  }),
  FLAVOR.bad("machines of training that tolerate everything", ({ spec }) => {
    spec.tolerations = [{ operator: "Exists" }];
  }),
  quota("risk-jobs-quota").bad("a namespace that may hold ten times the GPUs", ({ spec }) => {
    spec.hard["requests.nvidia.com/gpu"] = "640";
  }),
  quota("risk-jobs-quota").bad(
    "a namespace whose GPUs nobody counts",
    ({ spec }) => {
      delete spec.hard["requests.nvidia.com/gpu"];
    },
    "risk-jobs",
  ),
  quota("risk-jobs-quota").bad("a namespace whose pods nobody counts", ({ spec }) => {
    delete spec.hard.pods;
  }),
  quota("risk-models-quota").bad("a namespace that opens ports of nodes", ({ spec }) => {
    spec.hard["services.nodeports"] = "10";
  }),
  quota("risk-models-quota").bad("a namespace that makes load balancers", ({ spec }) => {
    delete spec.hard["services.loadbalancers"];
  }),
  quota("risk-models-quota").removed("a namespace of models without a quota"),
  quota("risk-jobs-priorities").removed("a namespace whose jobs may push the system out"),
  quota("risk-jobs-priorities").bad("a namespace with a hundred pods of the system's priority", ({ spec }) => {
    spec.hard.pods = "100";
  }),
  limits("risk-jobs-limits").removed("a namespace without defaults"),
  limits("risk-models-limits").bad("a default limit that refuses requests above it", ({ spec }) => {
    spec.limits[0].max = { memory: "256Mi" };
  }),
  kubernetes("platform", "scheduling.k8s.io/v1:PriorityClass", "platform-priority").bad(
    "a priority that every pod has",
    (inputs) => {
      inputs["globalDefault"] = true;
    },
  ),
  kubernetes("platform", `${KUEUE}:WorkloadPriorityClass`, "queues-priority-low").bad(
    "a low priority that is the highest",
    (inputs) => {
      inputs["value"] = 100_000;
    },
  ),

  SHARE.harmless(
    "a smaller quota",
    amount("nvidia.com/gpu", (it) => {
      it.nominalQuota = "32";
    }),
  ),
  SHARE.harmless(
    "a quota as a number",
    amount("nvidia.com/gpu", (it) => {
      it.nominalQuota = 64;
    }),
  ),
  SHARE.harmless(
    "a quota of memory in another unit",
    amount("memory", (it) => {
      it.nominalQuota = "15482880Mi";
    }),
  ),
  SHARE.harmless("a queue by the name of its namespace", ({ spec }) => {
    spec.namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "team-risk" } };
  }),
  SHARE.harmless("a queue by its team, as an expression", ({ spec }) => {
    spec.namespaceSelector = { matchExpressions: [{ key: "millrace.dev/team", operator: "In", values: ["risk"] }] };
  }),
  SHARE.harmless("a queue in strict order", ({ spec }) => {
    spec.queueingStrategy = "StrictFIFO";
  }),
  SHARE.harmless(
    "a queue that lends half of its machines",
    amount("nvidia.com/gpu", (it) => {
      it.lendingLimit = "32";
    }),
  ),
  FLAVOR.harmless("machines of training that tolerate one taint by its value", ({ spec }) => {
    spec.tolerations = [{ key: "nvidia.com/gpu", operator: "Equal", value: "true", effect: "NoSchedule" }];
  }),
  quota("risk-jobs-quota").harmless("a namespace with fewer pods", ({ spec }) => {
    spec.hard.pods = "100";
  }),
  quota("risk-models-quota").harmless("a namespace with no load balancer, as a number", ({ spec }) => {
    spec.hard["services.loadbalancers"] = 0;
  }),
  limits("risk-jobs-limits").harmless("another default request", ({ spec }) => {
    spec.limits[0].defaultRequest.cpu = "0.1";
  }),
  ((it) => welcome("platform", it.type, "one more priority between the two", it.inputs))(
    object(KUEUE, "WorkloadPriorityClass", { metadata: { name: "middle" }, value: 0, description: "between" }),
  ),
];

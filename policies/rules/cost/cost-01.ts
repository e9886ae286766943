import { defaultTagsOf } from "../../aws/default-tags.ts";
import { LAUNCH_TEMPLATE, MACHINES, PROVIDER, VPC } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { NODE_CLASS } from "../../kubernetes/types.ts";
import { opened } from "../../providers.ts";
import { type Bag, bag, bags, flag, hasKey, isSet, text, texts } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

interface Asked {
  tags: string[];
  /** What a tag says, where it says the same of everything. */
  values: Record<string, string>;
  /** Whether the stack with the network must have one. */
  budget: boolean;
}

const asked = (environment: string): Asked => ({
  tags: ["owner", "cost-center", "environment", "data-classification", "managed-by", "release"],
  values: { environment },
  budget: true,
});

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

export const COST_01 = stackRule<Asked>({
  id: "COST-01",
  title: "Everything that costs money has tags that say who pays, and a budget sends notifications",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP Tagging", "SOC2 CC5.2"],
  remediation:
    "Put the tags into the provider's `defaultTags`, and into each resource that starts instances. Give the stack with the network an `aws.budgets.Budget` with `notifications`.",
  peers: ["kube-linter required-label-owner"],
  parameters: { dev: asked("dev"), staging: asked("staging"), prod: asked("prod") },
  // Whoever has a network may keep the budget in another stack.
  elsewhere: { tags: [], values: {}, budget: false },
  types: [...BILLED, NODE_CLASS, MACHINES, PROVIDER, "aws:budgets/budget:Budget"],
  relate: (resources, { tags, values, budget }) =>
    together(
      () => untagged(resources, tags),
      () => ofEach(resources, (resource) => ignoredTags(resource, tags)),
      () => ofEach(resources, (resource) => strangeTags(resource, values)),
      () => ofEach(resources, (resource) => untaggedNodes(resource, tags)),
      () => silentBudgets(resources, budget),
    ),
});

/** What people write when they do not know what to write. */
const PLACEHOLDER = /^\s*(todo|tbd|fixme|change-?me|none|null|undefined|unknown|n\/a|[-?.x]*)\s*$/i;

/** Whether a tag says something. A value that nobody knows yet does. */
const says = (tags: Bag, tag: string): boolean =>
  isSet(tags, tag) && !PLACEHOLDER.test(whenKnown(() => text(tags, tag)) ?? "not known yet");

/** Tags that the provider takes for somebody else's: it neither sets nor corrects them. */
function ignoredTags(resource: Resource, tags: readonly string[]): Fault[] {
  if (resource.type !== PROVIDER) {
    return [];
  }
  const ignored = opened(resource.inputs, "ignoreTags");
  const [keys, prefixes] = [texts(ignored, "keys"), texts(ignored, "keyPrefixes")];
  const lost = tags.filter((tag) => keys.includes(tag) || prefixes.some((prefix) => tag.startsWith(prefix)));
  return unless(lost.length === 0, {
    resource,
    property: "ignoreTags",
    got: lost.join(", "),
    want: "without tags that say who pays",
  });
}

/** Tags of a provider, or of a resource itself, that say something else than what is true. */
function strangeTags(resource: Resource, values: Asked["values"]): Fault[] {
  const { type, inputs } = resource;
  const given: [path: string, tags: Bag][] =
    type === PROVIDER
      ? [["defaultTags.tags", bag(opened(inputs, "defaultTags"), "tags")]]
      : BILLED.includes(type) || type === NODE_CLASS || type === MACHINES
        ? [["tags", bag(inputs, "tags")], ...tagsOfMachines(resource)]
        : [];
  return given.flatMap(([path, tags]) =>
    Object.entries(values).flatMap(([tag, want]) => {
      const got = text(tags, tag) ?? want;
      return unless(got === want, { resource, property: `${path}.${tag}`, got, want });
    }),
  );
}

/** Said once, of the provider, where that is among the resources and gives too little. */
function untagged(resources: readonly Resource[], tags: readonly string[]): Finding[] {
  const providers = resources.filter(({ type }) => type === PROVIDER);
  const said = new Set<string>();
  return ofEach(
    resources.filter(({ type }) => BILLED.includes(type)),
    (resource) => {
      const { inputs, provider } = resource;
      const [byDefault, own] = [defaultTagsOf(resource), bag(inputs, "tags")];
      const lacking = tags.filter((tag) => !says(hasKey(own, tag) ? own : byDefault, tag));
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
const untaggedNodes = (resource: Resource, tags: readonly string[]): Fault[] =>
  tagsOfMachines(resource).flatMap(([path, given]) =>
    missing(
      resource,
      path,
      tags.filter((tag) => tag !== "release" && !says(given, tag)),
    ),
  );

/** Tags that a resource puts on the machines that it starts, and their paths. */
function tagsOfMachines({ type, inputs }: Resource): [path: string, tags: Bag][] {
  switch (type) {
    case NODE_CLASS:
      return [["spec.tags", bag(inputs, "spec", "tags")]];
    case LAUNCH_TEMPLATE:
      return ["instance", "volume"].map((kind) => {
        const specification = bags(inputs, "tagSpecifications").find((each) => text(each, "resourceType") === kind);
        return [`tagSpecifications.${kind}`, bag(specification, "tags")];
      });
    case MACHINES:
      return [["tags with propagateAtLaunch", propagated(inputs)]];
    default:
      return [];
  }
}

const propagated = (inputs: Bag): Bag =>
  Object.fromEntries(
    bags(inputs, "tags")
      .filter((tag) => flag(tag, "propagateAtLaunch") === true)
      .map((tag) => [text(tag, "key") ?? "", whenKnown(() => tag["value"]) ?? "not known yet"]),
  );

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

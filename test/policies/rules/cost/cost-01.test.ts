import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { type Resource, readable } from "#policies/resource";
import { describeRule, ruleOf } from "../../harness.ts";

describeRule("COST-01", [
  {
    what: "a provider whose tags do not say who pays",
    layer: "foundation",
    resource: "aws",
    type: "pulumi:providers:aws",
    change: (inputs) => {
      const given = JSON.parse(inputs.defaultTags);
      delete given.tags["cost-center"];
      inputs.defaultTags = JSON.stringify(given);
    },
    says: "foundation-prod/aws: 'defaultTags' must be set for cost-center, got 'nothing of them'",
    unknown: "defaultTags",
  },
  {
    what: "GPU nodes of nobody",
    layer: "platform",
    resource: "training-class",
    change: (inputs) => delete inputs.spec.tags.owner,
    says: "platform-prod/training-class: 'spec.tags' must be set for owner, got 'nothing of them'",
    unknown: "spec.tags",
  },
  {
    what: "volumes of nodes of nobody",
    layer: "platform",
    environment: "dev",
    resource: "system-nodes-template",
    change: (inputs) => delete inputs.tagSpecifications[1].tags["data-classification"],
    says: "platform-dev/system-nodes-template: 'tagSpecifications.volume' must be set for data-classification, got 'nothing of them'",
    unknown: "tagSpecifications",
  },
  {
    what: "a budget that tells nobody",
    layer: "foundation",
    environment: "staging",
    resource: "budget",
    change: (inputs) => (inputs.notifications = [{ subscriberEmailAddresses: [] }]),
    says: "foundation-staging/budget: 'notifications' must be sent to at least one recipient, got 'nobody'",
    unknown: "notifications",
  },
  {
    what: "tags that say nothing",
    layer: "foundation",
    resource: "aws",
    type: "pulumi:providers:aws",
    change: (inputs) => (inputs.defaultTags = inputs.defaultTags.replace('"cost-center":"ml-platform"', '"cost-center":" TODO"')),
    says: "foundation-prod/aws: 'defaultTags' must be set for cost-center, got 'nothing of them'",
    unknown: "defaultTags",
  },
  {
    what: "resources that say that they are of another environment",
    layer: "foundation",
    resource: "aws",
    type: "pulumi:providers:aws",
    change: (inputs) => (inputs.defaultTags = inputs.defaultTags.replace('"environment":"prod"', '"environment":"dev"')),
    says: "foundation-prod/aws: 'defaultTags.tags.environment' must be prod, got 'dev'",
    unknown: "defaultTags",
  },
  {
    what: "tags that the provider leaves to others",
    layer: "foundation",
    resource: "aws",
    type: "pulumi:providers:aws",
    change: (inputs) => (inputs.ignoreTags = { keys: ["owner"], keyPrefixes: ["cost-"] }),
    says: "foundation-prod/aws: 'ignoreTags' must be without tags that say who pays, got 'owner, cost-center'",
    unknown: "ignoreTags",
  },
  {
    what: "an access host of nobody",
    layer: "foundation",
    resource: "access-host",
    change: (inputs) => (inputs.tags.find(({ key }: any) => key === "owner").propagateAtLaunch = "false"),
    says: "foundation-prod/access-host: 'tags with propagateAtLaunch' must be set for owner, got 'nothing of them'",
    unknown: "tags",
  },
]);

describe("COST-01", () => {
  const rule = ruleOf("COST-01");
  const tags = ["owner", "release"];
  const resource = (type: string, name: string, inputs: object, provider: object = {}): Resource => ({
    type,
    name,
    address: `s/${name}`,
    inputs: readable(inputs),
    protect: false,
    ignoreChanges: [],
    parent: "",
    dependencies: [],
    provider: readable(provider),
  });
  const found = (...resources: Resource[]) =>
    (findingsOf(rule, resources, { tags, values: {}, budget: true }) as any[]).map(
      (fault) => `${fault.resource.name} ${fault.property}`,
    );
  const queue = "aws:sqs/queue:Queue";

  it("takes tags of the resource and of its provider together, as text or object", () => {
    const own = { tags: { owner: "a" } };
    expect(found(resource(queue, "q", own, { defaultTags: JSON.stringify({ tags: { release: "1" } }) }))).toEqual([]);
    expect(found(resource(queue, "q", own, { defaultTags: { tags: { release: "1" } } }))).toEqual([]);
    expect(found(resource(queue, "q", own))).toEqual(["q tags"]);
    expect(found(resource("aws:iam/rolePolicy:RolePolicy", "p", {}))).toEqual([]);
  });

  it("says once, of the provider, what all that it makes lacks", () => {
    const inputs = { defaultTags: JSON.stringify({ tags: { owner: "a" } }) };
    const provider = resource("pulumi:providers:aws", "aws", inputs);
    expect(found(provider, resource(queue, "q", {}, inputs), resource(queue, "r", {}, inputs))).toEqual(["aws defaultTags"]);
    expect(found(provider, resource(queue, "q", { tags: { release: "1" } }, inputs))).toEqual([]);
  });

  it("says in one message what tags a resource lacks, and asks for none where none are named", () => {
    expect(found(resource(queue, "q", {}))).toEqual(["q tags"]);
    expect(findingsOf(rule, [resource(queue, "q", {})], { tags: [], values: {} })).toEqual([]);
  });

  it("takes a tag whose value is not known yet for a tag", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(found(resource(queue, "q", { tags: { owner: unknown, release: unknown } }))).toEqual([]);
  });

  it("wants a budget beside the network, by mail or by topic", () => {
    const vpc = resource("aws:ec2/vpc:Vpc", "v", {});
    const budget = (notification: object) => resource("aws:budgets/budget:Budget", "b", { notifications: [notification] });
    expect(found(vpc)).toEqual(["v budget"]);
    expect(found(vpc, budget({ subscriberSnsTopicArns: ["arn"] }))).toEqual([]);
    expect(found(vpc, budget({ subscriberEmailAddresses: ["a@example.com"] }))).toEqual([]);
  });
});

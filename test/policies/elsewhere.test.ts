import { expect, it } from "vitest";
import { RULES, RULES_ELSEWHERE } from "#policies/catalogue";
import type { Resource } from "#policies/resource";
import { found, of, ruleOf } from "./harness.ts";

/** What a rule finds in a program whose author gave the pack no config. */
const inOthers = (id: string, ...resources: Resource[]): string[] =>
  resources.flatMap((each) => found(id, "check" in ruleOf(id) ? each : [each], ruleOf(id).elsewhere));

const pod = { metadata: { namespace: "web" }, spec: { containers: [{ name: "web", image: "nginx:1.29" }] } };
const queue = { spec: { resourceGroups: [{ flavors: [{ name: "spot", resources: [] }] }], namespaceSelector: {} } };

it.each([
  ["a budget of a network", "COST-01", of("aws:ec2/vpc:Vpc", "vpc", {})],
  ["a region, where nobody knows it", "RES-01", of("aws:ec2/subnet:Subnet", "subnet", { availabilityZoneId: "usw2-az1" })],
  ["a registry", "IMG-02", of("kubernetes:core/v1:Pod", "web", pod)],
  ["a lock of a bucket with a common name", "S3-09", of("aws:s3/bucket:Bucket", "release-notes", {})],
  ["a trail for a bucket with a common name", "AUD-01", of("aws:s3/bucket:Bucket", "app-state", {})],
])("a program of others is not asked for %s", (_, id, resource) => {
  expect(inOthers(id, resource)).toEqual([]);
});

it("the rules for other programs hold there with the parameters of a pack without a config", () => {
  for (const [at, rule] of RULES.entries()) {
    const { parameters, ...same } = RULES_ELSEWHERE[at]!;
    const own = rule.elsewhere ?? rule.parameters?.prod;
    expect(parameters).toEqual(own && { dev: own, staging: own, prod: own });
    expect(same.id).toBe(rule.id);
  }
  expect(RULES.filter(({ elsewhere }) => elsewhere !== undefined).length).toBeGreaterThan(3);
});

it("a queue of others may hand out flavors that another stack makes", () => {
  const queues = of("kubernetes:kueue.x-k8s.io/v1beta1:ClusterQueue", "queue", queue);
  expect(inOthers("GPU-11", queues).filter((each) => each.startsWith("spec.resourceGroups"))).toEqual([]);
});

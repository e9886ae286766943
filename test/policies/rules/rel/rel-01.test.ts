import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { describeRule, ruleOf } from "../../harness.ts";

describeRule("REL-01", [
  {
    what: "a bucket that one command deletes",
    layer: "foundation",
    resource: "models",
    type: "aws:s3/bucket:Bucket",
    change: (_, resource) => (resource.protect = false),
    says: "foundation-prod/models: 'protect' must be true, got 'false'",
  },
  {
    what: "a cluster that one command deletes",
    layer: "platform",
    environment: "staging",
    resource: "cluster",
    type: "aws:eks/cluster:Cluster",
    change: (_, resource) => (resource.protect = false),
    says: "platform-staging/cluster: 'protect' must be true, got 'false'",
  },
  {
    what: "a policy that may drift unseen",
    layer: "foundation",
    resource: "data-policy",
    change: (_, resource) => (resource.ignoreChanges = ["tags", "policy"]),
    says: "foundation-prod/data-policy: 'ignoreChanges' must be a list without properties that guard data, got 'policy'",
  },
  {
    what: "a database that is gone before the next one is there",
    layer: "foundation",
    resource: "tracking-database",
    type: "aws:rds/instance:Instance",
    change: (_, resource) => Object.assign(resource, { deleteBeforeReplace: true }),
    says: "foundation-prod/tracking-database: 'deleteBeforeReplace' must be left out, got 'true'",
  },
]);

describe("REL-01", () => {
  const rule = ruleOf("REL-01");
  const found = (type: string, options: object) =>
    (findingsOf(rule, { type, inputs: {}, protect: true, ignoreChanges: [], ...options } as any, {}) as any[]).map(
      ({ got }) => got,
    );

  it.each([
    [["*"], ["*"]],
    [
      ["ingress[0].cidrBlocks", "vpcConfig.publicAccessCidrs"],
      ["ingress[0].cidrBlocks", "vpcConfig.publicAccessCidrs"],
    ],
    [["tags", "scalingConfig.desiredSize", "ingressRules"], []],
  ])("of ignored %j refuses %j", (ignoreChanges, refused) => {
    expect(found("aws:ec2/securityGroup:SecurityGroup", { ignoreChanges })).toEqual(refused);
  });

  it("asks protection of what holds data only", () => {
    expect(found("aws:iam/role:Role", { protect: false, deleteBeforeReplace: true })).toEqual([]);
    expect(found("aws:kms/key:Key", { protect: false, deleteBeforeReplace: true })).toEqual(["false", "true"]);
  });

  it("reads options, which are always known, and no input", () => {
    const unread = new Proxy({}, { get: (_, key) => expect.fail(`it read '${String(key)}'`) });
    expect(found("aws:s3/bucket:Bucket", { inputs: unread })).toEqual([]);
  });
});

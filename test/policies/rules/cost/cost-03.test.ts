import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const GROUP = "aws:autoscaling/group:Group";

describeRule("COST-03", [
  {
    what: "a hundred access hosts",
    layer: "foundation",
    resource: "access-host",
    change: (inputs) => (inputs.maxSize = "100"),
    says: "foundation-prod/access-host: 'maxSize' must be at most 5, got '100'",
    unknown: "maxSize",
  },
  {
    what: "a thousand nodes of the system",
    layer: "platform",
    resource: "system-nodes",
    change: ({ scalingConfig }) => (scalingConfig.maxSize = 1000),
    says: "platform-prod/system-nodes: 'scalingConfig.maxSize' must be at most 20, got '1000'",
    unknown: "scalingConfig",
  },
  {
    what: "an access host of 192 CPUs",
    layer: "foundation",
    resource: "access-host-template",
    change: (inputs) => (inputs.instanceType = "m7i.48xlarge"),
    says: "foundation-prod/access-host-template: 'instanceType' must be at most 8xlarge, got 'm7i.48xlarge'",
    unknown: "instanceType",
  },
]);

it("COST-03 accepts small groups, and larger ones of others", () => {
  expect(found("COST-03", of(GROUP, "g", { minSize: 1, maxSize: 5 }))).toEqual([]);
  expect(found("COST-03", of(GROUP, "g", { minSize: 10, maxSize: 100 }), ruleOf("COST-03").elsewhere)).toEqual([]);
});

it.each([
  ["aws:rds/instance:Instance", { instanceClass: "db.r7g.16xlarge" }, 1],
  ["aws:rds/instance:Instance", { instanceClass: "db.r7g.xlarge" }, 0],
  ["aws:eks/nodeGroup:NodeGroup", { instanceTypes: ["m7i.xlarge", "c7i.metal-24xl"] }, 1],
  ["aws:ec2/instance:Instance", { instanceType: "t4g.nano" }, 0],
])("COST-03 reads the size of %s %j", (type, inputs, count) => {
  expect(found("COST-03", of(type, "m", inputs))).toHaveLength(count);
});

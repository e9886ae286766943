import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const GROUP = "aws:autoscaling/group:Group";

const POOL = "kubernetes:karpenter.sh/v1:NodePool";
const TYPE = "node.kubernetes.io/instance-type";

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
  {
    what: "nodes of almost every type",
    layer: "platform",
    resource: "cpu",
    type: POOL,
    change: ({ spec }) => (spec.template.spec.requirements[0] = { key: TYPE, operator: "NotIn", values: ["t3.nano"] }),
    says: "platform-prod/cpu: 'spec.template.spec.requirements' must be a list of types (node.kubernetes.io/instance-type In), got 'every size of machine'",
    unknown: "spec.template.spec.requirements",
  },
]);

it.each<[object[], string[]]>([
  [[{ key: TYPE, operator: "In", values: ["m7i.2xlarge"] }], []],
  [[{ key: TYPE, operator: "In", values: ["m7i.2xlarge", "m7i.48xlarge"] }], ["m7i.48xlarge"]],
  [[{ key: "karpenter.k8s.aws/instance-size", operator: "In", values: ["xlarge", "metal"] }], ["metal"]],
  [[{ key: "karpenter.k8s.aws/instance-cpu", operator: "Lt", values: ["33"] }], ["33 CPUs"]],
  [[{ key: "karpenter.k8s.aws/instance-cpu", operator: "Lte", values: ["32"] }], []],
  [[{ key: "karpenter.k8s.aws/instance-cpu", operator: "Gt", values: ["4"] }], ["every size of machine"]],
  [[{ key: "karpenter.k8s.aws/instance-family", operator: "In", values: ["m7i"] }], ["every size of machine"]],
  [[{ key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["p"] }], []],
])("COST-03 reads the requirements %j of a pool", (requirements, got) => {
  const pool = of(POOL, "p", { spec: { template: { spec: { requirements } } } });
  expect(found("COST-03", pool)).toEqual(got.map((each) => `spec.template.spec.requirements: ${each}`));
  expect(found("COST-03", pool, ruleOf("COST-03").elsewhere)).toEqual([]);
});

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

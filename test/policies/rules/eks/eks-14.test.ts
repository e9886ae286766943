import { expect, it } from "vitest";
import { NODE_GROUP_RELEASE, NODE_IMAGE } from "#components/versions";
import { evaluate } from "#policies/evaluate";
import { describeRule, golden, ruleOf } from "../../harness.ts";
import { NODE_CLASS, nodeClass } from "./samples.ts";

const group = { layer: "platform", resource: "system-nodes", type: "aws:eks/nodeGroup:NodeGroup" } as const;

describeRule("EKS-14", [
  {
    ...group,
    what: "the newest image of the day on which the group was made, for ever",
    change: (inputs) => delete inputs.releaseVersion,
    says: "platform-prod/system-nodes: 'releaseVersion' must be a release of the image with its day, such as 1.36.4-20260930, because EKS never replaces the image on its own, got 'nothing'",
    unknown: "releaseVersion",
  },
  {
    ...group,
    what: "a release of no day",
    change: (inputs) => (inputs.releaseVersion = "1.36.4-20261399"),
    says: "platform-prod/system-nodes: 'releaseVersion' must be a release that ends with its day, such as 20260930, got '1.36.4-20261399'",
  },
  {
    ...nodeClass,
    type: NODE_CLASS,
    what: "an old image of Karpenter's nodes",
    change: ({ spec }) => (spec.amiSelectorTerms[0].alias = "al2023@v20250101"),
    says: "platform-prod/training-class: 'spec.amiSelectorTerms.alias' must be an image of the last 180 days, got 'al2023@v20250101' (until 2025-06-30)",
    unknown: "spec.amiSelectorTerms",
  },
  {
    ...group,
    what: "nodes of Amazon Linux 2",
    change: (inputs) => (inputs.amiType = "AL2_ARM_64"),
    says: "platform-prod/system-nodes: 'amiType' must be an image of AL2023 or BOTTLEROCKET, as Amazon Linux 2 has none for nodes any more, got 'AL2_ARM_64'",
    unknown: "amiType",
  },
]);

it("EKS-14 judges every node of prod", async () => {
  const resources = await golden("platform", "prod");
  const { violations } = evaluate(resources, {
    rules: [ruleOf("EKS-14")],
    environment: "prod",
    exceptions: [],
    today: "2031-01-01",
  });
  expect(violations.map(({ address, got }) => `${address.split("/")[1]} ${got}`).sort()).toEqual([
    `cpu-class ${NODE_IMAGE}`,
    `inference-class ${NODE_IMAGE}`,
    `system-nodes ${NODE_GROUP_RELEASE}`,
    `training-class ${NODE_IMAGE}`,
  ]);
});

it.each([
  ["2026-12-28", []],
  ["2026-12-29", ["advisory"]],
  ["2027-03-29", ["advisory"]],
  ["2027-03-30", ["mandatory"]],
])("EKS-14 on %s: %j for an image of 2026-09-30", async (today, expected) => {
  const resources = (await golden("platform", "prod"))
    .filter(({ type }) => type === group.type)
    .map((each) => ({ ...each, inputs: { ...each.inputs, releaseVersion: "1.36.4-20260930" } }));
  const { violations } = evaluate(resources, { rules: [ruleOf("EKS-14")], environment: "prod", exceptions: [], today });
  expect(violations.map(({ level }) => level)).toEqual(expected);
});

import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const NODES = "aws:eks/nodeGroup:NodeGroup";
const nodes = { layer: "platform", resource: "system-nodes", type: NODES } as const;

describeRule("EKS-19", [
  {
    ...nodes,
    what: "nodes that all change at once",
    change: (inputs) => (inputs.updateConfig = { maxUnavailablePercentage: 100 }),
    says: "platform-prod/system-nodes: 'updateConfig.maxUnavailablePercentage' must be at most 50, got '100'",
    unknown: "updateConfig",
  },
  {
    ...nodes,
    what: "as many nodes as there are",
    change: (inputs) => (inputs.updateConfig = { maxUnavailable: "3" }),
    says: "platform-prod/system-nodes: 'updateConfig.maxUnavailable' must be less than the 3 nodes that there are at least, got '3'",
    unknown: "scalingConfig.minSize",
  },
  {
    ...nodes,
    what: "nodes that stay as they are",
    environment: "staging",
    change: (inputs) => delete inputs.nodeRepairConfig,
    says: "platform-staging/system-nodes: 'nodeRepairConfig.enabled' must be true, got 'nothing'",
    unknown: "nodeRepairConfig",
  },
  {
    ...nodes,
    what: "updates that nobody may delay",
    change: (inputs) => (inputs.forceUpdateVersion = "true"),
    says: "platform-prod/system-nodes: 'forceUpdateVersion' must be false: pods are then removed whatever their budget says, got 'true'",
    unknown: "forceUpdateVersion",
  },
]);

it("EKS-19 accepts a third, two of three, and a group of one", () => {
  const { elsewhere } = ruleOf("EKS-19");
  const small = { scalingConfig: { minSize: 1 } };
  expect(found("EKS-19", of(NODES, "n", { updateConfig: { maxUnavailablePercentage: 33 } }), elsewhere)).toEqual([]);
  expect(
    found("EKS-19", of(NODES, "n", { updateConfig: { maxUnavailable: 2 }, scalingConfig: { minSize: 3 } }), elsewhere),
  ).toEqual([]);
  expect(found("EKS-19", of(NODES, "n", { updateConfig: { maxUnavailable: 1 }, ...small }), elsewhere)).toEqual([]);
  expect(found("EKS-19", of(NODES, "n", {}), elsewhere)).toEqual([]);
});

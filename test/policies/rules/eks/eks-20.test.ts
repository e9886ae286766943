import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const NODES = "aws:eks/nodeGroup:NodeGroup";
const nodes = { layer: "platform", resource: "system-nodes", type: NODES } as const;

describeRule("EKS-20", [
  {
    ...nodes,
    what: "nodes that AWS takes back",
    change: (inputs) => (inputs.capacityType = "SPOT"),
    says: "platform-prod/system-nodes: 'capacityType' must be ON_DEMAND, got 'SPOT'",
    unknown: "capacityType",
  },
  {
    ...nodes,
    what: "nodes for everybody",
    change: (inputs) => delete inputs.taints,
    says: "platform-prod/system-nodes: 'taints' must be a list with CriticalAddonsOnly NO_SCHEDULE, got 'nothing'",
    unknown: "taints",
  },
  {
    ...nodes,
    what: "one node for all controllers",
    change: (inputs) => (inputs.scalingConfig = { minSize: 1, desiredSize: 1, maxSize: 1 }),
    says: "platform-prod/system-nodes: 'scalingConfig.minSize' must be at least 2, got '1'",
    unknown: "scalingConfig.minSize",
  },
  {
    ...nodes,
    what: "nodes for controllers in one zone",
    change: (inputs) => inputs.subnetIds.splice(1),
    says: "platform-prod/system-nodes: 'subnetIds' must be at least 2, each in a zone of its own, got '1'",
    unknown: "subnetIds",
  },
]);

it("EKS-20 lets other groups be what they are", () => {
  const taint = { key: "CriticalAddonsOnly", effect: "NO_SCHEDULE" };
  const inOthers = (inputs: object) => found("EKS-20", of(NODES, "n", inputs), ruleOf("EKS-20").elsewhere);
  expect(inOthers({ capacityType: "SPOT" })).toEqual([]);
  expect(inOthers({ labels: { "millrace.dev/pool": "system" } })).toEqual([]);
  expect(inOthers({ capacityType: "spot", taints: [taint] })).toEqual(["capacityType: spot"]);
  expect(inOthers({ capacityType: "ON_DEMAND", taints: [taint] })).toEqual([]);
  // One that may be ignored keeps nobody away.
  const soft = [{ ...taint, effect: "PREFER_NO_SCHEDULE" }];
  const sized = { scalingConfig: { minSize: 2 }, subnetIds: ["subnet-1", "subnet-2"] };
  expect(found("EKS-20", of(NODES, "n", { ...sized, labels: { "millrace.dev/pool": "system" }, taints: soft }))).toHaveLength(1);
});

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
  expect(found("EKS-20", of(NODES, "n", { labels: { "millrace.dev/pool": "system" }, taints: soft }))).toHaveLength(1);
});

import { describe, expect, it } from "vitest";
import type { SizedPod } from "#components/pods/workload";
import type { Pool } from "#plan/capacity/pools";
import { needOf } from "#plan/capacity/quantity";
import { selects } from "#plan/capacity/selection";

const pool = {
  instanceType: "m7i.xlarge",
  labels: { disk: "fast", size: "4" },
  choices: { "karpenter.sh/capacity-type": ["spot", "on-demand"] },
  zones: ["eu-north-1a", "eu-north-1b"],
} as unknown as Pool;
const zone = "topology.kubernetes.io/zone";

const requiring = (...terms: object[][]) =>
  ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
        },
      },
    },
    containers: [],
  }) as unknown as SizedPod;

describe("a pod selects the nodes of a pool", () => {
  it.each([
    [true, "In", "disk", ["slow", "fast"]],
    [false, "In", "disk", ["slow"]],
    [false, "In", "none", ["slow"]],
    [false, "NotIn", "disk", ["fast"]],
    [true, "NotIn", "disk", ["slow"]],
    [true, "NotIn", "none", ["slow"]],
    [true, "Exists", "disk", []],
    [false, "Exists", "none", []],
    [false, "DoesNotExist", "disk", []],
    [true, "DoesNotExist", "none", []],
    [true, "Gt", "size", ["3"]],
    [false, "Gt", "size", ["4"]],
    [true, "Lt", "size", ["5"]],
    [false, "Lt", "size", ["4"]],
    [true, "In", "karpenter.sh/capacity-type", ["on-demand"]],
    [false, "In", "karpenter.sh/capacity-type", ["reserved"]],
    [true, "In", zone, ["eu-north-1b"]],
    [false, "In", zone, ["eu-north-1c"]],
    [true, "In", "topology.kubernetes.io/region", ["eu-north-1"]],
    [true, "In", "node.kubernetes.io/instance-type", ["m7i.xlarge"]],
  ])("%s: %s %s %j", (expected, operator, key, values) => {
    expect(selects(requiring([{ key, operator, values }]), pool)).toBe(expected);
  });

  it("by all requirements of a term, and by any term; a term without requirements selects nothing", () => {
    const fast = { key: "disk", operator: "Exists" };
    const slow = { key: "disk", operator: "DoesNotExist" };
    expect(selects(requiring([fast, slow]), pool)).toBe(false);
    expect(selects(requiring([slow], [fast]), pool)).toBe(true);
    expect(selects(requiring([]), pool)).toBe(false);
  });

  it("by its selector, in one zone", () => {
    const selector = { nodeSelector: { [zone]: "eu-north-1b" }, containers: [] };
    expect(selects(selector, pool)).toBe(true);
    expect(selects(selector, pool, "eu-north-1b")).toBe(true);
    expect(selects(selector, pool, "eu-north-1a")).toBe(false);
  });
});

it("thousandths of a CPU add up to what they are", () => {
  const container = (cpu: string) => ({ name: cpu, resources: { requests: { cpu } } });
  expect(needOf({ containers: [container("100m"), container("200m")] }).cpuMillis).toBe(300);
  expect(needOf({ containers: [container("9m")] }).cpuMillis).toBe(9);
  expect(needOf({ containers: [container("0.0001")] }).cpuMillis).toBe(1);
});

import { describe, expect, it } from "vitest";
import { onGpuNodes } from "#components/gpu/gpu-nodes";
import { shutOut } from "#plan/capacity/daemons";
import type { Demand } from "#plan/capacity/demand";
import type { Pool } from "#plan/capacity/pools";

const gpuTaint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" };
const gpuLabel = onGpuNodes.nodeSelector;
const pools = [
  { name: "cpu", labels: {}, choices: {}, zones: [], taints: [] },
  { name: "training", labels: gpuLabel, choices: {}, zones: [], taints: [gpuTaint] },
  { name: "spot", labels: gpuLabel, choices: {}, zones: [], taints: [gpuTaint, { key: "spot", effect: "NoExecute" }] },
] as unknown as Pool[];

const agent = (pod: object, kind = "DaemonSet") => [{ kind, namespace: "logs", name: "agent", pod }] as unknown as Demand[];
const sentence = (taint: string, pool: string) =>
  `dev: DaemonSet 'logs/agent' must tolerate the taint '${taint}' of pool '${pool}', whose nodes it selects: add the toleration to its values`;

describe("a DaemonSet", () => {
  it("is reported for each taint of a pool that it selects and does not tolerate", () => {
    expect(shutOut("dev", pools, agent({ nodeSelector: gpuLabel, tolerations: onGpuNodes.tolerations }))).toEqual([
      sentence("spot", "spot"),
    ]);
    expect(shutOut("dev", pools, agent({}))).toEqual([
      sentence("nvidia.com/gpu", "training"),
      sentence("nvidia.com/gpu", "spot"),
      sentence("spot", "spot"),
    ]);
  });

  it.each([
    ["another effect", { key: "nvidia.com/gpu", operator: "Exists", effect: "NoExecute" }],
    ["another value", { key: "nvidia.com/gpu", operator: "Equal", value: "false" }],
    ["no value", { key: "nvidia.com/gpu" }],
  ])("does not tolerate a taint by %s", (_, toleration) => {
    expect(shutOut("dev", pools.slice(0, 2), agent({ tolerations: [toleration] }))).toEqual([
      sentence("nvidia.com/gpu", "training"),
    ]);
  });

  it("is not reported where it tolerates everything, or selects other nodes", () => {
    expect(shutOut("dev", pools, agent({ tolerations: [{ operator: "Exists" }] }))).toEqual([]);
    expect(shutOut("dev", pools, agent({ nodeSelector: { disk: "fast" } }))).toEqual([]);
  });

  it("is the only kind that belongs on every node", () => {
    expect(shutOut("dev", pools, agent({}, "Deployment"))).toEqual([]);
  });
});

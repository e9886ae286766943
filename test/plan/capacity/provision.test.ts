import { expect, test } from "vitest";
import { systemNodes } from "#rehearsal/cluster/nodes/nodes";
import { missingNode, type Present } from "./provision.ts";

const ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"];
const nodes = systemNodes(ZONES, { instanceType: "t3.large", nodes: 3 });
const taint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" };
const toleration = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };
const pool = (name: string, label: string, weight: number) => ({
  metadata: { name },
  spec: {
    weight,
    limits: { "nvidia.com/gpu": "2" },
    template: {
      metadata: { labels: { "millrace.dev/pool": label } },
      spec: {
        taints: [taint],
        requirements: [
          { key: "karpenter.sh/capacity-type", operator: "In", values: ["spot", "on-demand"] },
          { key: "node.kubernetes.io/instance-type", operator: "In", values: ["g6.xlarge"] },
        ],
      },
    },
  },
});
const gpuPod = (selector: Record<string, string>, tolerations: object[] = [toleration]) => ({
  spec: { nodeSelector: selector, tolerations, containers: [{ resources: { limits: { "nvidia.com/gpu": "1" } } }] },
});
const present = (pools: Present["pools"], others: Present["nodes"] = []): Present => ({
  nodes: [...nodes, ...others],
  pools,
  daemons: [],
  zones: ZONES,
});
const inference = { "millrace.dev/pool": "inference" };

test("system nodes have the room of their type, and the taint that keeps teams' pods away", () => {
  for (const { room, taints } of nodes) {
    expect(room).toEqual({ cpuMillis: 1_930, memoryMiB: 6_012, pods: 110, gpus: 0 });
    expect(taints).toEqual([{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }]);
  }
});

test("system nodes are in three zones and carry the pool's label", () => {
  expect(nodes.map(({ labels }) => [labels["topology.kubernetes.io/zone"], labels["millrace.dev/pool"]])).toEqual([
    ["eu-west-1a", "system"],
    ["eu-west-1b", "system"],
    ["eu-west-1c", "system"],
  ]);
});

test("a node comes from the pool whose labels and taints match the pod", () => {
  const pools = [pool("training", "training", 50), pool("inference", "inference", 10)];
  const node = missingNode(gpuPod(inference), present(pools));
  expect(node).toEqual({
    name: "inference-1",
    room: { cpuMillis: 3_920, memoryMiB: 13_590, pods: 110, gpus: 1 },
    taints: [taint],
    labels: {
      "kubernetes.io/hostname": "inference-1",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": "eu-west-1",
      "topology.kubernetes.io/zone": "eu-west-1a",
      "karpenter.sh/nodepool": "inference",
      "karpenter.sh/capacity-type": "spot",
      "node.kubernetes.io/instance-type": "g6.xlarge",
      "millrace.dev/pool": "inference",
    },
  });
  // The pool's limit is two nodes: a third pod waits.
  const second = missingNode(gpuPod(inference), present(pools, [node!]));
  expect(second?.name).toBe("inference-2");
  expect(missingNode(gpuPod(inference), present(pools, [node!, second!]))).toBeUndefined();
});

test("a pod that does not tolerate the pool's taint gets no node of the pool", () => {
  expect(missingNode(gpuPod(inference, []), present([pool("inference", "inference", 10)]))).toBeUndefined();
});

test("a pod without special needs waits for room", () => {
  expect(missingNode({ spec: { containers: [{}] } }, present([]))).toBeUndefined();
});

test("a pod gets its node in the zone of its volume", () => {
  const pools = [pool("inference", "inference", 10)];
  const zoneOf = (zone?: string) => missingNode(gpuPod(inference), present(pools), zone)?.labels["topology.kubernetes.io/zone"];
  expect(zoneOf()).toBe("eu-west-1a");
  expect(zoneOf("eu-west-1c")).toBe("eu-west-1c");
  expect(zoneOf("eu-west-1d")).toBeUndefined();
});

test("a pod that is larger than the empty nodes of a pool, beside their DaemonSets, gets no node", () => {
  const pools = [pool("inference", "inference", 10)];
  const large = (cpu: string) => {
    const pod = gpuPod(inference);
    return { spec: { ...pod.spec, containers: [{ resources: { requests: { cpu } } }] } };
  };
  const daemon = { spec: { template: large("100m") } };
  expect(missingNode(large("3920m"), present(pools))?.name).toBe("inference-1");
  expect(missingNode(large("3921m"), present(pools))).toBeUndefined();
  expect(missingNode(large("3820m"), { ...present(pools), daemons: [daemon] })?.name).toBe("inference-1");
  expect(missingNode(large("3821m"), { ...present(pools), daemons: [daemon] })).toBeUndefined();
});

test("a node has the capacity type that its pod asks for", () => {
  const bought = (type: string) =>
    missingNode(gpuPod({ "karpenter.sh/capacity-type": type }), present([pool("inference", "inference", 10)]))?.labels;
  expect(bought("on-demand")).toMatchObject({ "karpenter.sh/capacity-type": "on-demand" });
  expect(bought("reserved")).toBeUndefined();
});

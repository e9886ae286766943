import { expect, test } from "vitest";
import { systemNodes } from "#rehearsal/cluster/nodes/nodes";
import { missingNode, wantedLabels } from "#rehearsal/cluster/nodes/provision";

const REGION = "eu-west-1";
const nodes = systemNodes(REGION, { instanceType: "t3.large", nodes: 3 });
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
  const node = missingNode(gpuPod(inference), nodes, pools, REGION);
  expect(node).toEqual({
    name: "inference-1",
    room: { cpuMillis: 3_920, memoryMiB: 13_590, pods: 110, gpus: 1 },
    taints: [taint],
    labels: {
      "kubernetes.io/hostname": "inference-1",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "topology.kubernetes.io/region": REGION,
      "topology.kubernetes.io/zone": "eu-west-1a",
      "karpenter.sh/nodepool": "inference",
      "node.kubernetes.io/instance-type": "g6.xlarge",
      "millrace.dev/pool": "inference",
    },
  });
  // The pool's limit is two nodes: a third pod waits.
  const second = missingNode(gpuPod(inference), [...nodes, node!], pools, REGION);
  expect(second?.name).toBe("inference-2");
  expect(missingNode(gpuPod(inference), [...nodes, node!, second!], pools, REGION)).toBeUndefined();
});

test("a pod that does not tolerate the pool's taint gets no node of the pool", () => {
  expect(missingNode(gpuPod(inference, []), nodes, [pool("inference", "inference", 10)], REGION)).toBeUndefined();
});

test("a pod without special needs waits for room", () => {
  expect(missingNode({ spec: { containers: [{}] } }, nodes, [], REGION)).toBeUndefined();
});

test("labels come from the selector and from the required affinity", () => {
  const nodeAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: "a", operator: "In", values: ["1", "2"] },
            { key: "b", operator: "Exists" },
            { key: "c", operator: "NotIn", values: ["3"] },
          ],
        },
      ],
    },
  };
  expect(wantedLabels({ spec: { affinity: { nodeAffinity }, nodeSelector: { d: "4" } } })).toEqual({ a: "1", b: "true", d: "4" });
});

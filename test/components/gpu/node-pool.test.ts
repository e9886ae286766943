import { EC2NodeClass } from "@kubernetes-models/karpenter/karpenter.k8s.aws/v1/EC2NodeClass";
import { NodePool as NodePoolSchema } from "@kubernetes-models/karpenter/karpenter.sh/v1/NodePool";
import { describe, expect, it } from "vitest";
import { NodePool } from "#components/gpu/node-pool";
import type { GpuPoolArgs } from "#components/gpu/node-pool-args";
import type { GpuInstanceType } from "#components/instances/instance";
import { GPU_INSTANCES } from "#components/instances/table";
import { record, refusal } from "../../harness/graph.ts";
import { nodePool as minimal } from "../minimal.ts";

const pool = (args: Partial<GpuPoolArgs> = {}) => record(() => void new NodePool("gpu", { ...minimal, ...args } as GpuPoolArgs));
const objects = async (args: Partial<GpuPoolArgs> = {}) => {
  const graph = await pool(args);
  const of = (kind: string) => graph.find((resource) => resource.custom && resource.type.endsWith(`:${kind}`));
  return { nodeClass: of("EC2NodeClass"), nodePool: of("NodePool") };
};

describe("NodePool", () => {
  it("is a class of nodes and the pool that starts them, in this order", async () => {
    const graph = (await pool()).filter(({ parent }) => parent === "gpu");
    expect(graph.map(({ type, name }) => `${type} ${name}`)).toEqual([
      "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass gpu-class",
      "kubernetes:karpenter.sh/v1:NodePool gpu",
    ]);
    expect(graph[1]?.dependencies).toEqual(["gpu-class"]);
  });

  it("describes a node", async () => {
    expect((await objects()).nodeClass?.inputs).toEqual({
      apiVersion: "karpenter.k8s.aws/v1",
      kind: "EC2NodeClass",
      metadata: { name: "gpu" },
      spec: {
        amiSelectorTerms: [{ alias: expect.stringMatching(/^al2023@v\d{8}$/) }],
        role: "karpenter-node",
        kubelet: { maxPods: 110 },
        subnetSelectorTerms: [{ id: "subnet-a" }, { id: "subnet-b" }],
        securityGroupSelectorTerms: [{ id: "sg-nodes" }],
        metadataOptions: {
          httpEndpoint: "enabled",
          httpProtocolIPv6: "disabled",
          httpPutResponseHopLimit: 1,
          httpTokens: "required",
        },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: "300Gi", encrypted: true, deleteOnTermination: true },
          },
        ],
        instanceStorePolicy: "RAID0",
        tags: { project: "millrace" },
      },
    });
  });

  it("describes when nodes start and end, and limits their GPUs", async () => {
    expect((await objects()).nodePool?.inputs).toEqual({
      apiVersion: "karpenter.sh/v1",
      kind: "NodePool",
      metadata: { name: "gpu" },
      spec: {
        limits: { "nvidia.com/gpu": "8" },
        disruption: {
          consolidationPolicy: "WhenEmpty",
          consolidateAfter: "600s",
          budgets: [
            { nodes: "100%", reasons: ["Empty"] },
            { nodes: "0", reasons: ["Drifted"] },
            { nodes: "0", reasons: ["Underutilized"] },
          ],
        },
        template: {
          metadata: {
            labels: { "millrace.dev/pool": "gpu", "millrace.dev/accelerator": "l4", "nvidia.com/gpu.present": "true" },
          },
          spec: {
            nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "gpu" },
            taints: [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }],
            expireAfter: "336h",
            terminationGracePeriod: "24h",
            requirements: [
              { key: "node.kubernetes.io/instance-type", operator: "In", values: ["g6.xlarge"] },
              { key: "karpenter.sh/capacity-type", operator: "In", values: ["spot", "on-demand"] },
            ],
          },
        },
      },
    });
  });

  it("takes reserved capacity, one zone, and nodes that are kept", async () => {
    const { nodeClass, nodePool } = await objects({
      capacity: ["reserved"],
      capacityReservationIds: ["cr-0123456789abcdef0"],
      consolidation: { when: "never" },
      zones: ["eu-west-1a"],
    });
    expect(nodeClass?.inputs["spec"].capacityReservationSelectorTerms).toEqual([{ id: "cr-0123456789abcdef0" }]);
    expect(nodePool?.inputs["spec"].disruption.consolidateAfter).toBe("Never");
    expect(nodePool?.inputs["spec"].template.spec.requirements.slice(1)).toEqual([
      { key: "karpenter.sh/capacity-type", operator: "In", values: ["reserved"] },
      { key: "topology.kubernetes.io/zone", operator: "In", values: ["eu-west-1a"] },
    ]);
  });

  it("encrypts volumes with the key that it is given", async () => {
    const volumeKeyArn = "arn:aws:kms:eu-west-1:111111111111:key/disks";
    const { nodeClass } = await objects({ volumeKeyArn });
    expect(nodeClass?.inputs["spec"].blockDeviceMappings[0].ebs).toMatchObject({ encrypted: true, kmsKeyID: volumeKeyArn });
    expect(() => new EC2NodeClass(nodeClass?.inputs as never).validate()).not.toThrow();
  });

  it("replaces drifted inference nodes one at a time", async () => {
    const { nodePool } = await objects({ use: "inference" });
    expect(nodePool?.inputs["spec"].disruption.budgets[1]).toEqual({ nodes: "1", reasons: ["Drifted"] });
  });

  it("hands on what a pod needs to run there", async () => {
    let reference: unknown;
    await record(() => {
      reference = new NodePool("gpu", { ...minimal, instanceType: "p5.48xlarge", maxGpus: 64 }).reference;
    });
    expect(reference).toEqual({
      flavor: "gpu",
      nodeLabels: { "millrace.dev/pool": "gpu", "millrace.dev/accelerator": "h100" },
      gpus: 64,
      // 192 processors and 2,048 GiB, less what kubelet and the node's own pods keep.
      cpus: 190,
      memoryGiB: 1890,
      gpusPerNode: 8,
    });
  });

  it.each(Object.keys(GPU_INSTANCES) as GpuInstanceType[])(
    "%s: objects as Karpenter's schemas want them",
    async (instanceType) => {
      for (const use of ["training", "inference"] as const) {
        const { nodeClass, nodePool } = await objects({ instanceType, use, maxGpus: GPU_INSTANCES[instanceType].gpus * 2 });
        expect(() => new EC2NodeClass(nodeClass?.inputs as never).validate()).not.toThrow();
        expect(() => new NodePoolSchema(nodePool?.inputs as never).validate()).not.toThrow();
      }
    },
  );

  const known = Object.keys(GPU_INSTANCES).join(", ");
  it.each<[Partial<Record<keyof GpuPoolArgs, unknown>>, string]>([
    [{ instanceType: "g6.xlrge" }, `'instanceType' must be one of ${known}, got 'g6.xlrge'. Did you mean 'g6.xlarge'?`],
    [{ instanceType: "m7i.large" }, `'instanceType' must be one of ${known}, got 'm7i.large'`],
    [{ maxGpus: 0 }, "'maxGpus' must be a whole number of at least 1, got '0'"],
    [{ instanceType: "p5.48xlarge", maxGpus: 12 }, "'maxGpus' must be a multiple of 8, the GPUs of one p5.48xlarge, got '12'"],
    [{ instanceType: "p5.48xlarge", maxGpus: 4 }, "'maxGpus' must be a whole number of at least 8, got '4'"],
    [{ capacity: [] }, "'capacity' must be a list of at least 1 entries, got '0'"],
    [{ capacity: ["cheap"] }, "'capacity' must be one of reserved, spot, on-demand, got 'cheap'"],
    [
      { capacity: ["on-demand", "spot"] },
      "'capacity' must be in the order in which Karpenter prefers them (spot, on-demand), got 'on-demand, spot'",
    ],
    [{ capacity: ["spot", "spot"] }, "'capacity' must be in the order in which Karpenter prefers them (spot), got 'spot, spot'"],
    [
      { capacity: ["reserved"] },
      "'capacityReservationIds' must be a list of at least 1 entries where capacity is reserved, which selects nothing otherwise, got 'none'",
    ],
    [
      { capacity: ["reserved", "on-demand"], capacityReservationIds: [] },
      "'capacityReservationIds' must be a list of at least 1 entries where capacity is reserved, which selects nothing otherwise, got 'none'",
    ],
    [
      { capacity: ["reserved"], capacityReservationIds: ["cr-0", "cr-0"] },
      "'capacityReservationIds' must be distinct, got 'cr-0'",
    ],
    [
      { capacityReservationIds: ["cr-0"] },
      "'capacityReservationIds' must be left out where capacity is not reserved, got 'cr-0'",
    ],
    [
      { capacity: ["reserved"], capacityReservationIds: ["r-0"] },
      "'capacityReservationIds' must be ids of capacity reservations, cr-…, got 'r-0'",
    ],
    [
      { consolidation: { when: "empty", afterSeconds: -1 } },
      "'consolidation.afterSeconds' must be a whole number of at least 0, got '-1'",
    ],
    [{ expireAfterHours: 0 }, "'expireAfterHours' must be a whole number of at least 1, got '0'"],
    [{ terminationGraceHours: 0 }, "'terminationGraceHours' must be a whole number of at least 1, got '0'"],
    [{ diskGiB: 20 }, "'diskGiB' must be a whole number of at least 50, got '20'"],
    [{ subnetIds: [] }, "'subnetIds' must be a list of at least 1 entries, got '0'"],
    [{ zones: [] }, "'zones' must be a list of at least 1 entries, got '0'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new NodePool("gpu", { ...minimal, ...args } as GpuPoolArgs))).toBe(message);
  });

  it("refuses a name that the cluster would refuse", async () => {
    expect(await refusal(() => new NodePool("GPU", minimal))).toBe(
      "'name' must be lower-case letters, digits and hyphens, beginning with a letter, at most 63 characters, got 'GPU'",
    );
  });
});

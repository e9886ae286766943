import { describe, expect, it } from "vitest";
import { allocatable } from "#components/instances/allocatable";
import { INSTANCE_TYPES, instanceOf, isGpuInstanceType, nearestGpuInstanceType } from "#components/instances/instance";
import { GPU_INSTANCES } from "#components/instances/table";

describe("instance types", () => {
  it.each(Object.entries(GPU_INSTANCES))("%s has GPU facts that fit together", (type, facts) => {
    expect(type).toMatch(/^[gp]\d[a-z0-9-]*\.\d*xlarge$/);
    expect(facts.gpuModel).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(facts.cpus % facts.gpus).toBe(0);
    expect(facts.memoryMiB % (1024 * facts.gpus)).toBe(0);
    expect(facts.gpuMemoryMiB).toBeGreaterThanOrEqual(16_384);
  });

  it.each([
    ["g6.xlarge", "g6.xlarge"],
    ["g6.xlrge", "g6.xlarge"],
    ["p5.48xlage", "p5.48xlarge"],
    ["m7i.large", undefined],
    ["", undefined],
  ])("finds near %j: %j", (text, nearest) => {
    expect(nearestGpuInstanceType(text)).toBe(nearest);
  });

  it("knows the types of the table, and no property of Object", () => {
    expect(isGpuInstanceType("g6.xlarge")).toBe(true);
    expect(isGpuInstanceType("m7i.large")).toBe(false);
    expect(isGpuInstanceType("toString")).toBe(false);
    expect(instanceOf("m7i.large")).toMatchObject({ type: "m7i.large", cpus: 2, memoryMiB: 8192, gpus: 0, arch: "amd64" });
    expect(instanceOf("toString")).toBeUndefined();
  });

  it("limits pods by addresses, and by EKS at 110 or 250", () => {
    expect(instanceOf("m7i.large")?.maxPods).toBe(110);
    expect(instanceOf("p5.48xlarge")?.maxPods).toBe(250);
    expect(INSTANCE_TYPES.filter((type) => ![110, 250].includes(instanceOf(type)!.maxPods))).toEqual([]);
  });
});

describe("allocatable", () => {
  // Karpenter's reference page says 1930m and 6903Mi for m7i.large with its 29 pods; 81 pods more cost 891 MiB.
  it.each([
    ["m7i.large", { cpuMillis: 1_930, memoryMiB: 6_903 - 891, pods: 110, gpus: 0 }],
    ["m7i.xlarge", { cpuMillis: 3_920, memoryMiB: 16_384 - 1_229 - 1_465 - 100, pods: 110, gpus: 0 }],
    ["m7g.large", { cpuMillis: 1_930, memoryMiB: 8_128 - 610 - 1_465 - 100, pods: 110, gpus: 0 }],
    ["g6.xlarge", { cpuMillis: 3_920, memoryMiB: 16_384 - 1_229 - 1_465 - 100, pods: 110, gpus: 1 }],
    ["p5.48xlarge", { cpuMillis: 191_450, memoryMiB: 2_097_152 - 157_287 - 3_005 - 100, pods: 250, gpus: 8 }],
  ])("of %s follows EKS's formulas", (type, room) => {
    expect(allocatable(type)).toEqual(room);
  });

  it("counts the disk where it is known", () => {
    expect(allocatable("m7i.large", { diskGiB: 50 })?.storageGiB).toBe(44);
  });

  it("says nothing about an unknown type", () => {
    expect(allocatable("m99i.large")).toBeUndefined();
  });

  it("leaves room on every type of the table", () => {
    for (const type of INSTANCE_TYPES) {
      const { cpuMillis, memoryMiB } = allocatable(type)!;
      const { cpus, memoryMiB: installed } = instanceOf(type)!;
      expect(cpuMillis, type).toBeGreaterThan(cpus * 960);
      expect(memoryMiB, type).toBeGreaterThan(installed * 0.5);
    }
  });
});

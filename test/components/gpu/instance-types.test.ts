import { describe, expect, it } from "vitest";
import { GPU_INSTANCES, isGpuInstanceType, nearestGpuInstanceType } from "#components/gpu/instance-types";

describe("GPU instance types", () => {
  it.each(Object.entries(GPU_INSTANCES))("%s has facts that fit together", (type, facts) => {
    expect(type).toMatch(/^[gp]\d[a-z0-9-]*\.\d*xlarge$/);
    expect(facts.model).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
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

  it("knows the sizes of the table, and no property of Object", () => {
    expect(isGpuInstanceType("g6.xlarge")).toBe(true);
    expect(isGpuInstanceType("m7i.large")).toBe(false);
    expect(isGpuInstanceType("toString")).toBe(false);
  });
});

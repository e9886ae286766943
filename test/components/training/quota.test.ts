import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GPU_INSTANCES } from "#components/instances/table";
import { quotaProblem, shareOf } from "#components/training/quota";

const pool = { flavor: "gpu-training", gpus: 16, cpus: 192, memoryGiB: 2_048, gpusPerNode: 8 };

describe("shareOf", () => {
  it("gives each GPU its part of the node's processors and memory", () => {
    expect(shareOf(pool, 4)).toEqual({ cpu: "96", memory: "1024Gi", "nvidia.com/gpu": "4" });
    expect(shareOf(pool, 0)).toEqual({ cpu: "0", memory: "0Gi", "nvidia.com/gpu": "0" });
  });

  const pools = fc.constantFrom(...Object.values(GPU_INSTANCES)).chain(({ gpus, cpus, memoryMiB }) =>
    fc.record({
      flavor: fc.constant("pool"),
      gpus: fc.integer({ min: 1, max: 64 }).map((nodes) => nodes * gpus),
      cpus: fc.constant(cpus),
      memoryGiB: fc.constant(memoryMiB / 1024),
      gpusPerNode: fc.constant(gpus),
    }),
  );

  it("never adds up to more than the pool's nodes have, however it is split", () => {
    fc.assert(
      fc.property(pools, fc.array(fc.integer({ min: 0, max: 512 }), { maxLength: 8 }), (any, wishes) => {
        let left = any.gpus;
        const shares = wishes.map((wish) => {
          const gpus = Math.min(wish, left);
          left -= gpus;
          return shareOf(any, gpus);
        });
        const sum = (values: string[]): number => values.reduce((total, value) => total + Number.parseInt(value, 10), 0);
        const nodes = any.gpus / any.gpusPerNode;
        expect(sum(shares.map(({ cpu }) => cpu))).toBeLessThanOrEqual(nodes * any.cpus);
        expect(sum(shares.map(({ memory }) => memory))).toBeLessThanOrEqual(nodes * any.memoryGiB);
      }),
    );
  });

  it("gives a whole pool all that its nodes have", () => {
    fc.assert(
      fc.property(pools, (any) => {
        const nodes = any.gpus / any.gpusPerNode;
        expect(shareOf(any, any.gpus)).toEqual({
          cpu: String(nodes * any.cpus),
          memory: `${nodes * any.memoryGiB}Gi`,
          "nvidia.com/gpu": String(any.gpus),
        });
      }),
    );
  });
});

describe("quotaProblem", () => {
  it("finds no problem while quotas fit, to the last GPU", () => {
    expect(quotaProblem(pool, {})).toBeUndefined();
    expect(quotaProblem(pool, { risk: 12, growth: 4 })).toBeUndefined();
  });

  it("says by how much they exceed the pool", () => {
    expect(quotaProblem(pool, { risk: 12, growth: 5 })).toBe(
      "the GPU quotas of all teams must add up to at most 16, the limit of pool 'gpu-training', got 17 (risk 12, growth 5): lower a quota or raise the pool's limit",
    );
  });

  it("finds a problem exactly when the sum is larger than the limit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), fc.dictionary(fc.string(), fc.integer({ min: 0, max: 32 })), (gpus, teams) => {
        const total = Object.values(teams).reduce((sum, quota) => sum + quota, 0);
        expect(quotaProblem({ flavor: "pool", gpus }, teams) !== undefined).toBe(total > gpus);
      }),
    );
  });
});

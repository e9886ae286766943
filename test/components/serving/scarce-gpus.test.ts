import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelServingArgs } from "#components/serving/model-serving";
import type { Canary } from "#components/serving/strategies/canary";
import { quickReturn } from "#components/serving/strategies/quick-return";
import { mostServers } from "#components/serving/strategies/scarce-gpus";
import { named } from "../named.ts";
import { minimal, serving } from "./fixture.ts";

const onGpus: Partial<ModelServingArgs> = {
  compute: { kind: "gpu", gpus: 1, nodeLabels: { "millrace.dev/pool": "inference" } },
};
const scarce = (values: object = {}): Canary => ({ kind: "canary", scarceGpus: true, ...values });
const released = async (strategy: Canary) =>
  named(await serving({ ...onGpus, strategy } as never), "fraud-rollout").inputs["spec"].strategy.canary;

describe("a canary with scarce GPUs", () => {
  it("lets the old version shrink, without the delays that Argo Rollouts refuses or that keep GPUs from old pods", async () => {
    const [usual, saving] = [await released({ kind: "canary" }), await released(scarce())];
    const { scaleDownDelaySeconds, abortScaleDownDelaySeconds, ...rest } = usual;
    expect([scaleDownDelaySeconds, abortScaleDownDelaySeconds]).toEqual([600, 30]);
    expect(saving).toEqual({ ...rest, dynamicStableScale: true });
  });

  it("is the usual one where it is not asked for", async () => {
    expect(await released({ kind: "canary", scarceGpus: false })).toEqual(await released({ kind: "canary" }));
  });

  it("keeps its shares when a version comes back: two shares would need the GPUs of two versions", () => {
    const { stepSeconds, soakSeconds } = quickReturn({ kind: "canary" });
    expect(quickReturn(scarce({ weights: [5, 30, 60, 100] }))).toEqual({
      ...scarce({ weights: [5, 30, 60, 100] }),
      analysis: {},
      stepSeconds,
      soakSeconds,
    });
    expect(quickReturn(scarce())).not.toHaveProperty("weights");
  });

  it.each<[string, object, string]>([
    [
      "servers on CPUs",
      { strategy: scarce() },
      "'strategy.scarceGpus' must be left out where 'compute.kind' is not gpu: it saves GPUs, and an abort is no longer instant, got 'true'",
    ],
    [
      "old pods that stay",
      { ...onGpus, strategy: scarce({ scaleDownDelaySeconds: 600 }) },
      "'strategy.scaleDownDelaySeconds' must be left out beside scarceGpus: no old pod is left to stay, got '600'",
    ],
    [
      "an increase that needs the pods of two versions",
      { ...onGpus, strategy: scarce({ weights: [5, 100] }) },
      "'strategy.weights' must be shares that rise by at most 60 at a time beside scarceGpus: a larger increase needs the GPUs of two versions, got '5,100'",
    ],
  ])("is refused with %s", async (_, args, sentence) => {
    await expect(serving({ ...minimal, ...args } as never)).rejects.toThrow(sentence);
  });
});

describe("the servers of both versions", () => {
  it.each<[number, readonly number[], number]>([
    [1, [5, 20, 50, 100], 2],
    [2, [5, 20, 50, 100], 3],
    [4, [5, 20, 50, 100], 6],
    [10, [5, 20, 50, 100], 15],
    [10, [5, 20, 40, 60, 80, 100], 12],
    [20, [5, 100], 39],
  ])("of %d at rest are with the shares %j at most %d", (servers, weights, most) => {
    expect(mostServers(servers, weights)).toBe(most);
  });

  it("are more than those of one version, and never more than those of two", () => {
    const shares = fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 })
      .map((list) => [...list.toSorted((a, b) => a - b), 100]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), shares, (servers, weights) => {
        expect(mostServers(servers, weights)).toBeGreaterThan(servers);
        expect(mostServers(servers, weights)).toBeLessThanOrEqual(2 * servers);
      }),
    );
  });
});

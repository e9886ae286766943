import { describe, expect, it } from "vitest";
import { stableVersionOf, withVersion } from "#scripts/stable/version";
import { named } from "../components/named.ts";
import { DIGEST, serving } from "../components/serving/fixture.ts";

const rolloutWith = async (status: object | undefined) => {
  const { spec, metadata } = named(await serving(), "fraud-rollout").inputs as any;
  return { kind: "Rollout", metadata: { ...metadata, generation: 3 }, spec, ...(status && { status }) };
};
const STABLE = { phase: "Healthy", observedGeneration: "3", stableRS: "a1", currentPodHash: "a1" };
const version = { version: "3", sha256: "b".repeat(64), image: DIGEST };

describe("recording a version that has been stable", () => {
  it.each([
    ["", "the input must be a Rollout as JSON, got nothing: pipe `kubectl"],
    ["kubectl: not found", "the input must be a Rollout as JSON, got other text"],
    ["null", "the input must be a Rollout, got another object"],
    ["{}", "the input must be a Rollout, got another object (kind: "],
  ])("refuses %j in a sentence", (json, sentence) => {
    expect(() => stableVersionOf(json)).toThrow(sentence);
  });

  it("takes its bytes and its image from the Rollout", async () => {
    expect(stableVersionOf(JSON.stringify(await rolloutWith(STABLE)))).toEqual({ model: "fraud", version });
  });

  it.each<[string, object | undefined]>([
    ["still gets users", { ...STABLE, phase: "Progressing" }],
    ["waits for a person", { ...STABLE, phase: "Paused" }],
    ["was thrown out", { ...STABLE, phase: "Degraded", currentPodHash: "b2" }],
    ["is not the one that has the traffic", { ...STABLE, currentPodHash: "b2" }],
    ["has not been seen by the controller", { ...STABLE, observedGeneration: "2" }],
    ["is new", undefined],
  ])("refuses a version that %s", async (_, status) => {
    const rollout = await rolloutWith(status);
    expect(() => stableVersionOf(JSON.stringify(rollout))).toThrow("'fraud' must be Healthy with all traffic, got ");
  });

  it("adds a version once, beside those of other models", () => {
    const once = withVersion({ churn: [version] }, "fraud", version);
    expect(once).toEqual({ churn: [version], fraud: [version] });
    expect(withVersion(once, "fraud", version)).toBe(once);
  });
});

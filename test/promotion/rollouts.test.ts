import { describe, expect, it } from "vitest";
import { type Known, problemOf, withVersion } from "#promotion/rollouts/record";
import { type StableVersion, stableVersionOf } from "#promotion/rollouts/version";
import { named } from "../components/named.ts";
import { DIGEST, serving } from "../components/serving/fixture.ts";
import { modelReleaseOf } from "../harness/releases.ts";

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
    ["{}", "the input must be a Rollout, got another object (kind must be Rollout)"],
  ])("refuses %j in a sentence", (json, sentence) => {
    expect(() => stableVersionOf(json)).toThrow(sentence);
  });

  it("takes its bytes and its image from the Rollout", async () => {
    expect(stableVersionOf(JSON.stringify(await rolloutWith(STABLE)))).toMatchObject({
      model: "fraud",
      namespace: "models-risk",
      version,
    });
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

  it("adds a version once, beside those of other models and beside the same bytes in another image", async () => {
    const stable = await stableOf();
    const once = withVersion({ churn: [version] }, stable);
    expect(once).toEqual({ churn: [version], fraud: [version] });
    expect(withVersion(once, stable)).toBe(once);
    const again = { ...version, image: `sha256:${"d".repeat(64)}` };
    expect(withVersion(once, { ...stable, version: again })["fraud"]).toEqual([version, again]);
    expect(withVersion({ fraud: [{ ...version, version: "2" }] }, stable)["fraud"]).toHaveLength(2);
  });
});

const stableOf = async (): Promise<StableVersion> => stableVersionOf(JSON.stringify(await rolloutWith(STABLE)));

const RELEASE = modelReleaseOf("fraud", "3", {
  sha256: version.sha256,
  image: { repository: "model-server", digest: DIGEST },
});
const place = "releases/stable/prod.json";
const KNOWN: Known = {
  models: { fraud: { team: "risk", host: "fraud.models.internal" } },
  releases: [RELEASE],
  stable: [{ model: "fraud", ...version, place }],
};

describe("what is recorded as stable in dev", () => {
  it("is a version of a release, in its namespace", async () => {
    expect(problemOf(await stableOf(), "dev", KNOWN)).toBe(undefined);
    const { says } = await stableOf();
    const own = { ...says, "label app": "fraud", MODEL_URI: "s3://millrace-dev-models/x", image: "x/millrace-dev/y" };
    expect(problemOf({ ...(await stableOf()), says: own }, "dev", KNOWN)).toBe(undefined);
  });

  it.each<[what: string, stable: Partial<StableVersion>, known: Partial<Known>, sentence: string]>([
    [
      "a model that there is not",
      { model: "fruad" },
      {},
      "metadata.name must be a model of stacks/inputs/models.ts (fraud), got 'fruad'",
    ],
    ["a model called like what every object has", { model: "constructor" }, {}, "metadata.name must be a model of"],
    [
      "another namespace",
      { namespace: "default" },
      {},
      "metadata.namespace must be 'models-risk', the namespace of team 'risk', got 'default'",
    ],
    [
      "no namespace",
      { namespace: undefined },
      {},
      "metadata.namespace must be 'models-risk', the namespace of team 'risk', got 'no",
    ],
    [
      "the label of another environment",
      { says: { "label environment": "prod" } },
      {},
      "'fraud' must run in dev, got label environment 'prod': read it from the cluster of dev, or record it in prod",
    ],
    [
      "the files of another environment",
      { says: { MODEL_URI: "s3://millrace-staging-models-1/models/fraud/3" } },
      {},
      "'fraud' must run in dev, got MODEL_URI 's3://millrace-staging-models-1/models/fraud/3'",
    ],
    [
      "an image of another environment",
      { says: { image: "x/millrace-prod/model-server@y" } },
      {},
      "'fraud' must run in dev, got image",
    ],
    [
      "bytes of which no release knows",
      {},
      { releases: [], stable: [] },
      `'fraud' must run a version that is released, got version '3' with sha256 '${version.sha256}' and image '${DIGEST}', which is not what releases/models/fraud/3.json says`,
    ],
    [
      "an image of which no release knows",
      { version: { ...version, image: `sha256:${"d".repeat(64)}` } },
      {},
      "'fraud' must run a version that is released",
    ],
    [
      "other bytes than the release has",
      { version: { ...version, sha256: "e".repeat(64) } },
      {},
      `'fraud': sha256 must be that of version 3 in releases/models/fraud/3.json, '${"b".repeat(64)}', got '${"e".repeat(64)}'`,
    ],
    [
      "the bytes of a version that was stable before",
      {},
      { stable: [{ model: "fraud", version: "2", sha256: version.sha256, place }] },
      "'fraud': sha256 must be new for version 3, got that of version 2 in releases/stable/prod.json",
    ],
  ])("may not have %s", async (_, changed, known, sentence) => {
    expect(problemOf({ ...(await stableOf()), ...changed }, "dev", { ...KNOWN, ...known })).toContain(sentence);
  });
});

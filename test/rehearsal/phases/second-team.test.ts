import { rmSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Kube } from "#rehearsal/cluster/controlplane/kube";
import { SECOND_MODEL, SECOND_TEAM } from "#rehearsal/models";
import { addRelease, demandOnlyNew, demandUntouched, missingObjects } from "#rehearsal/phases/second-team";
import { models } from "#stacks/inputs/models";
import { readRelease } from "#stacks/inputs/release";
import { teams } from "#stacks/inputs/teams";
import { modelReleaseOf, pointerOf, releasesFolder } from "../../harness/releases.ts";
import { trainedAs } from "../trained.ts";

/** Releases of which dev runs one, of this model. */
function releasesOf(model: string): string {
  const folder = releasesFolder({
    [`models/${model}/3.json`]: modelReleaseOf(model),
    "environments/dev.json": pointerOf({ [model]: "3" }),
  });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe("the second team and model", () => {
  it("have names that the repository does not use", () => {
    expect(Object.keys(teams)).not.toContain(SECOND_TEAM.name);
    expect(Object.keys(models)).not.toContain(SECOND_MODEL.name);
  });

  it("get a release of their own, beside the first model's", () => {
    const folder = releasesOf("fraud");
    const before = readRelease("dev", folder);
    addRelease(folder, "dev", trainedAs(SECOND_MODEL.name, "1"));
    const after = readRelease("dev", folder);
    expect(after.models["fraud"]).toEqual(before.models["fraud"]);
    expect(after.models[SECOND_MODEL.name]).toMatchObject({
      version: "1",
      image: before.models["fraud"]!.image,
      sha256: trainedAs(SECOND_MODEL.name, "1").sha256,
      parent: null,
    });
  });

  it("get none where the first model has none", () => {
    expect(() => addRelease(releasesOf("churn"), "dev", trainedAs(SECOND_MODEL.name, "1"))).toThrow(
      "releases/environments/dev.json must name model 'fraud' for the rehearsal to serve another one beside it",
    );
  });

  it("must add resources and change none", () => {
    const changes = { create: 39, update: 0, delete: 0, replace: 0, same: 43 };
    expect(() => demandOnlyNew(changes)).not.toThrow();
    for (const change of [{ create: 0 }, { update: 1 }, { delete: 1 }, { replace: 1 }]) {
      expect(() => demandOnlyNew({ ...changes, ...change })).toThrow("a second team and model must only add resources");
    }
  });

  it("must have their namespaces, queues and quotas", async () => {
    const cluster = (absent: RegExp) =>
      ({ find: async (path: string) => (absent.test(path) ? undefined : { items: [{}] }) }) as unknown as Kube;
    expect(await missingObjects(cluster(/^$/))).toEqual([]);
    expect(await missingObjects(cluster(/queues/))).toEqual([
      "/apis/kueue.x-k8s.io/v1beta2/clusterqueues/second",
      "/apis/kueue.x-k8s.io/v1beta2/namespaces/team-second/localqueues/default",
    ]);
    expect(await missingObjects(cluster(/^\/api\/v1\/namespaces\/models-second$/))).toEqual(["/api/v1/namespaces/models-second"]);
    expect(await missingObjects(cluster(/team-second\/resourcequotas/))).toEqual(["a ResourceQuota in team-second"]);
  });
});

describe("the other model", () => {
  const state = { spec: "{}", podHash: "a1" };

  it("is untouched when its spec and its pods are the same", () => {
    expect(() => demandUntouched("fraud", state, { ...state })).not.toThrow();
  });

  it.each([
    ["another spec", { ...state, spec: '{"paused":true}' }, "its Rollout has another spec afterwards: a1 → a1"],
    ["other pods", { ...state, podHash: "b2" }, "it serves from other pods afterwards: a1 → b2"],
  ])("is not when it has %s", (_, after, told) => {
    expect(() => demandUntouched("fraud", state, after)).toThrow(
      new Error(`a change of another model must not touch fraud, ${told}`),
    );
  });
});

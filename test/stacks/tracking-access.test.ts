import { describe, expect, it } from "vitest";
import type { TrackingAccess } from "#components/tracking/access";
import { planEnvironment } from "#plan/environment";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";

/** The table that the tracking server of an environment gets. */
async function accessOf(environment: EnvironmentName): Promise<TrackingAccess> {
  const { layers } = await planEnvironment(environment);
  const resource = layers[1]!.resources.find(({ name }) => name === "tracking-access");
  return JSON.parse(resource!.inputs["data"]["access.json"]) as TrackingAccess;
}

describe("the table of the tracking server", () => {
  it("knows in dev the jobs of the team, and the job that deploys dev", async () => {
    const { rights, issuers } = await accessOf("dev");
    expect(rights["ml-engineer"]).toContain("set-champion");
    expect(rights["auditor"]).toEqual(["read-registry"]);
    const [cluster, pipeline] = issuers;
    expect(cluster).toEqual({
      issuer: expect.stringMatching(/^https:\/\/oidc\.eks\.eu-north-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/),
      audience: "mlflow",
      keysUrl: expect.stringMatching(/\/id\/[0-9A-F]{32}\/keys$/),
      claim: "sub",
      members: { "system:serviceaccount:team-{team}:jobs": { role: "trainer" } },
    });
    expect(pipeline).toMatchObject({
      issuer: "https://token.actions.githubusercontent.com",
      audience: "mlflow",
      keysUrl: "https://token.actions.githubusercontent.com/.well-known/jwks",
      claim: "sub",
    });
    for (const [subject, grant] of Object.entries(pipeline!.members)) {
      expect(subject).toMatch(/^repo:[\w./@-]+:environment:dev$/);
      expect(grant).toEqual({ role: "ci" });
    }
    expect(issuers).toHaveLength(2);
  });

  it("lets nobody but the pipeline set the champion in prod", async () => {
    const { rights } = await accessOf("prod");
    expect(Object.keys(rights).filter((role) => rights[role]!.includes("set-champion"))).toEqual(["ci"]);
  });
});

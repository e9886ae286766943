import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { Cluster } from "#components/cluster/cluster";
import type { TrackingAccess } from "#components/tracking/access";
import { planEnvironment } from "#plan/environment";
import type { Context } from "#stacks/context";
import { profiles } from "#stacks/inputs/environments/index";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { trackingAccess } from "#stacks/platform/tracking-access";

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
      expect(subject).toMatch(/^repo:[\w./@-]+:environment:dev(-rollback)?$/);
      expect(grant).toEqual({
        role: "ci",
        ...(subject.endsWith("-rollback") && { only: { job_workflow_ref: expect.any(Array) } }),
      });
    }
    expect(issuers).toHaveLength(2);
  });

  it("lets nobody but the pipeline set the champion in prod", async () => {
    const { rights } = await accessOf("prod");
    expect(Object.keys(rights).filter((role) => rights[role]!.includes("set-champion"))).toEqual(["ci"]);
  });

  it("knows people by the groups of the company's provider, and the pipeline by GitHub's numbers where they are given", () => {
    const trackingSignOn = {
      issuer: "https://id.example.com",
      clientId: "mlflow",
      keysUrl: "https://id.example.com/keys",
      groups: "roles",
    };
    const owners = { repository: "acme/ml", repositoryIds: { repository: "11", owner: "22" } };
    const context = { profile: profiles.dev, settings: { owners, trackingSignOn } } as unknown as Context;
    const cluster = { tokenIssuer: pulumi.output("https://oidc.example") } as Cluster;
    const [, pipeline, people] = trackingAccess(context, cluster).issuers;
    expect(pipeline!.required).toEqual({ repository_id: "11", repository_owner_id: "22" });
    const files = ["follow", "rollback"].map((name) => `acme/ml/.github/workflows/${name}.yml@refs/heads/main`);
    const follows = { role: "ci", only: { job_workflow_ref: files } };
    expect(pipeline!.members).toEqual({
      "repo:acme/ml:environment:dev": { role: "ci" },
      "repo:acme@22/ml@11:environment:dev": { role: "ci" },
      "repo:acme/ml:environment:dev-rollback": follows,
      "repo:acme@22/ml@11:environment:dev-rollback": follows,
    });
    expect(people).toEqual({
      issuer: "https://id.example.com",
      audience: "mlflow",
      keysUrl: "https://id.example.com/keys",
      claim: "roles",
      nameClaim: "email",
      members: {
        "risk-data-scientists": { role: "data-scientist", team: "risk" },
        "risk-ml-engineers": { role: "ml-engineer", team: "risk" },
        "millrace-sre": { role: "sre" },
        "millrace-auditors": { role: "auditor" },
        "millrace-platform-engineers": { role: "platform-engineer" },
      },
    });
  });
});

import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { record as recordProgram } from "#plan/record";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { models, type ServedModels } from "#stacks/inputs/models";
import { type WorkloadsInputs, workloads } from "#stacks/workloads/workloads";
import { contextOf, many, references } from "./workloads-fixture.ts";

const run = (environment: EnvironmentName, given: Partial<WorkloadsInputs> = many(1), context = contextOf(environment)) =>
  recordProgram(() => workloads(context, given), {
    stack: `workloads-${environment}`,
    references: references(environment),
  });

const find = (resources: Awaited<ReturnType<typeof run>>["resources"], name: string): Record<string, any> => {
  const found = resources.find((resource) => resource.name === name && resource.custom);
  expect(found, name).toBeDefined();
  return found?.inputs ?? {};
};

describe("the workloads layer", () => {
  it("serves the released version of a model, and hands on where it answers", async () => {
    const { resources, outputs } = await run("dev", { models, release: many(1).release });
    expect(outputs).toEqual({ models: { fraud: { version: "3", host: "fraud.models.internal", namespace: "models-risk" } } });
    const [server] = find(resources, "fraud-rollout")["spec"].template.spec.containers;
    expect(server.image).toBe(`111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@sha256:${"a".repeat(64)}`);
  });

  it("takes times and sizes from the profile", async () => {
    const { resources } = await run("prod");
    const { steps, scaleDownDelaySeconds } = find(resources, "fraud-rollout")["spec"].strategy.canary;
    const pauses = steps.flatMap((step: any) => ("pause" in step ? [step.pause.duration] : []));
    expect(pauses).toEqual(["300s", "300s", "300s", "1800s"]);
    expect(scaleDownDelaySeconds).toBe(600);
    expect(find(resources, "fraud-autoscaler")["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 12 });
    expect(find(resources, "risk-models-quota")["spec"].hard.pods).toBe("25");
    const rules = find(resources, "fraud-monitoring-rules")["spec"].groups.flatMap((group: any) => group.rules);
    // One and a half times three steps of 300 s and a soak of 1,800 s, and ten minutes.
    expect(rules.find(({ alert }: any) => alert === "ReleaseStuck").for).toBe("78m");
  });

  it("scales a model by what it states, within the numbers of the environment", async () => {
    const { models: served, release } = many(2);
    const scaling = { by: "inFlight", targetPerServer: 8 } as const;
    const { profile, ...rest } = contextOf("prod");
    const context = { ...rest, profile: { ...profile, serving: { ...profile.serving, byLoad: true } } };
    const { resources } = await run("prod", { models: { ...served, fraud: { ...served["fraud"]!, scaling } }, release }, context);
    const scaler = resources.find(({ type }) => type.endsWith(":ScaledObject"))!;
    expect([scaler.name, scaler.inputs["spec"]]).toMatchObject([
      "fraud-autoscaler",
      { minReplicaCount: 3, maxReplicaCount: 12, triggers: [{ metadata: { threshold: "8" } }] },
    ]);
    expect(resources.filter(({ type }) => type.endsWith(":HorizontalPodAutoscaler"))).toHaveLength(1);
  });

  it("takes a model's own shares and times, which a rehearsal shortens too", async () => {
    const canary = { weights: [1, 50, 100], stepSeconds: 600, soakSeconds: 60, minRequests: 500 };
    const { models: served, release } = many(2);
    const given = { models: { ...served, fraud: { ...served["fraud"]!, canary } }, release };
    const met = async () => {
      const { resources } = await run("prod", given);
      const { steps } = find(resources, "fraud-rollout")["spec"].strategy.canary;
      return steps.flatMap((step: any) => step.setWeight ?? step.pause?.duration ?? []);
    };
    expect(await met()).toEqual([1, "600s", 50, "600s", 100, "60s"]);
    vi.stubEnv("MILLRACE_PACE", JSON.stringify({ stepSeconds: 10, windowSeconds: 10, soakSeconds: 90 }));
    vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    expect(await met()).toEqual([1, "10s", 50, "10s", 100, "60s"]);
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    const { resources } = await run("prod", given);
    const rules = find(resources, "fraud-monitoring-rules")["spec"].groups.flatMap((group: any) => group.rules);
    // One and a half times two steps of 600 s and a soak of 60 s, and ten minutes.
    expect(rules.find(({ alert }: any) => alert === "ReleaseStuck").for).toBe("42m");
    expect(JSON.stringify(find(resources, "fraud-gate"))).toContain(">= 500)");
    expect(JSON.stringify(find(resources, "fraud-1-gate"))).toContain(">= 100)");
  });

  it("takes a model's limits to its releases, its alerts and its dashboard alike", async () => {
    const limits = { latencyTargetMs: 500, maxErrorShare: 0.02, maxSlowShare: 0.1 };
    const { models: served, release } = many(2);
    const { resources } = await run("dev", { models: { ...served, fraud: { ...served["fraud"]!, ...limits } }, release });
    const texts = (name: string) =>
      ["watch", "monitoring-rules", "monitoring-dashboard"].map((part) => JSON.stringify(find(resources, `${name}-${part}`)));
    const met = (name: string, text: string) => texts(name).map((each) => each.includes(text));
    expect([met("fraud", "500("), met("fraud", "200("), met("fraud-1", "200("), met("fraud-1", "500(")]).toEqual([
      [true, true, false],
      [false, false, false],
      [true, true, false],
      [false, false, false],
    ]);
    const [analysis, rules, dashboard] = texts("fraud");
    expect(analysis).toMatch(/result\[0\] <= 0\.02.*result\[0\] <= 0\.1/);
    expect(rules).toMatch(/> 0\.1".*> 0\.02"/);
    expect(dashboard).toMatch(/Warning above 2%.*Slower than 500 ms.*Critical above 10%/);
  });

  it("removes what belongs to a model before its namespace", async () => {
    const { resources } = await run("dev");
    const own = resources.filter(({ parent, custom }) => custom && ["fraud", "fraud-monitoring"].includes(parent));
    expect(own.length).toBe(16);
    for (const { name, dependencies } of own) {
      expect([name, dependencies.includes("risk-models")]).toEqual([name, true]);
    }
  });

  it("grows by the same for each model", async () => {
    const size = async (count: number) => (await run("dev", many(count))).resources.length;
    const [one, two, twelve] = [await size(1), await size(2), await size(12)];
    expect(twelve - two).toBe(10 * (two - one));
  });

  it("leaves out a model that the release does not name, with whatever is wrong in it", async () => {
    const { models: served, release } = many(1);
    const unreleased: ServedModels = { churn: { team: "nobody", host: served["fraud"]!.host, latencyTargetMs: 7 } };
    const [with_, without] = [await run("dev", { models: { ...served, ...unreleased }, release }), await run("dev")];
    expect(with_).toEqual(without);
  });

  it("refuses everything that does not fit at once, before it declares anything", async () => {
    const { release } = many(3);
    const served = {
      "fraud-1": { team: "growth", host: "fraud.models.internal" },
      "fraud-2": { team: "risk", host: "fraud.models.internal" },
    };
    let message = "";
    const { resources } = await recordProgram(
      () => workloads(contextOf("dev"), { models: served, release }).catch((error: Error) => (message = error.message)),
      { stack: "workloads-dev", references: references("dev") },
    );
    expect(message.split("\n")).toEqual([
      "releases/environments/dev.json: models.fraud must be a model of stacks/inputs/models.ts (fraud-1, fraud-2), got 'fraud'. Did you mean 'fraud-1'?",
      "stacks/inputs/models.ts: fraud-1.team must be a team of stacks/inputs/teams.ts (risk), got 'growth'",
      "stacks/inputs/models.ts: fraud-2.path must be apart from the path of 'fraud-1' on the same host, '/invocations', got '/invocations': take a path that does not lie below the other, or another host",
    ]);
    expect(resources.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
  });
});

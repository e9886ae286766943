import { afterEach, describe, expect, it } from "vitest";
import { record as recordProgram } from "#plan/record";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { models } from "#stacks/inputs/models";
import { teams } from "#stacks/inputs/teams";
import { workloads } from "#stacks/workloads/workloads";
import { contextOf, many, platform, references } from "./workloads-fixture.ts";

const run = (environment: (typeof ENVIRONMENTS)[number], { preview = false, count = 1, platformOutputs = platform } = {}) => {
  const { models: served, release } = count === 1 ? { models, release: many(1).release } : many(count);
  return recordProgram(() => workloads(contextOf(environment, release), served), {
    preview,
    stack: `workloads-${environment}`,
    references: references(environment, platformOutputs),
  });
};

/** What the layer says instead of declaring anything, and how much it had declared by then. */
async function refused(
  program: () => Promise<unknown>,
  given = references("dev"),
): Promise<{ message: string; declared: string[] }> {
  let message = "";
  const { resources } = await recordProgram(
    async () => {
      try {
        await program();
      } catch (error) {
        message = (error as Error).message;
      }
    },
    { stack: "workloads-dev", references: given },
  );
  return { message, declared: resources.map(({ type }) => type).filter((type) => !/Stack(Reference)?$/.test(type)) };
}

const find = (resources: Awaited<ReturnType<typeof run>>["resources"], name: string): Record<string, any> => {
  const found = resources.find((resource) => resource.name === name && resource.custom);
  expect(found, name).toBeDefined();
  return found?.inputs ?? {};
};

afterEach(() => {
  delete process.env["MILLRACE_PACE"];
});

describe("the workloads layer", () => {
  it.each(ENVIRONMENTS)("of %s has the team, its queue, and its model in the released version", async (environment) => {
    const { resources, outputs } = await run(environment);
    const components = resources
      .filter(({ custom, path }) => !custom && path.length === 1)
      .map(({ type, name }) => `${type} ${name}`);
    expect(components.sort()).toEqual([
      "millrace:serving:ModelServing fraud",
      "millrace:teams:Team risk",
      "millrace:training:TeamQueue risk-queue",
    ]);
    expect(outputs).toEqual({ models: { fraud: { version: "3", host: "fraud.models.internal", namespace: "models-risk" } } });
    const [server] = find(resources, "fraud-rollout")["spec"].template.spec.containers;
    expect(server.image).toBe(`111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@sha256:${"a".repeat(64)}`);
  });

  it.each(ENVIRONMENTS)("of %s registers the same in preview and up", async (environment) => {
    const names = async (preview: boolean) =>
      (await run(environment, { preview })).resources.map(({ type, name }) => `${type} ${name}`).sort();
    expect(await names(true)).toEqual(await names(false));
  });

  it("sends each kind of object through the provider of its cloud", async () => {
    const { resources } = await run("dev");
    for (const { type, name, provider } of resources) {
      if (type.startsWith("aws:")) {
        expect([name, provider]).toEqual([name, "aws"]);
      }
      if (type.startsWith("kubernetes:")) {
        expect([name, provider]).toEqual([name, "cluster"]);
      }
    }
  });

  it("takes times and sizes from the profile", async () => {
    const { resources } = await run("prod");
    const { steps, scaleDownDelaySeconds } = find(resources, "fraud-rollout")["spec"].strategy.canary;
    const pauses = steps.flatMap((step: any) => ("pause" in step ? [step.pause.duration] : []));
    expect(pauses).toEqual(["300s", "300s", "300s", "1800s"]);
    expect(scaleDownDelaySeconds).toBe(600);
    expect(find(resources, "fraud-autoscaler")["spec"]).toMatchObject({ minReplicas: 3, maxReplicas: 12 });
    expect(find(resources, "risk-models-quota")["spec"].hard.pods).toBe("25");
  });

  it("is removed before its namespace", async () => {
    const { resources } = await run("dev");
    const own = resources.filter(({ parent, custom }) => custom && parent === "fraud");
    expect(own.length).toBe(14);
    for (const { name, dependencies } of own) {
      expect([name, dependencies.includes("risk-models")]).toEqual([name, true]);
    }
  });

  it("grows by the same for each model", async () => {
    const size = async (count: number) => (await run("dev", { count })).resources.length;
    const [one, two, twelve] = [await size(1), await size(2), await size(12)];
    expect(twelve - two).toBe(10 * (two - one));
  });
});

describe("the workloads layer refuses, before it declares anything,", () => {
  const { models: served, release } = many(1);

  it("models that the release does not name, and the other way round, all at once", async () => {
    const others = { churn: { team: "growth", host: "churn.internal" }, leads: { team: "risk", host: "churn.internal" } };
    expect(await refused(() => workloads(contextOf("dev", release), others))).toEqual({
      message: [
        "releases/manifests/2026.11.21-1.json must name every model of stacks/inputs/models.ts, got nothing for 'churn': release a version of it, or stop serving it",
        "releases/manifests/2026.11.21-1.json must name every model of stacks/inputs/models.ts, got nothing for 'leads': release a version of it, or stop serving it",
        "stacks/inputs/models.ts must serve every model of release '2026.11.21-1', got nothing for 'fraud': serve it, or release without it",
        "stacks/inputs/models.ts: churn.team must be a team of stacks/inputs/teams.ts (risk), got 'growth'",
        "stacks/inputs/models.ts: leads must have an address of its own, got 'churn.internal/invocations', which is that of 'churn'",
      ].join("\n"),
      declared: [],
    });
  });

  it.each([
    [0.7, 0.6, "stacks/inputs/teams.ts: the GPU shares of all teams must add up to at most 1, got '1.2999999999999998'"],
    [-0.5, 1, "stacks/inputs/teams.ts: risk.gpuShare must be a number from 0 to 1, got '-0.5'"],
  ])("GPU shares of %d and %d", async (first, second, message) => {
    const owners = { risk: { ...teams["risk"]!, gpuShare: first }, growth: { ...teams["risk"]!, gpuShare: second } };
    expect(await refused(() => workloads(contextOf("dev", release), served, owners))).toEqual({ message, declared: [] });
  });

  it("an image without a registry", async () => {
    const { fraud } = release.models;
    const elsewhere = { ...release, models: { fraud: { ...fraud!, image: { ...fraud!.image, repository: "server" } } } };
    expect(await refused(() => workloads(contextOf("dev", elsewhere), served))).toEqual({
      message: "the release's image of 'fraud' must lie in a repository of foundation-dev (model-server), got 'server'",
      declared: [],
    });
  });

  it("more GPUs than the inference pool has", async () => {
    const context = contextOf("dev", release);
    const serving = { ...context.profile.serving, gpus: 4 };
    expect(await refused(() => workloads({ ...context, profile: { ...context.profile, serving } }, served))).toEqual({
      message:
        "stacks/inputs/environments/dev.ts: serving.maxReplicas × serving.gpus must fit the inference pool's 8 GPUs for all models together, got 16: raise gpu.inference.maxGpus, or serve with less",
      declared: [],
    });
  });

  it("a platform that is not up yet", async () => {
    const { message, declared } = await refused(() => workloads(contextOf("dev", release), served), {});
    expect(message).toBe("stack 'foundation-dev' must hand on 'network', got nothing: run `pulumi up -s foundation-dev` first");
    expect(declared).toEqual([]);
  });

  it.each([
    ["{", `MILLRACE_PACE must be JSON, got '{': unset it, or write {"stepSeconds": 10}`],
    ["7", "MILLRACE_PACE must be an object, got '7'"],
    [
      '{"stepSecond":5}',
      "MILLRACE_PACE.stepSecond must be a known key (stepSeconds, soakSeconds, scaleDownDelaySeconds, intervalSeconds, windowSeconds, minRequests, modelLoadSeconds). Did you mean 'stepSeconds'?",
    ],
    [
      '{"stepSeconds":121}',
      "MILLRACE_PACE.stepSeconds must be a whole number from 1 to 120, as a rehearsal shortens times and never lengthens them, got '121'",
    ],
    [
      '{"minRequests":0}',
      "MILLRACE_PACE.minRequests must be a whole number from 1 to 100, as a rehearsal shortens times and never lengthens them, got '0'",
    ],
  ])("a pace of %s", async (pace, message) => {
    process.env["MILLRACE_PACE"] = pace;
    expect(await refused(() => workloads(contextOf("dev", release), served))).toEqual({ message, declared: [] });
  });
});

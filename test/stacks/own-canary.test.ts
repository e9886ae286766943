import { expect, it } from "vitest";
import { quickReturn } from "#components/serving/strategies/quick-return";
import { policyOf } from "#plan/policy";
import { record } from "#plan/record";
import { sentence } from "#policies/evaluate";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { workloads } from "#stacks/workloads/workloads";
import { layer, planOf } from "../plan/sample.ts";
import { TODAY } from "../policies/sample.ts";
import { contextOf, many, references } from "./workloads-fixture.ts";

/** Rules about releases, routes and alerts that a plan with this release breaks. */
async function broken(
  release: Partial<Record<"canary" | "blueGreen" | "shadow" | "abTest" | "sticky", any>>,
  environment: EnvironmentName = "prod",
  only = /^(CAN|MESH|OBS)-/,
): Promise<string[]> {
  const { models, release: versions } = many(1);
  const given = { models: { fraud: { ...models["fraud"]!, ...release } }, release: versions };
  const { resources } = await record(() => workloads(contextOf(environment), given), {
    stack: `workloads-${environment}`,
    references: references(environment),
  });
  const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment }), [], TODAY);
  return verdicts
    .flatMap(({ verdict }) => verdict.violations)
    .filter(({ rule }) => only.test(rule.id))
    .map(sentence);
}

const { stepSeconds = 0, soakSeconds = 0 } = quickReturn({ kind: "canary" });

it.each<[string, object]>([
  ["three shares", { weights: [1, 50, 100] }],
  ["many shares", { weights: [1, 2, 5, 10, 25, 50, 75, 99, 100] }],
  ["its own times", { stepSeconds: 600, soakSeconds: 3_600, windowSeconds: 60, intervalSeconds: 10, minRequests: 20 }],
  ["gates that give up early", { giveUpSeconds: 120 }],
  ["the times of a quick return", { stepSeconds, soakSeconds }],
])("a model with %s keeps every rule about releases", async (_, canary) => {
  expect(await broken({ canary })).toEqual([]);
});

it.each([0.01, 0.1, 0.25, 10])(
  "a model that allows a drift of %d asks for as many predictions as chance wants",
  async (maxPsi) => {
    expect(await broken({ maxPsi } as never)).toEqual([]);
  },
);

it.each<[string, object]>([
  ["one table a day", { table: "payments", schedule: "0 3 * * *" }],
  [
    "a part of a table, by four pods",
    { table: "payments/eu", schedule: "@hourly", partitions: "date=2026-*", keep: ["id"], pods: 4, again: "replace" },
  ],
])("a model that predicts %s keeps every rule", async (_, batch) => {
  // The fixture has no boundary, and another region.
  expect(await broken({ batch } as never, "prod", /^(?!IAM-03|RES-01)/)).toEqual([]);
});

it("a model that predicts for a stream keeps every rule", async () => {
  const stream = { kind: "kinesis", stream: "payments", output: "scores", deadLetters: "failures" };
  // As above; and the fixture's default provider has no tags.
  expect(await broken({ stream } as never, "prod", /^(?!IAM-03|RES-01)/)).toEqual([]);
});

it.each<[string, object]>([
  ["accuracy", { maxAccuracyLoss: 0.05 }],
  ["saturation", { maxInFlight: 16 }],
  ["all that can be watched", { maxAccuracyLoss: 0.01, maxInFlight: 1, maxPsi: 0.1 }],
])("a model that is watched by %s keeps every rule about releases", async (_, watched) => {
  expect(await broken(watched as never)).toEqual([]);
});

it.each<[string, object]>([
  ["the environment's times", {}],
  ["a person who switches", { switchedBy: "person", previewSeconds: 3_600 }],
  ["its own times", { previewSeconds: 200, soakSeconds: 7_200, windowSeconds: 60, intervalSeconds: 10, minRequests: 20 }],
])("a model that is released blue/green with %s keeps every rule about releases", async (_, blueGreen) => {
  expect(await broken({ blueGreen })).toEqual([]);
});

it.each<[string, object]>([
  ["the usual canary", { shadow: {} }],
  [
    "its own terms and shares",
    { shadow: { percent: 10, compareSeconds: 43_200, maxDifferentShare: 0 }, canary: { weights: [1, 50, 100] } },
  ],
])("a model whose answers are compared before %s keeps every rule that a canary keeps", async (_, release) => {
  expect(await broken(release, "prod", /./)).toEqual(await broken({}, "prod", /./));
});

const outcomes = { attempts: "impression", successes: "click" };
const abTest = (values: object): Record<string, unknown> => ({
  sticky: { header: "x-user-id" },
  abTest: { outcomes, ...values },
});

it.each<[string, object]>([
  ["the usual times", {}],
  ["a person who decides", { switchedBy: "person", minAttempts: 1_000_000, significance: 0.001 }],
  ["few users", { percent: 1, testSeconds: 2_419_200 }],
  ["a share from which it goes to all by a half", { percent: 30, testSeconds: 604_800 }],
  ["an audience by a header", { audience: { header: "x-region", values: ["de", "at"] } }],
  ["an audience by the device, few of its users", { audience: { device: "mobile" }, percent: 5, switchedBy: "person" }],
  ["many users, for as long as a step", { percent: 60, testSeconds: 300, soakSeconds: 7_200, intervalSeconds: 10 }],
])("a model that is tested by its users with %s keeps every rule about releases", async (_, test) => {
  expect(await broken(abTest(test))).toEqual([]);
});

it.each<[string, Parameters<typeof broken>[0], string]>([
  ["two ways", { canary: {}, blueGreen: {} }, "blueGreen must be left out beside fraud.canary: a release is one of them"],
  ["two other ways", { ...abTest({}), canary: {} }, "abTest must be left out beside fraud.canary: a release is one of them"],
  [
    "all ways",
    { ...abTest({}), canary: {}, blueGreen: {} },
    "blueGreen must be left out beside fraud.canary: a release is one of them",
  ],
  [
    "a test of nobody",
    { ...abTest({}), sticky: undefined },
    "sticky must be the header or the cookie that names the user beside fraud.abTest, so that each user has one version, got nothing",
  ],
  [
    "a test of nothing",
    { sticky: { header: "x-user-id" }, abTest: {} },
    "abTest.outcomes must be an object with attempts, successes, got nothing",
  ],
  [
    "a test that is shorter than a measurement looks back",
    abTest({ testSeconds: 100 }),
    "abTest.testSeconds must be at least windowSeconds (120), as far as a measurement looks back, got '100'",
  ],
  [
    "a first share that is shorter",
    abTest({ stepSeconds: 100 }),
    "abTest.stepSeconds must be at least windowSeconds (120), so that a gate measures its own step, got '100'",
  ],
  [
    "an audience that others would share",
    abTest({ audience: { device: "desktop" }, percent: 60 }),
    "abTest.percent must be at most 50 beside audience: with a larger share everybody else would meet the new version, got '60'",
  ],
  [
    "an audience by two things",
    abTest({ audience: { device: "desktop", header: "x-region", values: ["de"] } }),
    "abTest.audience.header must be a known key (device)",
  ],
  [
    "an audience whose predictions are compared with everybody's",
    { ...abTest({ audience: { device: "desktop" } }), maxPsi: 0.2 } as never,
    "maxPsi must be left out beside fraud.abTest.audience: what is predicted for an audience, and how well, is not what is for everybody, got '0.2'",
  ],
  [
    "an audience whose accuracy is",
    { ...abTest({ audience: { device: "desktop" } }), maxAccuracyLoss: 0.1 } as never,
    "maxAccuracyLoss must be left out beside fraud.abTest.audience: what is predicted for an audience, and how well, is not what is for everybody, got '0.1'",
  ],
  [
    "one event",
    abTest({ outcomes: { attempts: "click", successes: "click" } }),
    "abTest.outcomes.successes must be another event than outcomes.attempts, got 'click'",
  ],
])("a model is not released in %s", async (_, release, sentence) => {
  await expect(broken(release)).rejects.toThrow(`stacks/inputs/models.ts: fraud.${sentence}`);
});

it("a test is not longer than what Prometheus remembers", async () => {
  const long = abTest({ testSeconds: 15 * 86_400 + 1 });
  expect(await broken(long)).toEqual([]);
  await expect(broken(long, "dev")).rejects.toThrow(
    "stacks/inputs/models.ts: fraud.abTest.testSeconds must be at most 1296000, the 15 days that the Prometheus of dev remembers, got '1296001'",
  );
  await expect(broken({ shadow: { compareSeconds: 20 } })).rejects.toThrow(
    "fraud.shadow.compareSeconds must be at least 30, so that it holds two scrapes of the comparer, got '20'",
  );
  await expect(broken({ shadow: {}, blueGreen: {} })).rejects.toThrow("fraud.shadow must be left out beside fraud.blueGreen");
});

it("a version that has been stable comes back without a test", () => {
  const test = {
    kind: "abTest",
    outcomes,
    percent: 20,
    switchedBy: "person",
    analysis: { drift: {}, windowSeconds: 60 },
  } as const;
  expect(quickReturn(test)).toEqual({
    kind: "canary",
    analysis: { windowSeconds: 60 },
    weights: [5, 100],
    stepSeconds: 60,
    soakSeconds: 60,
  });
});

it("a model whose first share is large is refused before any rule reads it, with the key that a person wrote", async () => {
  await expect(broken({ canary: { weights: [20, 60, 100] } })).rejects.toThrow(
    "stacks/inputs/models.ts: fraud.canary.weights must be shares that begin with at most 5 and rise by at most 60 at a time, got '[20,60,100]'",
  );
});

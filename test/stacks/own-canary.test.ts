import { expect, it } from "vitest";
import { quickReturn } from "#components/serving/strategies/quick-return";
import { policyOf } from "#plan/policy";
import { record } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { workloads } from "#stacks/workloads/workloads";
import { layer, planOf } from "../plan/sample.ts";
import { TODAY } from "../policies/sample.ts";
import { contextOf, many, references } from "./workloads-fixture.ts";

/** Rules about releases and routes that a plan of prod with this canary breaks. */
async function broken(release: object, only = /^(CAN|MESH)-/): Promise<string[]> {
  const { models, release: versions } = many(1);
  const given = { models: { fraud: { ...models["fraud"]!, ...release } }, release: versions };
  const { resources } = await record(() => workloads(contextOf("prod"), given), {
    stack: "workloads-prod",
    references: references("prod"),
  });
  const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment: "prod" }), [], TODAY);
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
  ["the times of a quick return", { stepSeconds, soakSeconds }],
])("a model with %s keeps every rule about releases", async (_, canary) => {
  expect(await broken({ canary })).toEqual([]);
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
  expect(await broken(release, /./)).toEqual(await broken({}, /./));
});

it("a model is released in one way", async () => {
  await expect(broken({ canary: {}, blueGreen: {} })).rejects.toThrow(
    "stacks/inputs/models.ts: fraud.blueGreen must be left out beside fraud.canary: a release is one of them",
  );
  await expect(broken({ shadow: {}, blueGreen: {} })).rejects.toThrow("fraud.blueGreen must be left out beside fraud.shadow");
});

it("a model whose first share is large is refused before any rule reads it, with the key that a person wrote", async () => {
  await expect(broken({ canary: { weights: [20, 60, 100] } })).rejects.toThrow(
    "stacks/inputs/models.ts: fraud.canary.weights must be shares that begin with at most 5 and rise by at most 60 at a time, got '[20,60,100]'",
  );
});

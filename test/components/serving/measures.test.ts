import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { Canary } from "#components/serving/strategies/canary";
import { quickReturn } from "#components/serving/strategies/quick-return";
import type { Strategy } from "#components/serving/strategies/strategy";
import { named } from "../named.ts";
import { everything, minimal, serving } from "./fixture.ts";

type Bag = Record<string, any>;

const { drift: _drift, accuracy: _accuracy, maxInFlight: _busy, ...analysis } = (everything.strategy as Canary).analysis ?? {};

const abTest = { kind: "abTest", outcomes: { attempts: "impression", successes: "click" }, analysis } as const;

/** Without what counts no answers: predictions, their labels, busy servers (release.test.ts). */
const STRATEGIES: [string, Strategy][] = [
  ["the usual steps", { kind: "canary" }],
  ["other shares and times", { ...(everything.strategy as Canary), analysis }],
  ["a quick return", quickReturn({ kind: "canary", analysis: { maxErrorShare: 0.02 } })],
  ["a canary after a shadow", { kind: "shadow" }],
  ["blue/green", { kind: "blueGreen" }],
  ["blue/green that a person switches", { kind: "blueGreen", switchedBy: "person", analysis }],
  ["an A/B test", abTest],
  ["an A/B test of few users that a person decides", { ...abTest, percent: 10, switchedBy: "person" }],
  ["a quick return of an A/B test", quickReturn({ ...abTest, scaleDownDelaySeconds: 700 })],
  ["a quick return of blue/green", quickReturn({ kind: "blueGreen", switchedBy: "person" })],
];

/** Strategies that need to know the user find the header. */
const released = (strategy: Strategy) =>
  serving({ ...minimal, exposure: { ...minimal.exposure, sticky: { header: "x-user-id" } }, strategy });

const HOSTS = {
  canary: "fraud-canary.models-risk.svc.cluster.local",
  stable: "fraud-stable.models-risk.svc.cluster.local",
};

/** The Services whose answers a query counts. */
const counted = (query: string): string[] =>
  [
    ...new Set(
      [...query.matchAll(/cluster_name=~"outbound\[\|\]\(80\|50051\)\[\|\]\[\|\]([^"]+)"/g)].map(([, host = ""]) => host),
    ),
  ].toSorted();

/** A template's metrics with its arguments put in, as Argo Rollouts does before it asks. */
function measured(template: Bag, given: Bag[] = []): { query: string; success: string; failure: string }[] {
  const values = new Map([...(template["args"] ?? []), ...given].map(({ name, value }: Bag) => [name, value]));
  const put = (text: string) => text.replaceAll(/\{\{args\.(\w+)\}\}/g, (_, name: string) => values.get(name));
  return template["metrics"].map(({ provider, successCondition, failureCondition }: Bag) => ({
    query: put(provider.prometheus.query),
    success: put(successCondition),
    failure: put(failureCondition),
  }));
}

/** Argo Rollouts' conditions use no more of its language than what JavaScript has too. */
const holds = (condition: string, result: number[]): boolean =>
  runInNewContext(condition, { result, len: (list: unknown[]) => list.length, isNaN: Number.isNaN }) as boolean;

it.each(STRATEGIES)("every verdict of %s counts the new version's answers, and can be bad", async (_, strategy) => {
  const graph = await released(strategy);
  const { canary } = named(graph, "fraud-rollout").inputs["spec"].strategy;
  expect([canary.canaryService, canary.stableService]).toEqual(["fraud-canary", "fraud-stable"]);
  const templateOf = (name: string): Bag => named(graph, name).inputs["spec"];
  const first = canary.steps.findIndex((step: Bag) => "setWeight" in step);

  expect(canary.analysis.startingStep).toBe(first);
  const verdicts = [
    ...canary.analysis.templates.flatMap(({ templateName }: Bag) => measured(templateOf(templateName))),
    ...canary.steps
      .slice(first)
      .flatMap(({ analysis }: Bag) =>
        analysis ? analysis.templates.flatMap(({ templateName }: Bag) => measured(templateOf(templateName), analysis.args)) : [],
      ),
  ];
  expect(verdicts.length).toBeGreaterThan(4);
  for (const { query, success, failure } of verdicts) {
    expect(query).not.toContain("{{");
    expect(holds(success, []), success).toBe(false);
    if (query.includes("mlops:test_events:increase")) {
      expect(query).toMatch(/namespace="models-risk",model="fraud",model_version="3",event="click"/);
      expect(query).toMatch(/namespace="models-risk",model="fraud",model_version!="",model_version!="3",event="click"/);
      expect([holds(success, [-4]), holds(success, [4]), holds(failure, [-4])], success).toEqual([false, true, true]);
      continue;
    }
    // A share of bad answers is compared with the old version's; one that is served counts both together.
    const share = !query.includes(" unless ");
    const [judged = "", compared = ""] = query.split(" unless ");
    expect(counted(judged)).toEqual(share ? [HOSTS.canary, HOSTS.stable] : [HOSTS.canary]);
    expect(counted(compared)).toEqual(share ? [] : [HOSTS.canary, HOSTS.stable]);
    // The share of nobody never passes; only a health metric aborts.
    expect(holds(success, [share ? 0 : 1]), success).toBe(false);
    expect(holds(success, [share ? bound(success) : 0]), success).toBe(true);
    expect(holds(failure, [1]), failure).toBe(!share);
  }
});

/** The lowest share that passes. */
const bound = (condition: string): number => Number(/result\[0\] >= ([\d.]+)/.exec(condition)?.[1]);

it("the one measurement of the old version comes before any user is touched", async () => {
  for (const [, strategy] of STRATEGIES) {
    const { steps } = named(await released(strategy), "fraud-rollout").inputs["spec"].strategy.canary;
    const ofStable = steps.flatMap(({ analysis }: Bag, at: number) =>
      analysis?.args?.some(({ value }: Bag) => value === "fraud-stable") ? [at] : [],
    );
    expect(ofStable).toEqual([0]);
  }
});

it("a quick return ends within ten minutes, the slowest load included", () => {
  const { weights = [], stepSeconds = NaN, soakSeconds = NaN } = quickReturn({ kind: "canary" });
  const LOAD = 300;
  expect(LOAD + (weights.length - 1) * stepSeconds + soakSeconds).toBeLessThanOrEqual(600 - 2 * 30);
});

it.each(["canary", "blueGreen"] as const)(
  "a quick return by %s compares nothing with the version from which people return",
  (kind) => {
    const all = { drift: {}, accuracy: {}, maxInFlight: 8, maxErrorShare: 0.02 };
    expect(quickReturn({ kind, analysis: all } as Strategy)).toMatchObject({ analysis: { maxInFlight: 8, maxErrorShare: 0.02 } });
    expect(Object.keys((quickReturn({ kind, analysis: all } as Strategy) as Canary).analysis ?? {})).toEqual([
      "maxInFlight",
      "maxErrorShare",
    ]);
  },
);

import { expect, it } from "vitest";
import { servingNames } from "#components/serving/names";
import { type AbTest, abTest } from "#components/serving/strategies/ab-test";
import { found } from "../../harness.ts";
import { made, template } from "./samples.ts";

/** A release of an A/B test. */
interface Released {
  canary: any;
  watch: any;
  verdict: any;
}

/** One as the component makes it, with some of it changed. */
function released(change: (release: Released) => void = () => {}, given: Partial<AbTest> = {}) {
  const names = servingNames("m", "models");
  const strategy: AbTest = { kind: "abTest", outcomes: { attempts: "attempt", successes: "success" }, ...given };
  const plan = abTest.plan(strategy, { names, version: "4", prometheusUrl: "http://p", loadSeconds: 300 });
  const { canary } = structuredClone(plan.rollout) as { canary: any };
  const templates = structuredClone(plan.analysisTemplates) as Record<string, any>;
  change({ canary, watch: templates["m-watch"].metrics.at(-1), verdict: templates["m-verdict"].metrics[0] });
  return [
    made("argoproj.io/v1alpha1:Rollout", "release", {
      strategy: { canary },
      selector: { matchLabels: { app: "m" } },
      template: { metadata: { labels: { app: "m", version: "v4" } } },
    }),
    ...["m-stable", "m-canary"].map((name) => made("core/v1:Service", name, { selector: { app: "m" } })),
    made("networking.istio.io/v1:VirtualService", "m-split", { http: [{ name: "primary", route: route(100, 0) }] }),
    ...Object.entries(templates).map(([name, spec]) => template(name, spec)),
  ];
}

const route = (...weights: number[]) =>
  weights.map((weight, at) => ({ destination: { host: ["m-stable", "m-canary"][at] }, weight }));

const RULES = ["CAN-01", "CAN-02", "CAN-03", "CAN-04", "CAN-05", "CAN-08", "CAN-09", "CAN-10", "CAN-12", "MESH-04"];

it.each(RULES)("%s lets users decide between two versions", (id) => {
  expect(found(id, released())).toEqual([]);
  expect(found(id, released(undefined, { percent: 20, switchedBy: "person", testSeconds: 2_419_200 }))).toEqual([]);
  expect(found(id, released(undefined, { percent: 60, testSeconds: 300, analysis: { drift: {} } }))).toEqual([]);
});

const STEPS = "spec.strategy.canary.steps";
const QUERY = "spec.metrics[0].provider.prometheus.query";

const asks = (metric: any, change: (query: string) => string): void => {
  const { prometheus } = metric.provider;
  prometheus.query = change(prometheus.query);
};

const stepOf = (canary: any, kind: string, text: string): number =>
  canary.steps.findIndex((step: any) => kind in step && JSON.stringify(step).includes(text));

it.each<[string, string, (release: Released) => void, string]>([
  [
    "CAN-08",
    "a verdict about the old version alone",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll('model_version="4"', 'model_version!="4"')),
    "spec.metrics[0].provider: no name of a version",
  ],
  [
    "CAN-08",
    "a verdict about another version",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll('model_version="4"', 'model_version="5"')),
    "spec.metrics[0].provider: no name of a version",
  ],
  [
    "CAN-08",
    "a verdict that takes all versions for the new one",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll('model_version="4"', 'model_version=~".+"')),
    "spec.metrics[0].provider: no name of a version",
  ],
  [
    "CAN-08",
    "a verdict of the new version against itself",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll('model_version!="4"', 'model_version="4"')),
    `${QUERY}: `,
  ],
  [
    "CAN-08",
    "a verdict of the new version against all versions",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll('model_version!="",model_version!="4"', 'model_version!=""')),
    `${QUERY}: `,
  ],
  [
    "CAN-08",
    "a verdict of the old version less the new one",
    ({ verdict }) =>
      asks(verdict, (query) =>
        query
          .replaceAll('model_version!="",model_version!="4"', "OLD")
          .replaceAll('model_version="4"', 'model_version!="",model_version!="4"')
          .replaceAll("OLD", 'model_version="4"'),
      ),
    `${QUERY}: `,
  ],
  ["CAN-08", "a verdict with its sign turned", ({ verdict }) => asks(verdict, (query) => `-1 * (${query})`), `${QUERY}: `],
  ["CAN-08", "a verdict with its sign turned, in short", ({ verdict }) => asks(verdict, (query) => `-(${query})`), `${QUERY}: `],
  [
    "CAN-08",
    "a verdict that keeps the worse version",
    ({ verdict }) => {
      [verdict.successCondition, verdict.failureCondition] = [verdict.failureCondition, verdict.successCondition];
    },
    "spec.metrics[0].failureCondition",
  ],
  [
    "CAN-08",
    "a verdict that cannot fail",
    ({ verdict }) => {
      verdict.failureCondition = "false";
    },
    "spec.metrics[0].failureCondition: false",
  ],
  [
    "CAN-08",
    "a verdict that fails far beyond chance",
    ({ verdict }) => {
      verdict.failureCondition = "len(result) > 0 && result[0] < -1000";
    },
    "spec.metrics[0].failureCondition: len(result) > 0 && result[0] < -1000",
  ],
  [
    "CAN-08",
    "a verdict that everything passes",
    ({ verdict }) => {
      verdict.successCondition = "len(result) > 0 && !isNaN(result[0])";
    },
    "spec.metrics[0].successCondition",
  ],
  [
    "CAN-08",
    "a verdict that passes on nothing",
    ({ verdict }) => {
      verdict.successCondition = "len(result) == 0 || result[0] >= 1.6449";
    },
    "spec.metrics[0].successCondition",
  ],
  [
    "CAN-08",
    "a verdict of few attempts",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll(">= 1000", ">= 20")),
    `${QUERY}: a comparison of 20 attempts or more`,
  ],
  [
    "CAN-08",
    "a verdict of any number of attempts",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll(" >= 1000", "")),
    `${QUERY}: a comparison of 0 attempts or more`,
  ],
  [
    "CAN-08",
    "a verdict about a season",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll("[1209600s:", "[90d:")),
    `${QUERY}: a range of 7776000s`,
  ],
  [
    "CAN-08",
    "a verdict about last month",
    ({ verdict }) => asks(verdict, (query) => query.replaceAll("[1209600s:3600s]", "[1209600s:3600s] offset 4w")),
    `${QUERY}: offset 4w`,
  ],
  [
    "CAN-08",
    "a watch that never ends a test that does harm",
    ({ watch }) => {
      watch.failureCondition = "false";
    },
    "spec.metrics[2].failureCondition: false",
  ],
  [
    "CAN-08",
    "a test that is looked at once a day",
    ({ watch }) => {
      watch.interval = "24h";
    },
    "spec.metrics[2].interval: 24h",
  ],
  [
    "CAN-03",
    "a verdict that is asked again until chance helps",
    ({ verdict }) => Object.assign(verdict, { count: 500, interval: "1h", failureLimit: 400 }),
    "spec.metrics[0].failureLimit: 400",
  ],
  [
    "CAN-10",
    "a test that is shorter than its verdict looks back",
    ({ canary }) => {
      canary.steps[stepOf(canary, "pause", "1209600s")].pause.duration = "1h";
    },
    `${STEPS}[8].setWeight: 50 for 3600s`,
  ],
  [
    "CAN-10",
    "a test that is shorter than its verdict looks back, behind a measurement that looks back less",
    ({ canary }) => {
      const at = stepOf(canary, "analysis", "m-verdict");
      canary.steps.splice(at, 2, canary.steps[at + 1], canary.steps[at]);
      canary.steps[stepOf(canary, "pause", "1209600s")].pause.duration = "24h";
    },
    `${STEPS}[8].setWeight: 50 for 86400s`,
  ],
  [
    "CAN-12",
    "a raise that users decide, and no errors or latency",
    ({ canary }) => canary.steps.splice(stepOf(canary, "analysis", "m-verdict") + 1, 1),
    `${STEPS}[12].setWeight: 50 to 100 without errors and latency`,
  ],
  [
    "MESH-04",
    "a few users, and then all of them",
    ({ canary }) => {
      canary.steps[stepOf(canary, "setWeight", "50")].setWeight = 10;
    },
    `${STEPS}: 10 to 100 at once`,
  ],
  ["CAN-04", "an end that nobody looks at", ({ canary }) => canary.steps.pop(), `${STEPS}: 100, then no analysis`],
])("%s finds %s", (id, _, change, says) => {
  expect(found(id, released(change)).join("\n")).toContain(says);
});

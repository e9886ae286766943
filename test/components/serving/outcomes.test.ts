import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { servingNames } from "#components/serving/names";
import { outcomeDifference, outcomeShare, recordedOutcomes } from "#components/serving/outcome-query";
import { normalQuantile } from "#components/serving/strategies/normal";
import { countedTemplate, harmMetric, type OutcomeTest, verdictTemplate } from "#components/serving/strategies/outcomes";
import { FAILURES_FORGIVEN } from "#components/serving/strategies/verdict";
import { random } from "../../harness/random.ts";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";

/** Counts of a version: attempts, and those that succeeded. */
type Counts = [attempts: number, successes: number];

/** z by way of the four-field chi-squared, which is its square. */
function z([newAttempts, a]: Counts, [oldAttempts, c]: Counts): number {
  const [b, d] = [newAttempts - a, oldAttempts - c];
  const chiSquared = ((a + b + c + d) * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
  return Math.sign(a * d - b * c) * Math.sqrt(chiSquared);
}

const times = { testSeconds: 3_600, slotSeconds: 120, minAttempts: 1_000 };
/** Scrapes of a test. */
const SCRAPES = 240;

/** Of which model only the events of an audience count. */
const OF_AUDIENCE = "region";

const counted = (model: string) => ({
  namespace: "models-risk",
  model,
  attempts: "impression",
  successes: "click",
  audienceOnly: model === OF_AUDIENCE,
});
const of = (model: string) => outcomeDifference({ ...counted(model), version: "4" }, times);

const events = (model: string, version: string, event: string, more = ""): string =>
  `mlops_business_events_total{namespace="models-risk",model="${model}",model_version="${version}",event="${event}"${more}}`;

/** Series of a version that counts so much from one scrape to the next, all the time. */
const steady = (model: string, version: string, [attempts, successes]: Counts, more = ""): [string, string][] => [
  [events(model, version, "impression", more), `0+${attempts}x480`],
  [events(model, version, "click", more), `0+${successes}x480`],
];

const per = (scrape: Counts): Counts => [SCRAPES * scrape[0], SCRAPES * scrape[1]];

/** Of each model: its series, and what z must be after two hours. */
const CASES: [model: string, series: [string, string][], expected: number | undefined][] = [
  ["better", [...steady("better", "4", [100, 12]), ...steady("better", "3", [100, 10])], z(per([100, 12]), per([100, 10]))],
  ["worse", [...steady("worse", "4", [50, 5]), ...steady("worse", "3", [100, 14])], z(per([50, 5]), per([100, 14]))],
  ["equal", [...steady("equal", "4", [50, 5]), ...steady("equal", "3", [100, 10])], 0],
  ["few_new", [...steady("few_new", "4", [4, 1]), ...steady("few_new", "3", [100, 10])], undefined],
  ["few_old", [...steady("few_old", "4", [100, 10]), ...steady("few_old", "3", [4, 1])], undefined],
  ["enough", [...steady("enough", "4", [5, 1]), ...steady("enough", "3", [100, 10])], z(per([5, 1]), per([100, 10]))],
  ["alone", steady("alone", "4", [100, 10]), undefined],
  ["misspelt", [[events("misspelt", "4", "view"), "0+100x480"]], undefined],
  ["all_fail", [...steady("all_fail", "4", [100, 0]), ...steady("all_fail", "3", [100, 0])], Number.NaN],
  [
    "never",
    [[events("never", "4", "impression"), "0+100x480"], ...steady("never", "3", [100, 10])],
    z(per([100, 0]), per([100, 10])),
  ],
  [
    "others",
    [
      ...steady("others", "4", [100, 12]),
      ...steady("others", "3", [100, 10]),
      ...steady("others", "", [900, 900]),
      [events("others", "4", "purchase"), "0+900x480"],
      ...steady("other-model", "4", [900, 1]),
      ...steady("others", "4", [900, 1]).map(([series, values]): [string, string] => [
        series.replace("models-risk", "models-growth"),
        values,
      ]),
    ],
    z(per([100, 12]), per([100, 10])),
  ],
  [
    OF_AUDIENCE,
    // Everybody else has the old version, and succeeds more often with it than anybody of the audience.
    [
      ...steady(OF_AUDIENCE, "4", [100, 12], ',audience="true"'),
      ...steady(OF_AUDIENCE, "3", [100, 10], ',audience="true"'),
      ...steady(OF_AUDIENCE, "3", [900, 810]),
      ...steady(OF_AUDIENCE, "3", [900, 810], ',audience="false"'),
    ],
    z(per([100, 12]), per([100, 10])),
  ],
  [
    "several",
    [
      ...["a", "b"].flatMap((pod) => steady("several", "4", [50, 7], `,pod="${pod}"`)),
      ...steady("several", "3", [60, 6], ',pod="a"'),
      ...steady("several", "2", [40, 3], ',pod="b"'),
    ],
    z(per([100, 14]), per([100, 9])),
  ],
  [
    "restarted",
    // The application is deployed, and counts from 0, in the middle of a part of the test.
    [
      [events("restarted", "4", "impression"), "0+100x363 100+100x116"],
      [events("restarted", "4", "click"), "0+12x363 12+12x116"],
      ...steady("restarted", "3", [100, 10]),
    ],
    z(per([100, 12]), per([100, 10])),
  ],
  [
    "before",
    // Until 20 minutes ago there was no new version, and the old one succeeded twice as often.
    [
      [events("before", "4", "impression"), "_x400 0+100x80"],
      [events("before", "4", "click"), "_x400 0+12x80"],
      [events("before", "3", "impression"), "0+100x480"],
      [events("before", "3", "click"), "0+20x400 8010+10x79"],
    ],
    z([8_000, 960], [8_000, 800]),
  ],
  [
    "after",
    // Since 20 minutes all users have the new version, and fewer of them succeed.
    [
      [events("after", "4", "impression"), "0+100x480"],
      [events("after", "4", "click"), "0+12x400 4805+5x79"],
      [events("after", "3", "impression"), "0+100x400 40000x79"],
      [events("after", "3", "click"), "0+10x400 4000x79"],
    ],
    z([16_000, 1_920], [16_000, 1_600]),
  ],
];

/** Of some models above: the share of all attempts of a day that succeeded. */
const SHARES: [model: string, share: number | undefined][] = [
  ["equal", 0.1],
  ["several", 23 / 200],
  ["all_fail", 0],
  ["others", 22 / 200],
  [OF_AUDIENCE, 22 / 200],
  ["misspelt", undefined],
  // Counted, but nothing records it.
  ["other-model", undefined],
];

it("the difference of two versions is z of the events of both, while both have users, and nothing where one had too few", async ({
  skip,
}) => {
  const program = await findPromtool();
  const models = [...new Set(CASES.map(([model]) => model))];
  const recorded = models.map((model) => {
    const group = recordedOutcomes(counted(model), 120);
    return { ...group, name: model };
  });
  const shareOf = (model: string) => outcomeShare(counted(model));
  const test = {
    interval: "15s",
    input_series: CASES.flatMap(([, series]) => series.map(([each, values]) => ({ series: each, values }))),
    promql_expr_test: [
      ...CASES.map(([model, , value]) => [of(model), value] as const).map(([expr, value]) => ({
        expr:
          value === undefined ? expr : Number.isNaN(value) ? `${expr} != bool ${expr}` : `abs(${expr} - ${value}) < bool 1e-6`,
        eval_time: "2h",
        exp_samples: value === undefined ? [] : [{ labels: "{}", value: 1 }],
      })),
      ...SHARES.map(([model, value]) => ({
        expr: value === undefined ? shareOf(model) : `abs((${shareOf(model)}) - ${value}) < bool 1e-6`,
        eval_time: "2h",
        exp_samples: value === undefined ? [] : [{ labels: "{}", value: 1 }],
      })),
    ],
  };
  const files = {
    "rules.yml": JSON.stringify({ groups: recorded }),
    "tests.yml": JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests: [test] }),
  };
  expect(program ? await promtool(program, ["test", "rules", "tests.yml"], files) : skip("no promtool")).toContain("SUCCESS");
});

describe("the quantile of the normal distribution", () => {
  it.each([
    // Abramowitz and Stegun, table 26.5, and R's qnorm.
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446008],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.999, 3.090232306167813],
    [0.05, -1.6448536269514722],
    [1e-10, -6.361340902404056],
    [1e-20, -9.262340089798],
  ])("of %d is %d", (share, value) => {
    expect(normalQuantile(share)).toBeCloseTo(value, 11);
  });
});

const HOURS = 336;
const tested = (significance = 0.05): OutcomeTest => ({
  outcomes: { attempts: "impression", successes: "click" },
  version: "4",
  testSeconds: HOURS * 3_600,
  minAttempts: 1_000,
  significance,
  windowSeconds: 120,
  intervalSeconds: 30,
  giveUpSeconds: 1_800,
  prometheusUrl: "http://prometheus.monitoring:9090",
});

interface Metric {
  interval: string;
  count: number;
  successCondition: string;
  failureCondition: string;
  provider: { prometheus: { query: string } };
}

const names = servingNames("fraud", "models-risk");
const gate = (significance?: number): Metric =>
  (verdictTemplate(tested(significance), names) as { metrics: [Metric] }).metrics[0];
const harm = harmMetric(tested(), names) as Metric;

/** What Argo Rollouts makes of an answer. */
function phase({ successCondition, failureCondition }: Metric, result: number[]): "failed" | "good" | "undecided" {
  const holds = (condition: string): boolean =>
    runInNewContext(condition, { result, len: (list: unknown[]) => list.length, isNaN: Number.isNaN }) as boolean;
  return holds(failureCondition) ? "failed" : holds(successCondition) ? "good" : "undecided";
}

describe("the verdict of a test", () => {
  it.each<[what: string, significance: number, answer: number[], expected: string]>([
    ["better", 0.05, [1.645], "good"],
    ["nearly better", 0.05, [1.644], "undecided"],
    ["equal", 0.05, [0], "undecided"],
    ["nearly worse", 0.05, [-1.644], "undecided"],
    ["worse", 0.05, [-1.645], "failed"],
    ["better than one in a hundred", 0.01, [2.327], "good"],
    ["not better than one in a hundred", 0.01, [2.326], "undecided"],
    ["better than one in five", 0.2, [0.842], "good"],
    ["of too few attempts", 0.05, [], "undecided"],
    ["of attempts that never succeed", 0.05, [Number.NaN], "undecided"],
  ])("of a version that is %s, at %d", (_, significance, answer, expected) => {
    expect(phase(gate(significance), answer)).toBe(expected);
  });

  it("is not waited for where nothing is counted, or another event", () => {
    const [metric] = (countedTemplate(tested(), names) as { metrics: [Metric] }).metrics;
    expect(metric).toMatchObject({ count: 60, consecutiveSuccessLimit: 1, inconclusiveLimit: 60 });
    expect([[], [Number.NaN], [0], [0.1], [1], [7]].map((answer) => phase(metric, answer))).toEqual([
      "undecided",
      "undecided",
      "undecided",
      "good",
      "undecided",
      "undecided",
    ]);
  });

  it("is asked for once, and a test that does harm is looked at every hour", () => {
    expect(gate()).toMatchObject({ count: 1 });
    expect(gate()).not.toHaveProperty("interval");
    expect(harm.interval).toBe("3600s");
    expect([[-3], [-2.99], [0], []].map((answer) => phase(harm, answer))).toEqual(["failed", "good", "good", "undecided"]);
  });

  it("compares all of its time, and in parts of at least two scrapes", () => {
    const query = (change: Partial<OutcomeTest>) =>
      (harmMetric({ ...tested(), ...change }, names) as Metric).provider.prometheus.query;
    expect(query({})).toContain("[1209600s:3600s]");
    expect(query({ testSeconds: 2_419_200 })).toContain("[2419200s:3600s]");
    expect(query({ testSeconds: 86_400 })).toContain("[86400s:257s]");
    expect(query({ testSeconds: 600 })).toContain("[600s:120s]");
  });
});

/** The limit in a condition, which the conditions themselves are tested with above: a simulation asks too often to read them each time. */
const limit = (condition: string): number => Number(/result\[0\] [<>]=? (-?[\d.]+)$/.exec(condition)?.[1]);
const LIMITS = {
  better: limit(gate().successCondition),
  worse: limit(gate().failureCondition),
  harm: limit(harm.failureCondition),
};

/** How a test ends, of versions of which so many attempts succeed, and after how many hours. More succeed by day, of both. */
function simulated(newShare: number, oldShare: number, next: () => number): { end: string; hours: number } {
  const counts: { new: Counts; old: Counts } = { new: [0, 0], old: [0, 0] };
  let failures = 0;
  for (let hour = 1; hour <= HOURS; hour++) {
    const day = 1 + 0.3 * Math.sin((2 * Math.PI * hour) / 24);
    for (const [side, share] of [
      ["new", newShare],
      ["old", oldShare],
    ] as const) {
      for (let attempt = 0; attempt < 60; attempt++) {
        counts[side][0] += 1;
        counts[side][1] += next() < share * day ? 1 : 0;
      }
    }
    const enough = Math.min(counts.new[0], counts.old[0]) >= 1_000;
    failures += enough && z(counts.new, counts.old) <= LIMITS.harm ? 1 : 0;
    if (failures > FAILURES_FORGIVEN) {
      return { end: "stopped", hours: hour };
    }
  }
  const found = z(counts.new, counts.old);
  return { end: found >= LIMITS.better ? "good" : found <= LIMITS.worse ? "failed" : "undecided", hours: HOURS };
}

function outcomesOf(tests: number, newShare: number, oldShare: number) {
  const next = random(20_261_130);
  const all = Array.from({ length: tests }, () => simulated(newShare, oldShare, next));
  const part = (end: string): number => all.filter((each) => each.end === end).length / tests;
  const median = all.map(({ hours }) => hours).toSorted((one, other) => one - other)[Math.floor(tests / 2)] ?? Number.NaN;
  return { better: part("good"), worse: part("failed"), stopped: part("stopped"), median };
}

describe("in a simulation", () => {
  it("500 tests of two equal versions find one better in about one of twenty, and rarely end early", () => {
    const found = outcomesOf(500, 0.1, 0.1);
    expect(found.better).toBeGreaterThan(0.03);
    expect(found.better).toBeLessThan(0.07);
    expect(found.worse + found.stopped).toBeGreaterThan(0.03);
    expect(found.worse + found.stopped).toBeLessThan(0.08);
    expect(found.stopped).toBeLessThan(0.03);
  });

  it("a version with 30 % fewer successes is stopped early, and one with 10 % more wins", () => {
    const bad = outcomesOf(100, 0.07, 0.1);
    const good = outcomesOf(100, 0.11, 0.1);
    expect(bad.stopped).toBe(1);
    expect(bad.median).toBeLessThan(0.25 * HOURS);
    expect(good.better).toBeGreaterThan(0.9);
    expect(good.stopped).toBe(0);
  });
});

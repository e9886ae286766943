import { expect, it } from "vitest";
import { accuracyLoss, inFlight } from "#components/serving/pods-query";
import {
  differentShare,
  errorShare,
  failedShare,
  judgedErrors,
  judgedSlow,
  predictionDrift,
  servedShare,
  slowdown,
  slowShare,
} from "#components/serving/queries";
import { findPromtool, promtool } from "../../monitoring/promtool.ts";

const window = { windowSeconds: 120, minRequests: 100 };
const host = (service: string): string => `${service}.ns.svc.cluster.local`;
const cluster = (service: string, port: number): string => `cluster_name="outbound|${port}||${host(service)}"`;
const requests = (service: string, label: string, port = 80): string =>
  `envoy_cluster_upstream_rq{${cluster(service, port)},${label}}`;
const timed = (le: string, service = "canary", port = 80): string =>
  `envoy_cluster_upstream_rq_time_bucket{${cluster(service, port)},le="${le}"}`;

/** An answer of gRPC, as the monitor of the gateway names it. */
const answered = (service: string, status: number, codeClass: string): string =>
  requests(service, `response_code_class="${codeClass}",grpc_response_status="${status}"`, 50_051);

/** Counters of a gateway, by what each scrape adds; an answer is counted by class and again by code. */
const COUNTERS: [string, number][] = [
  [requests("canary", 'response_code_class="2xx"'), 190],
  [requests("canary", 'response_code="200"'), 190],
  [requests("canary", 'response_code_class="5xx"'), 10],
  [requests("canary", 'response_code="500"'), 10],
  [requests("stable", 'response_code_class="2xx"'), 600],
  [requests("quiet", 'response_code_class="2xx"'), 1],
  [timed("200"), 150],
  [timed("+Inf"), 200],
  // By REST and by gRPC: a caller's mistake is no failure. Another port is no way of users.
  [requests("both", 'response_code_class="2xx"'), 90],
  [requests("both", 'response_code_class="5xx"'), 10],
  [answered("both", 0, "2xx"), 290],
  [answered("both", 3, "4xx"), 60],
  [answered("both", 13, "5xx"), 30],
  [answered("both", 14, "5xx"), 20],
  [requests("both", 'response_code_class="5xx"', 9_090), 1_000],
  [timed("200", "both"), 100],
  [timed("+Inf", "both"), 100],
  [timed("200", "both", 50_051), 300],
  [timed("+Inf", "both", 50_051), 400],
  [timed("+Inf", "both", 9_090), 1_000],
  // By gRPC alone.
  [answered("alone", 0, "2xx"), 30],
  [answered("alone", 4, "5xx"), 10],
];

const judged = (service: string, oldService: string, max: number, timesOld = 2): string =>
  judgedErrors({ host: host(service), oldHost: host(oldService), max, timesOld }, window);

const EXPECTED: [string, string, number | undefined][] = [
  ["errors", errorShare(host("canary"), window), 0.05],
  ["no_errors", errorShare(host("stable"), window), 0],
  ["slow", slowShare(host("canary"), 200, window), 0.25],
  ["served", servedShare(host("canary"), host("stable"), window), 0.25],
  ["errors_both", errorShare(host("both"), window), 0.12],
  ["slow_both", slowShare(host("both"), 200, window), 0.2],
  ["served_both", servedShare(host("both"), host("stable"), window), Number((500 / 1_100).toFixed(8))],
  ["errors_of_grpc", errorShare(host("alone"), window), 0.25],
  // Errors of 12 % in 4,000 answers: chance makes 1.6 % of them.
  ["judged_worse", judged("both", "stable", 0.1), 0.12],
  ["judged_by_chance", judged("both", "stable", 0.11), undefined],
  ["judged_below", judged("both", "canary", 0.12), 0.12],
  ["judged_as_the_old", judged("both", "canary", 0.01, 2.4), undefined],
  ["judged_worse_than_old", judged("both", "canary", 0.01, 2.3), 0.12],
  ["judged_as_the_old_in_vain", judged("both", "canary", 0.01, 0), 0.12],
  ["judged_beside_nobody", judged("both", "quiet", 0.01), 0.12],
  ["judged_by_nothing", judged("quiet", "canary", 0.01), undefined],
  ["judged_slow", judgedSlow({ host: host("both"), oldHost: host("canary"), max: 0.05, timesOld: 0.7 }, 200, window), 0.2],
  [
    "judged_slow_too",
    judgedSlow({ host: host("both"), oldHost: host("canary"), max: 0.05, timesOld: 0.8 }, 200, window),
    undefined,
  ],
  ["served_alone", servedShare(host("canary"), host("unknown"), window), 1],
  // Nothing at all, so that a gate neither passes nor fails.
  ["misspelt", errorShare(host("unknown"), window), undefined],
  ["too_few", errorShare(host("quiet"), window), undefined],
  ["no_such_bound", slowShare(host("canary"), 150, window), undefined],
];

it("queries measure what the gateway counted, and nothing where it counted nothing", async ({ skip }) => {
  const rules = { groups: [{ name: "queries", rules: EXPECTED.map(([record, expr]) => ({ record, expr })) }] };
  const test = {
    interval: "15s",
    input_series: COUNTERS.map(([series, growth]) => ({ series, values: `0+${growth}x40` })),
    promql_expr_test: EXPECTED.map(([expr, , value]) => ({
      expr,
      eval_time: "5m",
      exp_samples: value === undefined ? [] : [{ labels: expr, value }],
    })),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

/** Predictions that each scrape adds, by output and bin. */
const PREDICTED = {
  new: { p: { "0.25": 100, "0.5": 50, "+Inf": 50 }, q: { "1.0": 200, "+Inf": 0 } },
  old: { p: { "0.25": 100, "0.5": 200, "+Inf": 100 }, q: { "1.0": 390, "+Inf": 10 } },
  few: { p: { "0.25": 1, "0.5": 2, "+Inf": 1 } },
};

const predicted = (pods: keyof typeof PREDICTED, model: string): [string, number][] =>
  Object.entries(PREDICTED[pods]).flatMap(([output, bins]) =>
    Object.entries(bins).map(([bin, count]): [string, number] => [
      `model_prediction_bins_total{namespace="ns",app="${model}",rollouts_pod_template_hash="${pods}",output="${output}",bin="${bin}"}`,
      count,
    ]),
  );

/** The index by its definition, with a share of 1 in 200 for an empty bin. */
function psi(one: Record<string, number>, other: Record<string, number>): number {
  const sum = (bins: Record<string, number>): number => Object.values(bins).reduce((all, count) => all + count, 0);
  return Object.keys(one).reduce((all, bin) => {
    const [p, q] = [one[bin]! / sum(one), other[bin]! / sum(other)].map((share) => Math.max(share, 0.005)) as [number, number];
    return all + (p - q) * Math.log(p / q);
  }, 0);
}

it("the drift of predictions is the largest stability index of an output, and nothing where one side predicted too little", async ({
  skip,
}) => {
  const of = (model: string, newPods: string) =>
    predictionDrift({ namespace: "ns", model, newPods }, { windowSeconds: 120, minPredictions: 600 });
  const asked = [
    ["drift", of("fraud", "new")],
    ["few", of("quiet", "few")],
    ["alone", of("fraud", "unknown")],
    ["other_model", of("spam", "new")],
  ] as const;
  const largest = Math.max(psi(PREDICTED.new.p, PREDICTED.old.p), psi(PREDICTED.new.q, PREDICTED.old.q));
  expect(largest).toBeGreaterThan(0.1);
  const series = [
    ...predicted("new", "fraud"),
    ...predicted("old", "fraud"),
    ...predicted("few", "quiet"),
    ...predicted("old", "quiet"),
  ];
  const rules = { groups: [{ name: "drift", rules: asked.map(([record, expr]) => ({ record, expr })) }] };
  const test = {
    interval: "15s",
    input_series: series.map(([each, growth]) => ({ series: each, values: `0+${growth}x40` })),
    promql_expr_test: asked.map(([expr], at) => ({
      expr,
      eval_time: "5m",
      exp_samples: at === 0 ? [{ labels: expr, value: Number(largest.toFixed(8)) }] : [],
    })),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

/** A model of which version 3 runs and version 4 is new; a bad version 2 was thrown out yesterday, and another model has a version 4 too. */
const FRAUD = { namespace: "ns", model: "fraud" };
const up = (model: string, hash: string, version: string, pod: string): [string, string] => [
  `up{namespace="ns",app="${model}",rollouts_pod_template_hash="${hash}",version="${version}",pod="${pod}"}`,
  "1x40",
];
const pushed = (version: string, accuracy: number, labels: number, model = "fraud"): [string, string][] => {
  const of = `job="quality",namespace="ns",model="${model}",model_version="${version}"`;
  return [
    [`mlops_online_quality{${of},metric="accuracy"}`, `${accuracy}x40`],
    [`mlops_online_quality{${of},metric="auc"}`, "1x40"],
    [`mlops_online_quality_samples{${of},metric="accuracy"}`, `${labels}x40`],
  ];
};
/** The same, as another pod of the push gateway shows it. */
const again = (...of: Parameters<typeof pushed>): [string, string][] =>
  pushed(...of).map(([series, values]) => [series.replace("{", '{pod="b",'), values]);
/** The same of another job, so many seconds ago. */
const old = (version: string, accuracy: number, labels: number, age: number): [string, string][] => {
  const of = `job="before",namespace="ns",model="fraud",model_version="${version}"`;
  return [
    [`mlops_online_quality{${of},metric="accuracy"}`, `${accuracy}x40`],
    [`mlops_online_quality_samples{${of},metric="accuracy"}`, `${labels}x40`],
    [`push_time_seconds{${of}}`, `-${age}x40`],
  ];
};
const RUNNING = [
  up("fraud", "new", "v4", "a"),
  up("fraud", "old", "v3", "b"),
  up("fraud", "old", "v3", "c"),
  up("spam", "new", "v9", "d"),
  ...pushed("9", 0.5, 9_000, "spam"),
];

it.each<[what: string, series: [string, string][], loss: number | undefined]>([
  ["both are labelled", [...pushed("4", 0.9, 2_000), ...pushed("3", 0.97, 50_000)], 0.07],
  ["the new one is better", [...pushed("4", 0.99, 2_000), ...pushed("3", 0.97, 50_000)], -0.02],
  ["versions before were bad", [...pushed("4", 0.9, 2_000), ...pushed("3", 0.97, 2_000), ...pushed("2", 0.1, 90_000)], 0.07],
  ["the new one has too few labels", [...pushed("4", 0.9, 1_999), ...pushed("3", 0.97, 50_000)], undefined],
  ["the old one has too few labels", [...pushed("4", 0.9, 2_000), ...pushed("3", 0.97, 1_999)], undefined],
  ["the push gateway is replaced", [...pushed("4", 0.9, 2_000), ...pushed("3", 0.97, 50_000), ...again("3", 0.97, 50_000)], 0.07],
  [
    "two groups say different things of the new one",
    [...pushed("4", 0.5, 9_000), ...pushed("3", 0.97, 9_000), ...old("4", 0.99, 9_000, 0)],
    undefined,
  ],
  [
    "an old group says something else",
    [...pushed("4", 0.9, 2_000), ...pushed("3", 0.97, 2_000), ...old("4", 0.99, 100, 172_800)],
    0.07,
  ],
  ["somebody means percent", [...pushed("4", 90, 2_000), ...pushed("3", 0.97, 2_000)], undefined],
  ["nobody pushes", [], undefined],
])("the loss of accuracy where %s", async (_, series, loss) => {
  const expr = accuracyLoss({ ...FRAUD, version: "4", minLabels: 2_000 });
  const rules = { groups: [{ name: "accuracy", rules: [{ record: "loss", expr }] }] };
  const test = {
    interval: "15s",
    input_series: [...RUNNING, ...series].map(([each, values]) => ({ series: each, values })),
    promql_expr_test: [
      { expr: "loss", eval_time: "5m", exp_samples: loss === undefined ? [] : [{ labels: "loss", value: loss }] },
    ],
  };
  expect((await tested(rules, test)) ?? MISSING).toMatch(/SUCCESS|neither on PATH/);
});

it("how busy the new servers are is the mean of their pods, over all states of a request", async ({ skip }) => {
  const busy = (hash: string, pod: string, state: string, values: string): [string, string] => [
    `model_requests_in_flight{namespace="ns",app="fraud",rollouts_pod_template_hash="${hash}",pod="${pod}",state="${state}"}`,
    values,
  ];
  const series = [
    busy("new", "a", "running", "4x40"),
    busy("new", "a", "waiting", "8x40"),
    busy("new", "b", "running", "2x40"),
    busy("old", "c", "running", "90x40"),
  ];
  const expr = inFlight({ ...FRAUD, newPods: "new" }, 120);
  const rules = { groups: [{ name: "saturation", rules: [{ record: "busy", expr }] }] };
  const test = {
    interval: "15s",
    input_series: series.map(([each, values]) => ({ series: each, values })),
    promql_expr_test: [{ expr: "busy", eval_time: "5m", exp_samples: [{ labels: "busy", value: 7 }] }],
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

it("a comparison counts the answers of its own version alone, and nothing where there are too few", async ({ skip }) => {
  const of = (version: string) => ({ namespace: "ns", comparer: "fraud-comparer", version, windowSeconds: 120, minAnswers: 500 });
  const labels = (version: string, rest: string): string =>
    `namespace="ns",app="fraud-comparer",pod="a",old_version="3",new_version="${version}",${rest}`;
  const outcome = (version: string, name: string, growth: number): [string, number] => [
    `shadow_answers_total{${labels(version, `outcome="${name}"`)}}`,
    growth,
  ];
  const seconds = (side: string, le: string, growth: number): [string, number] => [
    `shadow_answer_seconds_bucket{${labels("4", `side="${side}",le="${le}"`)}}`,
    growth,
  ];
  const counted = [
    outcome("4", "same", 90),
    outcome("4", "different", 10),
    outcome("4", "new_failed", 25),
    outcome("4", "old_failed", 40),
    outcome("4", "unreadable", 70),
    // Of another release, and too few.
    outcome("5", "different", 1_000),
    outcome("6", "same", 10),
    outcome("6", "different", 0),
    // All of the old version within 0.1 s, of the new one half of them, evenly.
    seconds("old", "0.1", 100),
    seconds("old", "0.2", 100),
    seconds("old", "+Inf", 100),
    seconds("new", "0.1", 50),
    seconds("new", "0.2", 100),
    seconds("new", "+Inf", 100),
  ];
  const asked: [string, number | undefined][] = [
    [differentShare(of("4")), 0.1],
    [failedShare(of("4")), 0.2],
    [slowdown(of("4")), Number((0.198 / 0.099).toFixed(8))],
    [differentShare(of("6")), undefined],
    [failedShare(of("7")), undefined],
    [slowdown(of("6")), undefined],
  ];
  const rules = { groups: [{ name: "comparison", rules: asked.map(([expr], at) => ({ record: `value${at}`, expr })) }] };
  const test = {
    interval: "15s",
    input_series: counted.map(([series, growth]) => ({ series, values: `0+${growth}x40` })),
    promql_expr_test: asked.map(([, value], at) => ({
      expr: `value${at}`,
      eval_time: "5m",
      exp_samples: value === undefined ? [] : [{ labels: `value${at}`, value }],
    })),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

/** Shares of bad answers that are exactly at a limit. */
const LIMITS: [bad: number, all: number, limit: number][] = [
  [5, 100, 0.05],
  [10, 200, 0.05],
  [7, 140, 0.05],
  [1, 100, 0.01],
  [9, 900, 0.01],
];

it("a version at its limit is good, and one bad answer more is too many", async ({ skip }) => {
  const cases = LIMITS.flatMap(([bad, all, limit], index) => [
    { name: `exact${index}`, bad, all, limit },
    { name: `above${index}`, bad: bad + 1, all, limit },
  ]);
  const counted = cases.flatMap(({ name, bad, all }): [string, number][] => [
    [requests(name, 'response_code_class="2xx"'), all - bad],
    [requests(name, 'response_code_class="5xx"'), bad],
    [timed("200", name), all - bad],
    [timed("+Inf", name), all],
  ]);
  const asked = cases.flatMap(({ name, limit }) => [
    { name, expr: `${errorShare(host(name), window)} > ${limit}` },
    { name, expr: `${slowShare(host(name), 200, window)} > ${limit}` },
  ]);
  const rules = { groups: [{ name: "limits", rules: asked.map(({ expr }, index) => ({ record: `share${index}`, expr })) }] };
  const test = {
    interval: "15s",
    // All answers come between two scrapes of the window.
    input_series: counted.map(([series, count]) => ({ series, values: `0x13 ${count}x20` })),
    promql_expr_test: asked.map(({ name }, index) => ({
      expr: `count(share${index})`,
      eval_time: "5m",
      exp_samples: name.startsWith("above") ? [{ labels: "{}", value: 1 }] : [],
    })),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

const MISSING = "promtool 3 is neither on PATH nor in the toolchain's cache";

/** What promtool says of a test of rules; `undefined` without a promtool. */
async function tested(rules: object, test: object): Promise<string | undefined> {
  const program = await findPromtool();
  const tests = { rule_files: ["rules.yml"], evaluation_interval: "15s", tests: [test] };
  const files = { "rules.yml": JSON.stringify(rules), "tests.yml": JSON.stringify(tests) };
  return program && (await promtool(program, ["test", "rules", "tests.yml"], files));
}

/** Counters of a Service whose versions so far say nothing of the one that is measured: 5 % of its 200 answers a scrape are slow, or fail. */
const HISTORIES: [what: string, before: { good: number; all: number }][] = [
  ["none", { good: 0, all: 0 }],
  ["all_bad", { good: 0, all: 5_000 }],
  ["nearly_all_bad", { good: 20, all: 5_000 }],
  ["all_good", { good: 5_000, all: 5_000 }],
];

it("what versions before have left in the counters does not change what is measured", async ({ skip }) => {
  const counters = HISTORIES.flatMap(([name, { good, all }]): [string, number, number][] => [
    [requests(name, 'response_code_class="2xx"'), good, 190],
    [requests(name, 'response_code_class="5xx"'), all - good, 10],
    [timed("200", name), good, 190],
    [timed("+Inf", name), all, 200],
  ]);
  const asked = HISTORIES.flatMap(([name]) => [errorShare(host(name), window), slowShare(host(name), 200, window)]);
  const rules = { groups: [{ name: "histories", rules: asked.map((expr, index) => ({ record: `share${index}`, expr })) }] };
  const test = {
    interval: "15s",
    // Nothing was asked for five minutes; its first answers come between two scrapes.
    input_series: counters.map(([series, before, growth]) => ({
      series,
      values: `${before}x20 ${before + growth}+${growth}x20`,
    })),
    promql_expr_test: asked.flatMap((_, index) =>
      ["375s", "390s", "420s", "9m"].map((eval_time) => ({
        expr: `share${index}`,
        eval_time,
        exp_samples: [{ labels: `share${index}`, value: 0.05 }],
      })),
    ),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

it("a gateway that begins anew is left out until its counters are seen to grow", async ({ skip }) => {
  const counted = [
    ["a", "1000+200x20 0+200x20"],
    ["b", "5000+200x40"],
  ].flatMap(([pod, values]) =>
    ['response_code_class="2xx"', 'response_code_class="5xx"'].map((label) => ({
      series: requests("canary", `${label},pod="${pod}"`),
      values: label.includes("5xx") ? "7x40" : values,
    })),
  );
  const rules = { groups: [{ name: "restart", rules: [{ record: "share", expr: errorShare(host("canary"), window) }] }] };
  const test = {
    interval: "15s",
    input_series: counted,
    promql_expr_test: ["5m", "315s", "330s", "7m"].map((eval_time) => ({
      expr: "share",
      eval_time,
      exp_samples: [{ labels: "share", value: 0 }],
    })),
  };
  expect((await tested(rules, test)) ?? skip(MISSING)).toContain("SUCCESS");
});

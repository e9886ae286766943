import { describe, expect, it } from "vitest";
import { predictionDrift } from "#components/serving/queries";
import { describeRule, found } from "../../harness.ts";
import { gate, made, release, rollout, stepsOf, template } from "./samples.ts";

const gateTemplate = { layer: "workloads", resource: "fraud-gate" } as const;
const CANARY = "workloads-prod/fraud-rollout: 'spec.strategy.canary";

describeRule("CAN-08", [
  {
    ...release,
    what: "a gate that measures the stable version",
    change: (inputs) => {
      stepsOf(inputs)[5].analysis.args[0].value = "fraud-stable";
    },
    says: `${CANARY}.steps[5].analysis.args' must be a query about the new version, 'fraud-canary', got 'the stable version, 'fraud-stable''`,
    unknown: "spec.strategy.canary.steps.5.analysis.args.0.value",
  },
  {
    ...gateTemplate,
    what: "a constant query",
    change: ({ spec }) => {
      spec.metrics[0].provider.prometheus.query = "vector(0)";
    },
    says: "workloads-prod/fraud-gate: 'spec.metrics[0].provider.prometheus.query' must be a query whose answer depends on series, got 'vector(0)'",
    unknown: "spec.metrics.0.provider.prometheus.query",
  },
  {
    ...gateTemplate,
    what: "a condition that every answer meets",
    change: ({ spec }) => {
      spec.metrics[1].successCondition = "result[0] >= 0";
    },
    says: "workloads-prod/fraud-gate: 'spec.metrics[1].successCondition' must be a condition that some answers do not meet, got 'result[0] >= 0'",
    unknown: "spec.metrics.1.successCondition",
  },
  {
    ...release,
    what: "a background analysis that begins after the last step",
    change: (inputs) => {
      inputs.spec.strategy.canary.analysis.startingStep = 19;
    },
    says: `${CANARY}.analysis.startingStep' must be one of the 19 steps of 'spec.strategy.canary.steps', got '19'`,
  },
]);

const QUERY = 'sum(rate(rq{service="{{args.service}}",code=~"5.."}[2m])) / sum(rate(rq{service="{{args.service}}"}[2m]))';

/** What is said of a release with one gate, whose metric is changed. */
function measured(
  metric: object,
  { args = [{ name: "service", value: "m-canary" }], analysis = {}, canary = {}, requests = { fewest: 0, most: 10_000 } } = {},
): string[] {
  const measure = {
    name: "errors",
    successCondition: "result[0] <= 0.01",
    provider: { prometheus: { query: QUERY } },
    ...metric,
  };
  const step = gate("gate", args);
  const stack = [
    rollout({ steps: [{ setWeight: 5 }, { analysis: { ...step.analysis, ...analysis } }, { setWeight: 100 }], ...canary }),
    template("gate", { args: [{ name: "service" }], metrics: [measure] }),
  ];
  return found("CAN-08", stack, requests);
}
const asks = (query: string) => ({ provider: { prometheus: { query } } });

describe("CAN-08", () => {
  it.each(["vector(0)", "1 > bool 2", "scalar(vector(1))", `0 * (${QUERY})`, `(${QUERY}) * 0`])(
    "refuses the constant query %s",
    (query) => {
      expect(measured(asks(`${query} # {{args.service}}`))).toHaveLength(1);
    },
  );

  it("takes a query that compares predictions, which no share of failures decides, but none that is always the same", () => {
    const compared = { namespace: "models", model: "m", newPods: "{{args.service}}" };
    const query = predictionDrift(compared, { windowSeconds: 120, minPredictions: 600 });
    const judged = { successCondition: "result[0] <= 0.25", failureCondition: "result[0] > 0.25" };
    expect(measured({ ...asks(query), ...judged })).toEqual([]);
    expect(measured({ ...asks(`0 * (${query})`), ...judged })).toHaveLength(1);
    expect(measured({ ...asks(query), successCondition: "true" })).toHaveLength(1);
    const others = predictionDrift({ ...compared, newPods: "old" }, { windowSeconds: 120, minPredictions: 600 });
    expect(measured({ ...asks(others), ...judged })).toHaveLength(1);
  });

  it("refuses a query that answers where nothing was measured, and one about answers that no server gives", () => {
    expect(measured(asks('sum(rate(rq{s="m-canary"}[2m])) or on() vector(0)'))).toHaveLength(1);
    expect(measured(asks('rate(rq{s="m-canary",response_code_class="9xx"}[2m])'))).toHaveLength(1);
  });

  it.each([
    "true",
    "1 == 1",
    "result[0] >= 0",
    "result[0] <= 0.01 || true",
    "result[0] <= 1",
    "result[0] <= 0.5",
    "all(result, # >= 0)",
  ])("refuses the condition %s", (successCondition) => {
    expect(measured({ successCondition })).toHaveLength(1);
  });

  it.each(["all(result, # <= 0.01)", "none(result, # > 0.01)", "not any(result, # > 0.01)"])(
    "refuses the condition %s, which holds of no answer at all",
    (condition) => {
      expect(measured({ successCondition: condition })).toHaveLength(1);
      expect(measured({ successCondition: `len(result) > 0 && !isNaN(result[0]) && ${condition}` })).toEqual([]);
    },
  );

  it.each(["not (result[0] > 400)", "!(result[0] > 400)"])(
    "refuses the condition %s of a quantile, which is NaN where there was no request",
    (successCondition) => {
      const quantile = asks('histogram_quantile(0.99, sum by (le) (rate(t_bucket{s="m-canary"}[2m])))');
      expect(measured({ ...quantile, successCondition })).toHaveLength(1);
    },
  );

  const share = (service: string, code = "5..", fewest = 1): string =>
    `(sum(rate(rq{service="${service}",code=~"${code}"}[2m])) / (sum(rate(rq{service="${service}"}[2m])) >= ${fewest}))`;
  const all = 'sum(rate(rq{service="m-canary"}[2m]))';
  const [ofNew, ofOld] = [share("m-canary"), share("m-stable")];
  /** As a background analysis judges, and without a verdict where it has no answer. */
  const watched = { failureCondition: "result[0] > 0.05", inconclusiveLimit: 1_000, successCondition: "result[0] <= 0.05" };

  it.each([
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${ofOld})`,
    `${ofNew} unless on() (${ofNew} > 0.05 <= 9 * ${ofOld})`,
    `1 - ${share("m-canary", "2..")} unless (1 - ${share("m-canary", "2..")} > 0.05 <= 2 * (1 - ${share("m-stable", "2..")}))`,
    `${ofNew} unless (${ofNew} > 0.05 <= (2 * ${ofOld} > 0.05 or vector(0.05)))`,
    `${share("m-canary", "5..", 20)} unless (${share("m-canary", "5..", 20)} > 0.05 <= 0.05 + 3 * sqrt(0.05 * 0.95 / ${all}))`,
  ])("takes a share that counts only where it is worse than that of the stable version: %s", (query) => {
    expect(measured({ ...watched, ...asks(query) })).toEqual([]);
  });

  it.each([
    // Whatever the old version does.
    `${ofNew} unless ${ofNew} > 0.05`,
    `${ofNew} unless (${ofNew})`,
    `${ofNew} unless (${ofNew} > 0.05 <= 2 + ${ofOld})`,
    `${ofNew} unless (${ofNew} > 0.05 <= 100 * ${ofOld})`,
    // Successes of the old version, others of its answers, and versions that nobody knows.
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${share("m-stable", "2..")})`,
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${share("m-stable", "4..|5..")})`,
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${share("other")})`,
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${ofNew})`,
    // Chance that explains all, or of which nobody knows how large it is.
    `${ofNew} unless (${ofNew} > 0.05 <= 0.05 + 3 * sqrt(0.05 * 0.95 / ${all}))`,
    `${ofNew} unless (${ofNew} > 0.05 <= 0.4)`,
    // Other series, which may be there at all times, or never.
    `${ofNew} unless on() count(kube_pod_info)`,
    `${ofNew} and on() no_such_series`,
    // Old versions that are not that good, traffic between two bounds, and gaps.
    `${ofNew} unless on() (${ofOld} > 0.03)`,
    `${ofNew} unless (${ofNew} > 0.05 <= 200 * (${ofOld} - 0.02))`,
    `${ofNew} unless on() (${all} > 150 < 900000)`,
    `${ofNew} unless (${ofNew} > 0.51 < 0.69)`,
    // Another moment.
    `${ofNew.replaceAll("[2m])", "[2m] @ 1609746000)")}`,
    `${ofNew.replaceAll("[2m])", "[2m] @ end())")}`,
    // Some failures of a server.
    share("m-canary", "501"),
    share("m-canary", "500|503"),
    // Another time of the old version.
    `${ofNew} unless (${ofNew} > 0.05 <= 2 * ${ofOld.replaceAll("2m", "1h")})`,
    // The old version, and a factor, in the answer.
    `${ofOld} unless (${ofOld} > 0.05 <= 2 * ${ofNew})`,
    `2 * ${ofNew} unless (${ofNew} > 0.05 <= 2 * ${ofOld})`,
  ])("refuses a share that is worse in vain: %s", (query) => {
    expect(measured({ ...watched, ...asks(query) })).toHaveLength(1);
  });

  it("counts the requests of a share in the answer, not in what it is compared with", () => {
    const least = (query: string) => measured({ ...watched, ...asks(query) }, { requests: { fewest: 150, most: 10_000 } });
    const [old, enough] = [share("m-stable", "5..", 2), share("m-canary", "5..", 2)];
    expect(least(`${ofNew} unless (${ofNew} > 0.05 <= 2 * ${old})`)).toContain(
      "spec.metrics[0].provider.prometheus.query: a share of 120 requests or more",
    );
    expect(least(`${enough} unless (${enough} > 0.05 <= 2 * ${old})`)).toEqual([]);
  });

  it("refuses a failure that never comes, and its limit as an argument", () => {
    expect(measured({ successCondition: undefined, failureCondition: "result[0] > 2" })).toEqual([
      "spec.metrics[0].failureCondition: result[0] > 2",
    ]);
    const args = [
      { name: "service", value: "m-canary" },
      { name: "most", value: "1" },
    ];
    expect(measured({ successCondition: "result[0] <= {{args.most}}" }, { args })).toEqual([
      "spec.strategy.canary.steps[1].analysis.args: result[0] <= 1",
    ]);
  });

  it("refuses dry runs, arguments without a value, templates that are missing and measurements of nothing", () => {
    expect(measured({}, { analysis: { dryRun: [{ metricName: "err.*" }] } })).toEqual([
      "spec.strategy.canary.steps[1].analysis.dryRun: errors",
    ]);
    // As Go reads it: any part of the name, and in spellings that JavaScript does not read.
    for (const metricName of ["rro", "x|err", "", "(?i)ERR"]) {
      expect(measured({}, { analysis: { dryRun: [{ metricName }] } })).toHaveLength(1);
    }
    expect(measured({}, { analysis: { dryRun: [{ metricName: "latency" }] } })).toEqual([]);
    expect(measured({}, { args: [] })).toContain("spec.metrics[0].provider: no value of 'service'");
    expect(measured({}, { analysis: { templates: [{ templateName: "other" }] } })).toEqual([
      "spec.strategy.canary.steps[1].analysis.templates[0].templateName: other",
    ]);
    expect(measured({ count: 0, interval: "0s" })).toEqual(["spec.metrics[0].count: 0", "spec.metrics[0].interval: 0s"]);
  });

  it("refuses a measurement of another server than the others", () => {
    const metrics = ["http://a.b.svc.cluster.local:9090/", "http://a.b:9090", "http://c.d:9090"].map((address, index) => ({
      name: `m${index}`,
      successCondition: "result[0] <= 0.01",
      provider: { prometheus: { address, query: 'rate(rq{s="m-canary"}[2m])' } },
    }));
    const steps = [{ setWeight: 5 }, gate("gate"), { setWeight: 100 }];
    expect(found("CAN-08", [rollout({ steps }), template("gate", { metrics })])).toEqual([
      "spec.metrics[2].provider.prometheus.address: http://c.d:9090",
    ]);
  });

  it.each([
    ["a stricter limit", { successCondition: "result[0] <= 0.001" }],
    ["a share of successes", { ...asks(QUERY.replace("5..", "2..")), successCondition: "result[0] >= 0.95" }],
    ["a number, not a list", { successCondition: "result < 0.05" }],
    [
      "a latency in milliseconds",
      {
        ...asks('histogram_quantile(0.99, sum by (le) (rate(t_bucket{s="m-canary"}[2m])))'),
        successCondition: "result[0] < 500",
      },
    ],
    ["a mean", { ...asks('rate(t_sum{s="m-canary"}[2m]) / rate(t_count{s="m-canary"}[2m])'), successCondition: "result[0] < 2" }],
    ["a query over several lines", asks(QUERY.replace(" / ", "\n/\n"))],
    [
      "a part that may be missing",
      asks(`(sum(rate(rq{s="m-canary",c="5xx"}[2m])) or on() vector(0)) / sum(rate(rq{s="m-canary"}[2m]))`),
    ],
    ["a condition in words", { successCondition: "not (result[0] > 0.01)" }],
  ])("accepts %s", (_, metric) => {
    expect(measured(metric)).toEqual([]);
  });

  it("leaves open what is not read here", () => {
    expect(measured({ successCondition: "result.value.first() < 1" })).toEqual(["open: spec.metrics[0].successCondition"]);
    expect(measured(asks(`cos(${QUERY})`))).toEqual(["open: spec.metrics[0].provider.prometheus.query"]);
    expect(measured(asks(`forecast(${QUERY})`))).toEqual(["open: spec.metrics[0].provider.prometheus.query"]);
  });

  it.each([
    `(${QUERY}) - 1`,
    `(${QUERY}) / 1000`,
    `(${QUERY}) % 0.001`,
    `(${QUERY}) ^ 9`,
    `floor(${QUERY})`,
    `clamp(${QUERY}, 0, 0.001)`,
    `clamp_max(${QUERY}, 0.001)`,
    `(${QUERY}) * (${QUERY}) * (${QUERY}) * (${QUERY})`,
    `sqrt(${QUERY}) / 100`,
    `((${QUERY}) > bool 5)`,
    `(${QUERY}) > 2`,
    `(${QUERY}) unless (${QUERY})`,
    `round(${QUERY})`,
    `log10(1 + (${QUERY})) / 30`,
    `tanh(${QUERY}) / 100`,
    QUERY.replace('code=~"5.."', 'code=~"5..",reason="none"'),
    'histogram_quantile(0.01, sum by (le) (rate(t_bucket{s="m-canary"}[2m])))',
    QUERY.replace("5..", "4.."),
    QUERY.replace("5..", "5..x"),
    QUERY.replace('code=~"5.."', 'code=~"5..",code!~"5.*"'),
    QUERY.replaceAll('service="{{args.service}}"', 'service=~".*|{{args.service}}"'),
    QUERY.replace('service="{{args.service}}"', 'service=~"m-stable|{{args.service}}"'),
    `${QUERY})`,
    `(${QUERY}`,
  ])("refuses the query %s", (query) => {
    expect(measured(asks(query))).toHaveLength(1);
  });

  it.each([
    [`( ${QUERY} )\n# a comment`, 0.01],
    [QUERY.replaceAll("rate", "irate"), 0.2],
    [QUERY.replaceAll("sum(", "sum by (cluster) ("), 0.1],
    [`round(${QUERY}, 0.0001)`, 0.05],
    [`clamp_min(${QUERY}, 0)`, 0.05],
    [`100 * (${QUERY})`, 5],
    [`${QUERY} * 100`, 20],
    [`sqrt(${QUERY})`, 0.3],
    [QUERY.replaceAll("[2m]", "[30m]"), 0.2],
    [QUERY.replace('code=~"5.."', 'code=~"[45].."'), 0.01],
    [QUERY.replace('code=~"5.."', 'code!~"[1-4].."'), 0.01],
    [QUERY.replaceAll('service="{{args.service}}"', 'pod=~"m-.*",service="{{args.service}}"'), 0.01],
    [`avg_over_time((${QUERY})[5m:30s])`.replaceAll("[2m]", "[5m]").replace("[5m:30s]", "[5m:30s]"), 0.05],
  ])("accepts the query %s", (query, limit) => {
    expect(measured({ ...asks(query), successCondition: `result[0] <= ${limit}` })).toEqual([]);
  });

  it("wants a limit of time that is near that of the alerts", () => {
    const part = 'sum(increase(t_bucket{service="m-canary",le="200"}[2m]))';
    const query = (le: string) => asks(`1 - ${part.replace('le="200"', le)} / ${part.replace('le="200"', 'le="+Inf"')}`);
    expect(measured(query('le="200"'))).toEqual([]);
    expect(measured(query('le=~"200(\\\\.0)?"'))).toEqual([]);
    expect(measured(query('le=~"300000(\\\\.0)?"'))).toHaveLength(1);
    expect(measured(query('le=~"200|300000"'))).toHaveLength(1);
    expect(measured(query('le=~".+"'))).toHaveLength(1);
  });

  it.each([
    "http://localhost:9090",
    "http://127.0.0.1:1",
    "http://prometheus.example.com",
    "http://nowhere.invalid",
    "ftp://a.b",
  ])("refuses the address %s", (address) => {
    expect(measured({ provider: { prometheus: { address, query: QUERY } } })).toEqual([
      `spec.metrics[0].provider.prometheus.address: ${address}`,
    ]);
  });

  it.each([
    "http://prometheus:9090",
    "http://a.monitoring.svc:9090/",
    "http://a.b.svc.cluster.local",
    "https://prom.example.com/a",
  ])("accepts the address %s", (address) => {
    expect(measured({ provider: { prometheus: { address, query: QUERY } } })).toEqual([]);
  });

  it("knows the new version by the hash of its pods and by a label of its own", () => {
    const args = [{ name: "hash", valueFrom: { podTemplateHashValue: "Latest" } }];
    expect(measured(asks('rate(rq{pod=~"m-{{args.hash}}.*"}[2m])'), { args: args as never })).toEqual([]);
    const labelled = { template: { metadata: { labels: { version: "v3" } } } };
    const query = 'rate(rq{version="v3"}[2m])';
    const own = made("argoproj.io/v1alpha1:Rollout", "release", {
      ...labelled,
      strategy: { canary: { stableService: "m-stable", steps: [{ setWeight: 5 }, gate("gate"), { setWeight: 100 }] } },
    });
    expect(found("CAN-08", [own, template("gate", { metrics: [asks(query)] })])).toEqual([]);
    const old = [{ name: "hash", valueFrom: { podTemplateHashValue: "Stable" } }];
    expect(measured(asks('rate(rq{pod=~"m-{{args.hash}}.*"}[2m])'), { args: old as never })).toHaveLength(1);
  });

  it("refuses shares that cannot be large", () => {
    const part =
      'sum(increase(envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80||m-canary.n.svc.cluster.local",le="200"}[2m]))';
    const whole = part.replace('le="200"', 'le="+Inf"');
    const share = (above: string, below: string) => measured(asks(`1 - ${above} / (${below} >= 100)`));
    expect(share(whole, whole).join()).toContain("the same above as below");
    expect(share(part.replace("[2m]", "[30m]"), whole).join()).toContain("30m and 2m in one query");
    expect(measured(asks(`1 - 2 * ${part} / (${whole} >= 100)`)).join()).toContain("a factor of 2");
  });

  it("refuses another time, both versions at once, and a success of nothing", () => {
    expect(measured(asks(QUERY.replaceAll("[2m]", "[2m] offset 1d")))).toHaveLength(1);
    expect(measured(asks(QUERY.replaceAll("[2m]", "[30d]")))).toHaveLength(1);
    expect(measured(asks(QUERY.replaceAll("[2m]", "[1s]")))).toHaveLength(1);
    expect(measured(asks(`(${QUERY}) - (${QUERY})`))).toHaveLength(1);
    expect(measured(asks(`clamp_max(${QUERY}, 0)`))).toHaveLength(1);
    expect(measured(asks(QUERY.replace("{{args.service}}", "m-stable")))).toHaveLength(1);
    expect(measured(asks(QUERY.replaceAll("{{args.service}}", "{{args.service}}.elsewhere")))).toHaveLength(1);
    expect(measured(asks(QUERY.replaceAll("{{args.service}}", "{{args.service}}.models.svc")))).toEqual([]);
    expect(measured({ successCondition: "len(result) == 0 || result[0] <= 0.01" })).toHaveLength(1);
    expect(measured({ interval: "24h", count: 3 })).toEqual(["spec.metrics[0].interval: 24h"]);
    expect(measured({ initialDelay: "60" })).toEqual([]);
    expect(measured({ initialDelay: "24h" })).toEqual(["spec.metrics[0].initialDelay: 24h"]);
    expect(measured({ interval: "30s" })).toEqual(["spec.metrics[0].count: nothing"]);
  });

  it("wants some requests, and not more than there are", () => {
    const requests = { fewest: 10, most: 10_000 };
    const of = (below: string) => {
      const above = below.includes("increase(") ? QUERY.replaceAll("rate(", "increase(") : QUERY;
      return measured(asks(above.replace(/ \/ (.*)$/, ` / (${below})`)), { requests });
    };
    const all = 'sum(increase(rq{service="{{args.service}}"}[2m]))';
    for (const below of [`${all} >= 100`, `${all}>100`, `${all} >= 1e3`]) {
      expect(of(below)).toEqual([]);
    }
    expect(of(all.replace("increase", "rate"))).toHaveLength(1);
    expect(of(`${all.replace("increase", "rate")} >= 0.8`)).toEqual([]);
    expect(of(all)).toEqual(["spec.metrics[0].provider.prometheus.query: a share of any number of requests"]);
    expect(of(`${all} >= 1`)).toHaveLength(1);
    expect(of(`${all} >= 1e9`)).toHaveLength(1);
  });

  it("refuses a share of successes that may be small", () => {
    const above = (code: string) => QUERY.replace('code=~"5.."', `code=~"${code}"`);
    expect(measured({ ...asks(above("2..")), successCondition: "result[0] >= 0.99" })).toEqual([]);
    expect(measured({ ...asks(above("2..")), successCondition: "result[0] <= 0.01" })).toHaveLength(1);
    expect(measured({ ...asks(`1 - ${above("[23]..")}`), successCondition: "result[0] <= 0.01" })).toEqual([]);
    expect(measured({ ...asks(above("5..")), successCondition: "result[0] <= 0.01" })).toEqual([]);
  });

  it.each([{ count: 1 }, { interval: "1h" }, { initialDelay: "1h" }])("refuses a watch that does not watch: %j", (change) => {
    const metric = { name: "errors", interval: "30s", failureCondition: "result[0] > 0.01", ...asks(QUERY), ...change };
    const analysis = { templates: [{ templateName: "watch" }], args: [{ name: "service", value: "m-canary" }] };
    const stack = (own: object) => [
      rollout({ steps: [{ setWeight: 5 }, { setWeight: 100 }], analysis }),
      template("watch", { args: [{ name: "service" }], metrics: [{ ...metric, ...own }] }),
    ];
    const requests = { fewest: 0, most: 10_000 };
    const [field] = Object.keys(change);
    expect(found("CAN-08", stack({}), requests)).toEqual([`spec.metrics[0].${field}: ${Object.values(change)[0]}`]);
    expect(found("CAN-08", stack({ [field!]: field === "count" ? undefined : "60s" }), requests)).toEqual([]);
  });

  it("refuses conditions that name some shares and leave those between them out", () => {
    const failureCondition = "result[0] == 0.3 || result[0] == 0.5 || result[0] == 0.7 || result[0] == 1";
    expect(measured({ ...watched, failureCondition })).toHaveLength(1);
  });
});

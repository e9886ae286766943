import { scraped } from "../emitted.ts";
import { type Case, churn, type Family, fires, fraud as model, REQUESTS, selector, silent } from "./case.ts";

/** Steps of 30 s; 45 minutes are enough for everything here. */
const STEP = "30s";
const STEPS = 90;
const fraud = { namespace: "ml", model: "fraud" };
const cluster = (role: string, model = "fraud") => `outbound|80||${model}-${role}.ml.svc.cluster.local`;

/** A counter that grows by so many a second. */
const perSecond = (rate: number) => `0+${rate * 30}x${STEPS}`;
const constant = (value: number) => `${value}+0x${STEPS}`;
const answers = (codeClass: string, role = "stable", more = {}) =>
  scraped("envoy_cluster_upstream_rq", { cluster_name: cluster(role), response_code_class: codeClass, ...more });
const timed = (role = "stable") => scraped("envoy_cluster_upstream_rq_time_count", { cluster_name: cluster(role) });
const within = (le: string, role = "stable") =>
  scraped("envoy_cluster_upstream_rq_time_bucket", { cluster_name: cluster(role), le });

const latency = (name: string, slow: number, rate: number, firing: boolean): Case => ({
  name: `latency: ${name}`,
  series: {
    [answers("2xx")]: perSecond(rate),
    [timed()]: perSecond(rate),
    [within("200")]: perSecond(rate * (1 - slow)),
    [within("250")]: perSecond(rate),
  },
  expect: [
    silent("ModelLatencyHigh", "critical", "5m"),
    firing ? fires("ModelLatencyHigh", "critical", "7m30s", fraud) : silent("ModelLatencyHigh", "critical", "30m"),
  ],
});

const errors = (name: string, share: number, severities: string[]): Case => ({
  name: `errors: ${name}`,
  series: { [answers("2xx")]: perSecond(100 * (1 - share)), [answers("5xx")]: perSecond(100 * share) },
  expect: ["warning", "critical"].map((severity) =>
    severities.includes(severity)
      ? fires("ModelErrorRateHigh", severity, "10m", fraud)
      : silent("ModelErrorRateHigh", severity, "30m"),
  ),
});

const adapterCases: Case[] = [
  {
    name: "adapter: replicas add up, codes do not count twice, other Services are left out",
    series: {
      [answers("2xx")]: perSecond(6),
      [answers("2xx", "stable", { pod: "ingress-2" })]: perSecond(4),
      [scraped("envoy_cluster_upstream_rq", { cluster_name: cluster("stable"), response_code: "200" })]: perSecond(6),
      [answers("2xx", "canary")]: perSecond(2),
      [answers("5xx", "canary")]: perSecond(1),
      [answers("2xx", "stable", { cluster_name: "outbound|443||kubernetes.default.svc.cluster.local" })]: perSecond(50),
      [within("200", "canary")]: perSecond(2),
      [within("250", "canary")]: perSecond(3),
      [timed("canary")]: perSecond(3),
    },
    samples: [
      ["requests", "stable", 10],
      ["requests", "canary", 3],
      ["errors", "stable", 0],
      ["errors", "canary", 1],
      ["within_target", "canary", 2],
      ["timed", "canary", 3],
    ].map(([series, role, value]) => ({
      at: "10m",
      expr: `round(mlops:serving_${series}:rate2m{role="${role}"}, 0.001)`,
      labels: selector({ ...fraud, environment: "test", role: String(role) }),
      value: Number(value),
    })),
  },
  {
    name: "adapter: the bound as Prometheus 3 writes it",
    series: { [within("200.0")]: perSecond(5) },
    samples: [{ at: "10m", expr: "round(sum(mlops:serving_within_target:rate2m), 0.001)", labels: "{}", value: 5 }],
  },
];

const servingCases: Case[] = [
  latency("6% too slow", 0.06, 10, true),
  latency("4% too slow", 0.04, 10, false),
  latency("all too slow and hardly any requests", 1, 0.1, true),
  errors("6%", 0.06, ["warning", "critical"]),
  errors("2%", 0.02, ["warning"]),
  errors("0.5%", 0.005, []),
  {
    name: "memory at 95% of its limit, of one pod of the model, of another model with a longer name, and of another namespace",
    series: Object.fromEntries(
      (
        [
          ["ml", "fraud-7d9c4b6f58-x2v7q", 95],
          ["ml", "fraud-7d9c4b6f58-k8m4z", 80],
          ["ml", "fraud-eu-5f6d8c9b7-q9w2r", 95],
          ["other", "fraud-7d9c4b6f58-x2v7q", 95],
        ] as const
      ).flatMap(([namespace, pod, used]) => [
        [scraped("container_memory_working_set_bytes", { namespace, pod, container: "server" }), constant(used)],
        [
          scraped("kube_pod_container_resource_limits", { namespace, pod, container: "server", resource: "memory" }),
          constant(100),
        ],
      ]),
    ),
    expect: [
      silent("ModelMemoryHigh", "warning", "14m"),
      fires("ModelMemoryHigh", "warning", "20m", { namespace: "ml", pod: "fraud-7d9c4b6f58-x2v7q", container: "server" }),
    ],
  },
  {
    name: "autoscalers of the model and of another one at their maximum",
    series: Object.fromEntries(
      [
        ["fraud", 4],
        ["churn", 4],
      ].flatMap(([hpa, replicas]) => [
        [
          scraped("kube_horizontalpodautoscaler_status_current_replicas", {
            namespace: "ml",
            horizontalpodautoscaler: String(hpa),
          }),
          constant(Number(replicas)),
        ],
        [
          scraped("kube_horizontalpodautoscaler_spec_max_replicas", { namespace: "ml", horizontalpodautoscaler: String(hpa) }),
          constant(4),
        ],
      ]),
    ),
    expect: [
      silent("ModelReplicasExhausted", "warning", "14m"),
      fires("ModelReplicasExhausted", "warning", "20m", { namespace: "ml", horizontalpodautoscaler: "fraud" }),
    ],
  },
];

const metaCases: Case[] = [
  {
    name: "missing: the gateway has no counters of a declared model",
    series: {},
    expect: [
      silent("ServingMetricsMissing", "warning", "29m"),
      fires("ServingMetricsMissing", "warning", "35m", {
        ...fraud,
        team: "risk",
        drift: "true",
        quality: "true",
        kpi: "click-through-rate",
      }),
    ],
  },
  {
    name: "missing: counted, and quiet",
    series: { [answers("2xx")]: constant(7) },
    expect: [silent("ServingMetricsMissing", "warning", "30m")],
  },
  {
    name: "missing: a histogram without the target's bound",
    series: { [timed()]: perSecond(5), [within("250")]: perSecond(5) },
    expect: [silent("LatencyBucketMissing", "warning", "14m"), fires("LatencyBucketMissing", "warning", "20m", fraud)],
  },
  {
    name: "missing: a histogram with it",
    series: { [timed()]: perSecond(5), [within("200")]: perSecond(5) },
    expect: [silent("LatencyBucketMissing", "warning", "30m")],
  },
  {
    name: "push gateway: one push refused, one not",
    series: {
      [scraped("push_failure_time_seconds", { job: "drift" })]: constant(200),
      [scraped("push_time_seconds", { job: "drift" })]: constant(100),
      [scraped("push_failure_time_seconds", { job: "quality" })]: constant(0),
      [scraped("push_time_seconds", { job: "quality" })]: constant(100),
    },
    expect: [
      silent("BatchPushFailing", "warning", "4m"),
      fires("BatchPushFailing", "warning", "10m", { job: "drift", ...fraud }),
    ],
  },
  {
    name: "too many series",
    series: {
      [scraped("scrape_samples_post_metric_relabeling", { job: "wild", instance: "a" })]: constant(150_000),
      [scraped("scrape_samples_post_metric_relabeling", { job: "wild", instance: "b" })]: constant(60_000),
      [scraped("scrape_samples_post_metric_relabeling", { job: "tame", instance: "a" })]: constant(199_000),
    },
    expect: [silent("SeriesExplosion", "warning", "14m"), fires("SeriesExplosion", "warning", "20m", { job: "wild" })],
  },
  {
    name: "rules: not loaded",
    series: {
      [scraped("prometheus_rule_group_rules", { rule_group: "/etc/prometheus/rules/x.yaml;node-exporter" })]: constant(3),
    },
    expect: [silent("RulesNotLoaded", "critical", "9m"), fires("RulesNotLoaded", "critical", "15m", {})],
  },
  {
    name: "rules: loaded",
    series: {
      [scraped("prometheus_rule_group_rules", { rule_group: "/etc/prometheus/rules/x.yaml;millrace-gateway-adapter" })]:
        constant(4),
    },
    expect: [silent("RulesNotLoaded", "critical", "30m")],
  },
];

/** Every answer of both models takes the same time and lands in the same buckets; fraud's target is 200 ms, churn's 500 ms. */
const bothTake = (milliseconds: number, ...slow: { model: string }[]): Case => ({
  name: `targets: every answer of fraud (200 ms) and churn (500 ms) takes ${milliseconds} ms`,
  series: Object.fromEntries(
    ["fraud", "churn"].flatMap((name) => {
      const of = { cluster_name: cluster("stable", name) };
      return [
        [answers("2xx", "stable", of), perSecond(10)],
        [scraped("envoy_cluster_upstream_rq_time_count", of), perSecond(10)],
        ...[200, 250, 500, 1_000].map((le) => [
          scraped("envoy_cluster_upstream_rq_time_bucket", { ...of, le: String(le) }),
          perSecond(milliseconds <= le ? 10 : 0),
        ]),
      ];
    }),
  ),
  expect: [
    slow.length > 0
      ? fires("ModelLatencyHigh", "critical", "7m30s", ...slow.map(({ model }) => ({ namespace: "ml", model })))
      : silent("ModelLatencyHigh", "critical", "30m"),
  ],
});

const ownErrors = (share: number, severities: string[]): Case => ({
  name: `limits: ${share * 100}% errors of churn, which allows 2%`,
  series: {
    [answers("2xx", "stable", { cluster_name: cluster("stable", "churn") })]: perSecond(1000 * (1 - share)),
    [answers("5xx", "stable", { cluster_name: cluster("stable", "churn") })]: perSecond(1000 * share),
  },
  expect: ["warning", "critical"].map((severity) =>
    severities.includes(severity)
      ? fires("ModelErrorRateHigh", severity, "10m", { namespace: "ml", model: "churn" })
      : silent("ModelErrorRateHigh", severity, "30m"),
  ),
});

const ownSlowShare = (slow: number, firing: boolean): Case => {
  const of = { cluster_name: cluster("stable", "churn") };
  return {
    name: `limits: ${slow * 100}% slow answers of churn, which allows 10%`,
    series: {
      [answers("2xx", "stable", of)]: perSecond(100),
      [scraped("envoy_cluster_upstream_rq_time_count", of)]: perSecond(100),
      [scraped("envoy_cluster_upstream_rq_time_bucket", { ...of, le: "500" })]: perSecond(100 * (1 - slow)),
    },
    expect: [
      firing
        ? fires("ModelLatencyHigh", "critical", "10m", { namespace: "ml", model: "churn" })
        : silent("ModelLatencyHigh", "critical", "30m"),
    ],
  };
};

const limitCases: Case[] = [
  bothTake(150),
  bothTake(300, { model: "fraud" }),
  bothTake(600, { model: "fraud" }, { model: "churn" }),
  ownErrors(0.015, []),
  ownErrors(0.03, ["warning"]),
  ownErrors(0.11, ["warning", "critical"]),
  ownSlowShare(0.09, false),
  ownSlowShare(0.11, true),
];

export const servingFamilies: Family[] = [
  { name: "adapter", about: [...REQUESTS], step: STEP, cases: adapterCases },
  { name: "serving", about: [...REQUESTS, "serving"], step: STEP, cases: servingCases },
  { name: "limits", about: [...REQUESTS, "serving"], step: STEP, models: [model, churn], cases: limitCases },
  { name: "meta", about: [...REQUESTS, "meta", "model-meta", "rules-present"], step: STEP, cases: metaCases },
];

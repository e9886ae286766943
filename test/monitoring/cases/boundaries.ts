import { scraped } from "../emitted.ts";
import { type Case, type Expectation, type Family, fires, never, REQUESTS, silent } from "./case.ts";

// Where each verdict turns: one step below its limit, exactly at it, one step above. "More than" a limit leaves the limit itself out;
// "down by 10%" begins at exactly 10%. Numbers are such as binary fractions cannot hold.

const fraud = { namespace: "ml", model: "fraud" };
const version = { ...fraud, model_version: "3" };
const cluster_name = "outbound|80||fraud-stable.ml.svc.cluster.local";

/** What an alert does in a case, at a moment: it fires, or has never fired. */
const verdict = (alert: string, severity: string, at: string, firing: boolean, labels: Record<string, string>): Expectation =>
  firing ? fires(alert, severity, at, labels) : never(alert, severity, at);

const answers = (response_code_class: string) => scraped("envoy_cluster_upstream_rq", { cluster_name, response_code_class });
const timed = scraped("envoy_cluster_upstream_rq_time_count", { cluster_name });
const within = scraped("envoy_cluster_upstream_rq_time_bucket", { cluster_name, le: "200" });

/** Counters of answers: so many at each step, of which so many are bad from a step on, for a number of steps. */
function requests(all: number, bad: number, steps: number, last = 60): Record<string, string> {
  const CLEAN = 8;
  const part = (rate: number, from: number) => `${from}+${rate}x`;
  const good = all * CLEAN;
  const slowGood = good + (all - bad) * steps;
  const quick = `${part(all, 0)}${CLEAN} ${part(all - bad, good + all - bad)}${steps - 1} ${part(all, slowGood + all)}${last}`;
  const failed = `0+0x${CLEAN} ${part(bad, bad)}${steps - 1} ${bad * steps}+0x${last}`;
  return { [timed]: `0+${all}x200`, [within]: quick, [answers("2xx")]: quick, [answers("5xx")]: failed };
}

/** Both alerts are asked after the time is over: they stay for five minutes. The fault begins with the eighth step. */
const lasting = (step: string, slow: string, share: number, steps: number, at: string, firing: boolean): Case => ({
  name: `for 5 minutes: ${share} of 1000 answers are bad for ${slow}, scraped every ${step}`,
  exact: true,
  series: requests(1_000, share, steps),
  expect: [
    verdict("ModelLatencyHigh", "critical", at, firing && share > 50, fraud),
    verdict("ModelErrorRateHigh", "warning", at, firing, fraud),
  ],
});

const every15s: Case[] = [
  lasting("15s", "4 minutes", 1_000, 16, "10m", false),
  lasting("15s", "4 minutes", 100, 16, "10m", false),
  lasting("15s", "5 minutes", 1_000, 20, "10m", true),
  lasting("15s", "5 minutes", 200, 20, "10m", true),
  lasting("15s", "6 minutes", 60, 24, "10m", true),
];

const every30s: Case[] = [
  lasting("30s", "4 minutes", 1_000, 8, "12m", false),
  lasting("30s", "4 minutes 30", 1_000, 9, "12m", false),
  lasting("30s", "5 minutes", 1_000, 10, "12m", true),
  lasting("30s", "5 minutes", 300, 10, "12m", true),
];

/** So many of so many answers are bad, all the time. */
const share = (bad: number, all: number, slow: boolean, warning: boolean, critical: boolean): Case => ({
  name: `limit: ${bad} of ${all} answers are bad`,
  exact: true,
  series: {
    [timed]: `0+${all}x60`,
    [within]: `0+${all - bad}x60`,
    [answers("2xx")]: `0+${all - bad}x60`,
    [answers("5xx")]: `0+${bad}x60`,
  },
  expect: [
    verdict("ModelLatencyHigh", "critical", "10m", slow, fraud),
    verdict("ModelErrorRateHigh", "warning", "10m", warning, fraud),
    verdict("ModelErrorRateHigh", "critical", "10m", critical, fraud),
  ],
});

const usage = (name: string, used: number, firing: boolean): Case => {
  const server = { namespace: "ml", pod: "fraud-7d9c4b6f58-x2v7q", container: "server" };
  return {
    name: `memory: ${name}`,
    series: {
      [scraped("container_memory_working_set_bytes", server)]: `${used}+0x60`,
      [scraped("kube_pod_container_resource_limits", { ...server, resource: "memory" })]: "300000000+0x60",
    },
    expect: [verdict("ModelMemoryHigh", "warning", "20m", firing, server)],
  };
};

/** @param least replicas that the autoscaler keeps. Without one the cluster's exporter says nothing of it. */
const replicas = (current: number, firing: boolean, least?: number): Case => {
  const hpa = { namespace: "ml", horizontalpodautoscaler: "fraud" };
  return {
    name: `replicas: ${current} of ${least === undefined ? "" : `${least} to `}4`,
    series: {
      [scraped("kube_horizontalpodautoscaler_status_current_replicas", hpa)]: `${current}+0x60`,
      [scraped("kube_horizontalpodautoscaler_spec_max_replicas", hpa)]: "4+0x60",
      ...(least !== undefined && { [scraped("kube_horizontalpodautoscaler_spec_min_replicas", hpa)]: `${least}+0x60` }),
    },
    expect: [verdict("ModelReplicasExhausted", "warning", "20m", firing, hpa)],
  };
};

const limitCases: Case[] = [
  share(0, 1_000, false, false, false),
  share(9, 1_000, false, false, false),
  share(10, 1_000, false, false, false),
  share(11, 1_000, false, true, false),
  share(50, 1_000, false, true, false),
  share(51, 1_000, true, true, true),
  share(3, 300, false, false, false),
  share(4, 300, false, true, false),
  share(7, 140, false, true, false),
  share(8, 140, true, true, true),
  share(35, 700, false, true, false),
  share(36, 700, true, true, true),
  share(1, 1, true, true, true),
  usage("one byte less than 90% of its limit", 269_999_999, false),
  usage("exactly 90% of its limit", 270_000_000, false),
  usage("one megabyte more than 90% of its limit", 271_000_000, true),
  replicas(3, false),
  replicas(4, true),
  replicas(4, true, 3),
  replicas(4, false, 4),
];

const gpu = { node: "gpu-a", gpu: "0", UUID: "GPU-1" };
const busy = (percent: number, firing: boolean): Case => ({
  name: `GPU: ${percent}% busy`,
  series: { [scraped("DCGM_FI_DEV_GPU_UTIL", { ...gpu, namespace: "ml", pod: "fraud-1" })]: `${percent}+0x90` },
  expect: [verdict("GpuSaturated", "warning", "20m", firing, { node: "gpu-a", gpu: "0", namespace: "ml", pod: "fraud-1" })],
});
const xid = (code: string, more = {}) => scraped("DCGM_FI_DEV_XID_ERRORS", { ...gpu, err_code: code, ...more });

const gpuCases: Case[] = [
  busy(95, false),
  busy(96, true),
  {
    name: "XID: one error follows the other, and the pod that holds the GPU changes in between",
    series: {
      [xid("0")]: "0+0x10 stale",
      [xid("31", { namespace: "ml", pod: "fraud-1" })]: "_x11 31+0x40 stale",
      [xid("31")]: "_x52 31+0x8 stale",
      [xid("43")]: "_x61 43+0x40",
    },
    expect: [
      never("GpuXidError", "warning", "5m"),
      fires("GpuXidError", "warning", "6m", { ...gpu, xid: "31" }),
      fires("GpuXidError", "warning", "20m", { ...gpu, xid: "31" }),
      silent("GpuXidError", "warning", "26m30s"),
      silent("GpuXidError", "warning", "29m"),
      fires("GpuXidError", "warning", "31m", { ...gpu, xid: "43" }),
    ],
  },
  {
    name: "XID: the same error again after hours",
    series: {
      [xid("31")]: "31+0x90",
      [scraped("DCGM_EXP_XID_ERRORS_COUNT", { ...gpu, window_size_in_ms: "900000" })]: "0+0x59 stale _x30",
      [scraped("DCGM_EXP_XID_ERRORS_COUNT", { ...gpu, xid: "31" })]: "_x60 1+0x30",
    },
    expect: [silent("GpuXidError", "warning", "29m"), fires("GpuXidError", "warning", "31m", { ...gpu, xid: "31" })],
  },
  {
    name: "XID: the first sample of a GPU is an error already",
    series: { [xid("63")]: "_x4 63+0x60" },
    expect: [fires("GpuXidError", "warning", "3m", { ...gpu, xid: "63" })],
  },
  {
    name: "XID: an old error is there again after the exporter was away for ten minutes",
    series: { [xid("31")]: "31+0x40 stale _x19 31+0x90" },
    expect: [
      silent("GpuXidError", "warning", "20m"),
      silent("GpuXidError", "warning", "31m"),
      silent("GpuXidError", "warning", "45m"),
    ],
  },
  {
    name: "broken: the GPU falls off the bus and shows nothing more",
    series: { [xid("0")]: "0+0x10 stale", [xid("79")]: "_x11 79+0x3 stale" },
    expect: [never("GpuHardwareFault", "critical", "5m"), fires("GpuHardwareFault", "critical", "15m", gpu)],
    exact: true,
  },
  {
    name: "broken: rows cannot be remapped, of one of two GPUs",
    series: {
      [scraped("DCGM_FI_DEV_ROW_REMAP_FAILURE", gpu)]: "1+0x40",
      [scraped("DCGM_FI_DEV_ROW_REMAP_FAILURE", { ...gpu, gpu: "1", UUID: "GPU-7" })]: "0+0x40",
    },
    expect: [fires("GpuHardwareFault", "critical", "10m", gpu)],
  },
];

const metaCases: Case[] = [199_999, 200_000, 200_001].map((count) => ({
  name: `series: ${count} of one job`,
  series: { [scraped("scrape_samples_post_metric_relabeling", { job: "wild" })]: `${count}+0x60` },
  expect: [verdict("SeriesExplosion", "warning", "20m", count > 200_000, { job: "wild" })],
}));

const DAY = 24;

const psi = (score: number, warning: boolean, critical: boolean): Case => ({
  name: `PSI: ${score}`,
  series: {
    [scraped("mlops_drift_score", { ...version, feature: "amount" })]: `${score}+0x${DAY}`,
    [scraped("mlops_drift_samples", version)]: `500+0x${DAY}`,
    [scraped("mlops_drift_last_success_timestamp_seconds", version)]: `0+3600x${DAY}`,
  },
  expect: [
    verdict("DataDrift", "warning", "1d", warning, { ...version, feature: "amount" }),
    verdict("DataDrift", "critical", "1d", critical, { ...version, feature: "amount" }),
  ],
});

const driftCases: Case[] = [
  psi(0.0999999999, false, false),
  psi(0.1, false, false),
  psi(0.10000000000000002, true, false),
  psi(0.2499999999, true, false),
  psi(0.25, true, false),
  psi(0.25000000000000006, true, true),
  {
    name: "PSI: healed on the day on which the push gateway was replaced",
    series: {
      [scraped("mlops_drift_score", { ...version, feature: "amount" })]: `0.4+0x${DAY} stale`,
      [scraped("mlops_drift_score", {
        ...version,
        feature: "amount",
        pod: "prometheus-pushgateway-b",
      })]: `_x${DAY + 1} 0.05+0x${DAY}`,
      [scraped("mlops_drift_samples", version)]: `500+0x${2 * DAY}`,
      [scraped("mlops_drift_last_success_timestamp_seconds", version)]: `0+3600x${2 * DAY}`,
    },
    expect: [
      fires("DataDrift", "critical", "1d", { ...version, feature: "amount" }),
      silent("DataDrift", "critical", "1d6h"),
      silent("DataDrift", "warning", "1d6h"),
    ],
  },
];

const quality = (values: string, rows: string, more = {}) => ({
  [scraped("mlops_online_quality", { ...version, ...more })]: values,
  [scraped("mlops_online_quality_samples", { ...version, ...more })]: rows,
});
const accuracy = (before: number, after: number, firing: boolean, rows = [1_000, 1_000] as [number, number]): Case => ({
  name: `accuracy: ${before} of ${rows[0]} labels, then ${after} of ${rows[1]}`,
  exact: true,
  series: quality(`${before}+0x${7 * DAY} ${after}+0x${3 * DAY}`, `${rows[0]}+0x${7 * DAY} ${rows[1]}+0x${3 * DAY}`),
  expect: [
    verdict("ConceptDrift", "critical", "9d", firing, fraud),
    verdict("QualitySamplesTooFew", "warning", "9d", rows[1] < 500, fraud),
    never("QualityMissing", "warning", "9d"),
  ],
});

const conceptCases: Case[] = [
  ...[0.9, 0.7, 0.3, 0.77].flatMap((before) => [
    accuracy(before, Number((before * 0.9 + 0.000_01).toFixed(6)), false),
    accuracy(before, Number((before * 0.9).toFixed(6)), true),
    accuracy(before, Number((before * 0.9 - 0.000_01).toFixed(6)), true),
  ]),
  accuracy(0.9, 0, true),
  accuracy(0.9, 0.81, true, [500, 500]),
  accuracy(0.9, 0.5, false, [500, 499]),
  {
    name: "accuracy: 20% lower since the push gateway was replaced",
    series: {
      ...quality(`0.9+0x${7 * DAY} stale`, `1000+0x${7 * DAY} stale`),
      ...quality(`_x${7 * DAY + 1} 0.72+0x${3 * DAY}`, `_x${7 * DAY + 1} 1000+0x${3 * DAY}`, { pod: "prometheus-pushgateway-b" }),
    },
    expect: [fires("ConceptDrift", "critical", "7d6h", fraud)],
  },
  {
    name: "accuracy: the job has ended, and the push gateway shows its last push for ever",
    series: {
      ...quality(`0.9+0x${6 * DAY}`, `1000+0x${6 * DAY}`),
      [scraped("push_time_seconds", { ...fraud, job: "quality" })]: `0+3600x${DAY} ${DAY * 3_600}+0x${5 * DAY}`,
    },
    expect: [silent("QualityMissing", "warning", "3d"), fires("QualityMissing", "warning", "5d12h", asked())],
  },
  {
    name: "accuracy: the job goes on",
    series: {
      ...quality(`0.9+0x${6 * DAY}`, `1000+0x${6 * DAY}`),
      [scraped("push_time_seconds", { ...fraud, job: "quality" })]: `0+3600x${6 * DAY}`,
    },
    expect: [never("QualityMissing", "warning", "5d12h")],
  },
];

function asked(): Record<string, string> {
  return { ...fraud, team: "risk", drift: "true", quality: "true", kpi: "click-through-rate" };
}

const event = (name: string) => scraped("mlops_business_events_total", { ...version, event: name });
const kpi = { ...fraud, kpi: "click-through-rate" };
/** An hour's impressions, and clicks before and after the eighth day. */
const clicks = (impressions: number, before: number, after: number, firing: boolean): Case => ({
  name: `clicks: ${before}, then ${after} of ${impressions} impressions an hour`,
  exact: true,
  series: {
    [event("impression")]: `0+${impressions}x${10 * DAY}`,
    [event("click")]: `0+${before}x${8 * DAY} ${before * 8 * DAY + after}+${after}x${2 * DAY}`,
  },
  expect: [
    verdict("BusinessKpiDrop", "critical", "9d12h", firing, kpi),
    never("BusinessKpiMissing", "warning", "9d12h"),
    verdict("BusinessEventsTooFew", "warning", "9d12h", impressions * 24 < 1_000, kpi),
  ],
});

const businessCases: Case[] = [
  ...[20, 140].flatMap((before) => {
    const after = before * 0.85;
    return [
      clicks(1_000_000, before * 100, after * 100 + 1, false),
      clicks(1_000_000, before * 100, after * 100, true),
      clicks(1_000_000, before * 100, after * 100 - 1, true),
    ];
  }),
  clicks(41, 20, 2, false),
  clicks(50, 20, 2, true),
  {
    name: "clicks: none at all any more, and the application restarts without their series",
    series: {
      [event("impression")]: `0+1000x${12 * DAY}`,
      [event("click")]: `0+100x${8 * DAY} stale`,
    },
    expect: [
      silent("BusinessKpiDrop", "critical", "8d"),
      ...["8d12h", "9d12h", "11d"].map((at) => fires("BusinessKpiDrop", "critical", at, kpi)),
    ],
  },
  {
    name: "events: nobody counts them any more, and the model answers",
    series: {
      [event("impression")]: `0+1000x${2 * DAY} stale`,
      [event("click")]: `0+100x${2 * DAY} stale`,
      'mlops:serving_requests:rate2m{namespace="ml", model="fraud", role="stable"}': `5+0x${4 * DAY}`,
    },
    expect: [silent("BusinessKpiMissing", "warning", "2d4h"), fires("BusinessKpiMissing", "warning", "2d9h", asked())],
  },
  {
    name: "events: a night without requests and without events",
    series: {
      [event("impression")]: `0+1000x${2 * DAY} ${2_000 * DAY}+0x10`,
      [event("click")]: `0+100x${2 * DAY} ${200 * DAY}+0x10`,
      'mlops:serving_requests:rate2m{namespace="ml", model="fraud", role="stable"}': `5+0x${2 * DAY} 0+0x10`,
    },
    expect: [never("BusinessKpiMissing", "warning", "2d9h")],
  },
];

const lost = (rate: number, firing: boolean): Case => ({
  name: `traffic: ${rate} requests a second yesterday, none today`,
  series: { 'mlops:serving_requests:rate2m{namespace="ml", model="fraud", role="stable"}': `${rate}+0x${DAY} 0+0x${DAY}` },
  expect: [verdict("ModelTrafficLost", "critical", "1d6h", firing, fraud)],
});

const historyCases: Case[] = [
  lost(0.01, false),
  lost(0.02, false),
  lost(0.03, true),
  {
    name: "history: Prometheus was replaced an hour ago, is twelve days old, and remembers one",
    series: {
      [scraped("process_start_time_seconds")]: `_x${12 * DAY} ${12 * DAY * 3_600}+0x${DAY}`,
      [scraped("prometheus_tsdb_lowest_timestamp_seconds")]: `${10 * DAY * 3_600}+3600x${13 * DAY}`,
      [scraped("kube_statefulset_created", {
        namespace: "monitoring",
        statefulset: "prometheus-kube-prometheus-stack-prometheus",
      })]: `0+0x${13 * DAY}`,
    },
    expect: [fires("HistoryTooShort", "warning", "12d12h", { namespace: "monitoring", pod: "prometheus-0" })],
  },
];

export const boundaryFamilies: Family[] = [
  { name: "five minutes, every 15 s", about: [...REQUESTS, "serving"], step: "15s", cases: every15s },
  { name: "five minutes, every 30 s", about: [...REQUESTS, "serving"], step: "30s", cases: every30s },
  { name: "limits of serving", about: [...REQUESTS, "serving"], step: "30s", cases: limitCases },
  { name: "limits of GPUs", about: [...REQUESTS, "gpus"], step: "30s", cases: gpuCases },
  { name: "limits of monitoring", about: ["meta"], step: "30s", cases: metaCases },
  { name: "limits of drift", about: ["data-drift"], step: "1h", cases: driftCases },
  { name: "limits of accuracy", about: ["concept-drift"], step: "1h", cases: conceptCases },
  { name: "limits of indicators", about: ["business"], step: "1h", cases: businessCases },
  { name: "limits of history", about: ["serving", "meta"], step: "1h", cases: historyCases },
];

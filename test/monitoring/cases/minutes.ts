import { type Case, type Family, fires, selector, silent } from "./case.ts";

/** Steps of 30 s; 45 minutes are enough for everything here. */
const STEP = "30s";
const STEPS = 90;
const fraud = { namespace: "ml", model: "fraud" };
const gateway = { namespace: "istio-ingress", pod: "ingress-1", job: "istio-ingress/ingress" };
const cluster = (role: string) => `outbound|80||fraud-${role}.ml.svc.cluster.local`;

/** A counter that grows by so many a second. */
const perSecond = (rate: number) => `0+${rate * 30}x${STEPS}`;
const constant = (value: number) => `${value}+0x${STEPS}`;
const answers = (codeClass: string, role = "stable", more = {}) =>
  `envoy_cluster_upstream_rq${selector({ ...gateway, cluster_name: cluster(role), response_code_class: codeClass, ...more })}`;
const timed = (role = "stable") => `envoy_cluster_upstream_rq_time_count${selector({ ...gateway, cluster_name: cluster(role) })}`;
const within = (le: string, role = "stable") =>
  `envoy_cluster_upstream_rq_time_bucket${selector({ ...gateway, cluster_name: cluster(role), le })}`;

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
      [`envoy_cluster_upstream_rq${selector({ ...gateway, cluster_name: cluster("stable"), response_code: "200" })}`]:
        perSecond(6),
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
  latency("all too slow and hardly any requests", 1, 0.1, false),
  errors("6%", 0.06, ["warning", "critical"]),
  errors("2%", 0.02, ["warning"]),
  errors("0.5%", 0.005, []),
  {
    name: "memory at 95% of its limit, and of somebody else's pod",
    series: {
      'container_memory_working_set_bytes{namespace="ml", pod="fraud-1", container="server", node="a"}': constant(95),
      'kube_pod_container_resource_limits{namespace="ml", pod="fraud-1", container="server", resource="memory"}': constant(100),
      'container_memory_working_set_bytes{namespace="ml", pod="fraud-2", container="server"}': constant(80),
      'kube_pod_container_resource_limits{namespace="ml", pod="fraud-2", container="server", resource="memory"}': constant(100),
      'container_memory_working_set_bytes{namespace="other", pod="x", container="x"}': constant(95),
      'kube_pod_container_resource_limits{namespace="other", pod="x", container="x", resource="memory"}': constant(100),
    },
    expect: [
      silent("ModelMemoryHigh", "warning", "14m"),
      fires("ModelMemoryHigh", "warning", "20m", { namespace: "ml", pod: "fraud-1", container: "server" }),
    ],
  },
  {
    name: "one autoscaler at its maximum, one below",
    series: Object.fromEntries(
      [
        ["fraud", 4],
        ["churn", 3],
      ].flatMap(([hpa, replicas]) => [
        [
          `kube_horizontalpodautoscaler_status_current_replicas{namespace="ml", horizontalpodautoscaler="${hpa}"}`,
          constant(Number(replicas)),
        ],
        [`kube_horizontalpodautoscaler_spec_max_replicas{namespace="ml", horizontalpodautoscaler="${hpa}"}`, constant(4)],
      ]),
    ),
    expect: [
      silent("ModelReplicasExhausted", "warning", "14m"),
      fires("ModelReplicasExhausted", "warning", "20m", { namespace: "ml", horizontalpodautoscaler: "fraud" }),
    ],
  },
];

const gpu = { node: "gpu-a", gpu: "0", UUID: "GPU-1" };
const allocatable = (node: string) => `kube_node_status_allocatable${selector({ node, resource: "nvidia_com_gpu" })}`;

const gpuCases: Case[] = [
  {
    name: "GPUs: one saturated, one busy",
    series: {
      [`DCGM_FI_DEV_GPU_UTIL${selector({ ...gpu, namespace: "ml", pod: "fraud-1" })}`]: constant(99),
      [`DCGM_FI_DEV_GPU_UTIL${selector({ ...gpu, gpu: "1", namespace: "ml", pod: "fraud-2" })}`]: constant(90),
    },
    expect: [
      silent("GpuSaturated", "warning", "14m"),
      fires("GpuSaturated", "warning", "20m", { node: "gpu-a", gpu: "0", namespace: "ml", pod: "fraud-1" }),
    ],
  },
  {
    name: "GPUs: an error an hour old says nothing, a new one does, a broken one at once",
    series: {
      [`DCGM_FI_DEV_XID_ERRORS${selector(gpu)}`]: `0+0x20 31+0x${STEPS}`,
      [`DCGM_FI_DEV_XID_ERRORS${selector({ ...gpu, gpu: "1" })}`]: `0+0x20 79+0x${STEPS}`,
    },
    expect: [
      silent("GpuXidError", "warning", "10m"),
      fires("GpuXidError", "warning", "12m", gpu, { ...gpu, gpu: "1" }),
      silent("GpuXidError", "warning", "30m"),
      silent("GpuHardwareFault", "critical", "10m"),
      fires("GpuHardwareFault", "critical", "12m", { ...gpu, gpu: "1" }),
    ],
  },
  {
    name: "GPU nodes: measured and not",
    series: {
      [allocatable("gpu-a")]: constant(1),
      [allocatable("gpu-b")]: constant(1),
      [allocatable("cpu-a")]: constant(0),
      [`DCGM_FI_DEV_GPU_UTIL${selector(gpu)}`]: constant(0),
    },
    expect: [silent("GpuMetricsMissing", "warning", "14m"), fires("GpuMetricsMissing", "warning", "20m", { node: "gpu-b" })],
  },
  {
    name: "GPU nodes: used, empty, and with a pod that has ended",
    series: {
      ...Object.fromEntries(["used", "empty", "done"].map((node) => [allocatable(node), constant(8)])),
      'kube_pod_container_resource_requests{namespace="t", pod="running", node="used", resource="nvidia_com_gpu"}': constant(8),
      'kube_pod_status_phase{namespace="t", pod="running", phase="Running"}': constant(1),
      'kube_pod_container_resource_requests{namespace="t", pod="ended", node="done", resource="nvidia_com_gpu"}': constant(8),
      'kube_pod_status_phase{namespace="t", pod="ended", phase="Succeeded"}': constant(1),
      'kube_pod_status_phase{namespace="t", pod="ended", phase="Running"}': constant(0),
    },
    expect: [
      silent("GpuNodeEmpty", "warning", "34m"),
      fires("GpuNodeEmpty", "warning", "40m", { node: "empty" }, { node: "done" }),
    ],
  },
];

const rollout = (phase: string) => `rollout_info${selector({ namespace: "ml", name: "fraud", phase, strategy: "canary" })}`;

const releaseCases: Case[] = [
  {
    name: "mesh: control plane gone after ten minutes",
    series: { 'up{job="istiod", instance="a"}': `1+0x20 0+0x${STEPS}` },
    expect: [
      silent("MeshControlPlaneDown", "critical", "10m"),
      silent("MeshControlPlaneDown", "critical", "12m"),
      fires("MeshControlPlaneDown", "critical", "13m", {}),
    ],
  },
  {
    name: "mesh: one of two replicas gone is no outage",
    series: { 'up{job="istiod", instance="a"}': constant(1), 'up{job="istiod", instance="b"}': constant(0) },
    expect: [silent("MeshControlPlaneDown", "critical", "30m")],
  },
  {
    name: "release: pauses and steps take turns, and it does not end",
    series: { [rollout("Progressing")]: `1+0x20 _x20 1+0x${STEPS}`, [rollout("Paused")]: `_x20 1+0x20 _x${STEPS}` },
    expect: [silent("ReleaseStuck", "warning", "29m"), fires("ReleaseStuck", "warning", "35m", fraud)],
  },
  {
    name: "release: healthy",
    series: { [rollout("Healthy")]: constant(1) },
    expect: [silent("ReleaseStuck", "warning", "30m"), silent("ReleaseFailed", "warning", "30m")],
  },
  {
    name: "release: rolled back",
    series: { [rollout("Degraded")]: constant(1) },
    expect: [silent("ReleaseFailed", "warning", "30s"), fires("ReleaseFailed", "warning", "3m", fraud)],
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
      'push_failure_time_seconds{job="drift", model="fraud"}': constant(200),
      'push_time_seconds{job="drift", model="fraud"}': constant(100),
      'push_failure_time_seconds{job="quality", model="fraud"}': constant(0),
      'push_time_seconds{job="quality", model="fraud"}': constant(100),
    },
    expect: [
      silent("BatchPushFailing", "warning", "4m"),
      fires("BatchPushFailing", "warning", "10m", { job: "drift", model: "fraud" }),
    ],
  },
  {
    name: "too many series",
    series: {
      'scrape_samples_post_metric_relabeling{job="wild", instance="a"}': constant(150_000),
      'scrape_samples_post_metric_relabeling{job="wild", instance="b"}': constant(60_000),
      'scrape_samples_post_metric_relabeling{job="tame", instance="a"}': constant(199_000),
    },
    expect: [silent("SeriesExplosion", "warning", "14m"), fires("SeriesExplosion", "warning", "20m", { job: "wild" })],
  },
  {
    name: "rules: not loaded",
    series: { 'prometheus_rule_group_rules{rule_group="/etc/prometheus/rules/x.yaml;node-exporter"}': constant(3) },
    expect: [silent("RulesNotLoaded", "critical", "9m"), fires("RulesNotLoaded", "critical", "15m", {})],
  },
  {
    name: "rules: loaded",
    series: { 'prometheus_rule_group_rules{rule_group="/etc/prometheus/rules/x.yaml;millrace-gateway-adapter"}': constant(4) },
    expect: [silent("RulesNotLoaded", "critical", "30m")],
  },
];

export const minuteFamilies: Family[] = [
  { name: "adapter", about: [], step: STEP, cases: adapterCases },
  { name: "serving", about: ["serving"], step: STEP, cases: servingCases },
  { name: "gpus", about: ["gpus"], step: STEP, cases: gpuCases },
  { name: "releases", about: ["releases"], step: STEP, cases: releaseCases },
  { name: "meta", about: ["meta", "rules-present"], step: STEP, cases: metaCases },
];

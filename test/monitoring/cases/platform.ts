import { CONTROLLERS, SCALERS } from "#components/monitoring/rules/controllers";
import { scraped } from "../emitted.ts";
import { type Case, type Family, fires, never, REQUESTS, silent } from "./case.ts";

/** Steps of 30 s; 45 minutes are enough for everything here. */
const STEP = "30s";
const STEPS = 90;
const fraud = { namespace: "ml", model: "fraud" };
const constant = (value: number) => `${value}+0x${STEPS}`;

const gpu = { node: "gpu-a", gpu: "0", UUID: "GPU-1" };
const allocatable = (node: string) => scraped("kube_node_status_allocatable", { node, resource: "nvidia_com_gpu" });
const xid = (code: string, more = {}) => scraped("DCGM_FI_DEV_XID_ERRORS", { ...gpu, err_code: code, ...more });

const requested = (pod: string, node: string) =>
  scraped("kube_pod_container_resource_requests", { namespace: "t", pod, node, resource: "nvidia_com_gpu" });
const phase = (pod: string, phase: string) => scraped("kube_pod_status_phase", { namespace: "t", pod, phase });

const gpuCases: Case[] = [
  {
    name: "GPUs: one saturated, one busy",
    series: {
      [scraped("DCGM_FI_DEV_GPU_UTIL", { ...gpu, namespace: "ml", pod: "fraud-1" })]: constant(99),
      [scraped("DCGM_FI_DEV_GPU_UTIL", { ...gpu, gpu: "1", namespace: "ml", pod: "fraud-2" })]: constant(90),
    },
    expect: [
      silent("GpuSaturated", "warning", "14m"),
      fires("GpuSaturated", "warning", "20m", { node: "gpu-a", gpu: "0", namespace: "ml", pod: "fraud-1" }),
    ],
  },
  {
    name: "GPUs: an error an hour old says nothing, a new one does, a broken one at once",
    series: {
      // The exporter writes the code into labels too: an error is another series.
      [xid("0")]: "0+0x20 stale",
      [xid("31")]: `_x21 31+0x${STEPS}`,
      [xid("0", { gpu: "1" })]: "0+0x20 stale",
      [xid("79", { gpu: "1" })]: `_x21 79+0x${STEPS}`,
    },
    expect: [
      silent("GpuXidError", "warning", "10m"),
      fires("GpuXidError", "warning", "12m", { ...gpu, xid: "31" }, { ...gpu, gpu: "1", xid: "79" }),
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
      [scraped("DCGM_FI_DEV_GPU_UTIL", gpu)]: constant(0),
    },
    expect: [silent("GpuMetricsMissing", "warning", "14m"), fires("GpuMetricsMissing", "warning", "20m", { node: "gpu-b" })],
  },
  {
    name: "GPU nodes: used, empty, and with a pod that has ended",
    series: {
      ...Object.fromEntries(["used", "empty", "done"].map((node) => [allocatable(node), constant(8)])),
      [requested("running", "used")]: constant(8),
      [phase("running", "Running")]: constant(1),
      [requested("ended", "done")]: constant(8),
      [phase("ended", "Succeeded")]: constant(1),
      [phase("ended", "Running")]: constant(0),
    },
    expect: [
      silent("GpuNodeEmpty", "warning", "34m"),
      fires("GpuNodeEmpty", "warning", "40m", { node: "empty" }, { node: "done" }),
    ],
  },
];

const ALL = { ...CONTROLLERS, ...SCALERS };
const up = (controller: string, instance = "a") => {
  const { namespace, job } = ALL[controller]!;
  return scraped("up", { namespace, job, instance });
};
const allUp = Object.fromEntries(Object.keys(ALL).map((controller) => [up(controller), constant(1)]));

const controllerCases: Case[] = [
  {
    name: "controllers: all answer, one of two replicas of one does not",
    series: { ...allUp, [up("kueue", "b")]: constant(0) },
    expect: [silent("ControllerDown", "warning", "20m"), silent("ControllerDown", "critical", "20m")],
  },
  {
    name: "controllers: one is down after ten minutes, one is gone, and one answers in another namespace only",
    series: {
      ...allUp,
      [up("karpenter")]: `1+0x20 0+0x${STEPS}`,
      [up("external-secrets")]: "1+0x20",
      [up("cert-manager-webhook")]: "1+0x20",
      [scraped("up", { namespace: "elsewhere", job: "webhook" })]: constant(1),
    },
    expect: [
      silent("ControllerDown", "critical", "14m"),
      fires("ControllerDown", "critical", "16m", { controller: "karpenter" }),
      fires("ControllerDown", "warning", "21m", { controller: "external-secrets" }, { controller: "cert-manager-webhook" }),
    ],
  },
];

const rollout = (phase: string) => scraped("rollout_info", { namespace: "ml", name: "fraud", phase });

const releaseCases: Case[] = [
  {
    name: "mesh: control plane gone after ten minutes",
    series: { [scraped("up", { job: "istiod", instance: "a" })]: `1+0x20 0+0x${STEPS}` },
    expect: [
      silent("MeshControlPlaneDown", "critical", "10m"),
      silent("MeshControlPlaneDown", "critical", "12m"),
      fires("MeshControlPlaneDown", "critical", "13m", {}),
    ],
  },
  {
    name: "mesh: one of two replicas gone is no outage",
    series: {
      [scraped("up", { job: "istiod", instance: "a" })]: constant(1),
      [scraped("up", { job: "istiod", instance: "b" })]: constant(0),
    },
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

const stream = { namespace: "ml", app: "payments-stream", model: "fraud" };
const lag = (partition: string) => scraped("stream_lag_seconds", { partition });
const dead = (reason: string) => scraped("stream_dead_letters_total", { reason });

const streamCases: Case[] = [
  {
    name: "streams: one partition is late for long",
    series: { [lag("0")]: constant(2), [lag("1")]: `2+0x20 301+0x${STEPS}` },
    expect: [silent("StreamLagging", "critical", "20m"), fires("StreamLagging", "critical", "21m", stream)],
  },
  {
    name: "streams: a rebalance, and a partition that goes to another pod",
    series: {
      [lag("0")]: `2+0x18 310+0x8 2+0x${STEPS}`,
      [lag("1")]: `310+0x6 stale`,
      [scraped("stream_lag_seconds", { partition: "1", pod: "payments-stream-1" })]: `_x7 2+0x${STEPS}`,
    },
    expect: [never("StreamLagging", "critical", "40m")],
  },
  {
    name: "streams: 1% of the records are dead letters",
    series: { [scraped("stream_rows_total")]: `0+990x${STEPS}`, [dead("schema")]: `0+10x${STEPS}` },
    expect: [never("DeadLetters", "warning", "40m")],
  },
  {
    name: "streams: more of them are, for several reasons",
    series: {
      [scraped("stream_rows_total")]: `0+980x${STEPS}`,
      [dead("schema")]: `0+10x${STEPS}`,
      [dead("model")]: `0+10x${STEPS}`,
    },
    expect: [silent("DeadLetters", "warning", "4m"), fires("DeadLetters", "warning", "10m", stream)],
  },
  {
    name: "streams: nothing comes",
    series: { [scraped("stream_rows_total")]: constant(7), [dead("schema")]: constant(7) },
    expect: [never("DeadLetters", "warning", "40m")],
  },
];

const view = { namespace: "feast", feature_view: "card_spending" };
const WEEK = 7 * 86_400;
const ttlSeconds = scraped("millrace_feature_view_ttl_seconds", { feature_view: "card_spending" });
const ageSeconds = scraped("feast_feature_freshness_seconds", { feature_view: "card_spending" });

/** Steps of one minute. */
const featureCases: Case[] = [
  {
    name: "features: the materialization has stopped, and half of the ttl passes after an hour",
    series: { [ttlSeconds]: `${WEEK}+0x240`, [ageSeconds]: `${WEEK / 2 - 3_600}+60x240` },
    expect: [silent("FeaturesStale", "warning", "149m"), fires("FeaturesStale", "warning", "155m", view)],
  },
  {
    name: "features: renewed every hour",
    series: { [ttlSeconds]: `${WEEK}+0x240`, [ageSeconds]: "0+60x60 0+60x60 0+60x60 0+60x60" },
    expect: [never("FeaturesStale", "warning", "240m")],
  },
  {
    name: "features: never materialized",
    series: { [ttlSeconds]: `${WEEK}+0x240` },
    expect: [silent("FeaturesStale", "warning", "89m"), fires("FeaturesStale", "warning", "95m", view)],
  },
  {
    name: "features: materialized for the first time after an hour",
    series: { [ttlSeconds]: `${WEEK}+0x240`, [ageSeconds]: "_x60 0+60x60 0+60x60 0+60x60" },
    expect: [never("FeaturesStale", "warning", "240m")],
  },
];

export const platformFamilies: Family[] = [
  { name: "gpus", about: [...REQUESTS, "gpus"], step: STEP, cases: gpuCases },
  { name: "controllers", about: ["controllers"], step: STEP, cases: controllerCases },
  { name: "streams", about: ["streams"], step: STEP, cases: streamCases },
  { name: "features", about: ["features"], step: "1m", cases: featureCases },
  { name: "releases", about: [...REQUESTS, "mesh", "releases"], step: STEP, cases: releaseCases },
];

import { LATENCY_TARGET_MS } from "../../mesh/gateway-telemetry.ts";
import { MODEL, type RuleGroup } from "./rule.ts";

/** Below this many requests a second a share says nothing. */
const ENOUGH_REQUESTS = 0.2;
const total = (series: string) => `sum by (${MODEL}) (mlops:serving_${series}:rate2m)`;
const enough = `(${total("requests")} > ${ENOUGH_REQUESTS})`;
const slowShare = `1 - ${total("within_target")} / ${total("timed")}`;
const errorShare = `${total("errors")} / ${enough}`;
/** Only where models of ours run. */
const ofModels = "and on (namespace) mlops_model_info";

/** Latency, errors, traffic and resources of the served models. */
export const serving: RuleGroup = {
  name: "millrace-serving",
  rules: [
    {
      alert: "ModelLatencyHigh",
      expr: `(${slowShare}) > 0.05 and on (${MODEL}) ${enough}`,
      for: "5m",
      keep_firing_for: "5m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.model }} answers slower than ${LATENCY_TARGET_MS} ms`,
        description: `{{ $value | humanizePercentage }} of the requests to {{ $labels.namespace }}/{{ $labels.model }} took longer than ${LATENCY_TARGET_MS} ms for 5 minutes (limit 5%).`,
      },
    },
    ...(
      [
        ["warning", 0.01],
        ["critical", 0.05],
      ] as const
    ).map(([severity, limit]) => ({
      alert: "ModelErrorRateHigh",
      expr: `${errorShare} > ${limit}`,
      for: "5m",
      keep_firing_for: "5m",
      labels: { severity, category: "infrastructure" as const },
      annotations: {
        summary: `{{ $labels.model }} answers with errors`,
        description: `{{ $value | humanizePercentage }} of the answers of {{ $labels.namespace }}/{{ $labels.model }} were server errors for 5 minutes (limit ${limit * 100}%).`,
      },
    })),
    {
      alert: "ModelTrafficLost",
      expr: `sum by (${MODEL}) (avg_over_time(mlops:serving_requests:rate2m[1h] offset 1d)) > ${ENOUGH_REQUESTS} unless on (${MODEL}) ${total("requests")} > 0`,
      for: "15m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.model }} gets no requests`,
        description: `{{ $labels.namespace }}/{{ $labels.model }} had {{ $value | humanize }} requests a second at this time yesterday and has had none for 15 minutes.`,
      },
    },
    {
      alert: "ModelMemoryHigh",
      expr: `max by (namespace, pod, container) (container_memory_working_set_bytes{container!=""}) / max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}) > 0.9 ${ofModels}`,
      for: "15m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.pod }} is about to run out of memory`,
        description: `Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit.`,
      },
    },
    {
      alert: "ModelReplicasExhausted",
      expr: `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas) >= max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas) ${ofModels}`,
      for: "15m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.horizontalpodautoscaler }} cannot grow any more`,
        description: `The autoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has been at its maximum of {{ $value }} replicas for 15 minutes.`,
      },
    },
  ],
};

/** GPUs: too busy, broken, unseen, or paid for and idle. */
export const gpus = (emptyNodeMinutes: number): RuleGroup => ({
  name: "millrace-gpus",
  rules: [
    {
      alert: "GpuSaturated",
      expr: `avg by (node, gpu, namespace, pod) (avg_over_time(DCGM_FI_DEV_GPU_UTIL{pod!=""}[10m])) > 95 ${ofModels}`,
      for: "15m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} has no room left`,
        description: `{{ $labels.namespace }}/{{ $labels.pod }} has kept its GPU {{ $value | humanize }}% busy for 25 minutes.`,
      },
    },
    {
      alert: "GpuXidError",
      // The gauge keeps the last code for ever: what counts is that it changed.
      expr: "DCGM_FI_DEV_XID_ERRORS > 0 and changes(DCGM_FI_DEV_XID_ERRORS[15m]) > 0",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} reported XID {{ $value }}`,
        description: `The driver on {{ $labels.node }} reported XID {{ $value }} for GPU {{ $labels.gpu }}.`,
      },
    },
    {
      alert: "GpuHardwareFault",
      // 48: double-bit memory error; 79: the GPU has fallen off the bus (NVIDIA, "XID Errors").
      expr: "DCGM_FI_DEV_ROW_REMAP_FAILURE > 0 or DCGM_FI_DEV_XID_ERRORS == 48 or DCGM_FI_DEV_XID_ERRORS == 79",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} is broken`,
        description: `GPU {{ $labels.gpu }} of {{ $labels.node }} has a fault that only a new node cures ({{ $value }}).`,
      },
    },
    {
      alert: "GpuMetricsMissing",
      expr: `sum by (node) (kube_node_status_allocatable{resource="nvidia_com_gpu"}) > 0 unless on (node) DCGM_FI_DEV_GPU_UTIL`,
      for: "15m",
      labels: { severity: "warning", category: "monitoring" },
      annotations: {
        summary: `The GPUs of {{ $labels.node }} are not measured`,
        description: `{{ $labels.node }} has {{ $value }} GPUs and no metrics of them: its alerts are blind.`,
      },
    },
    {
      alert: "GpuNodeEmpty",
      // When Karpenter is down nothing removes a node, and nothing else says so.
      expr: `sum by (node) (kube_node_status_allocatable{resource="nvidia_com_gpu"}) > 0 unless on (node) sum by (node) (kube_pod_container_resource_requests{resource="nvidia_com_gpu"} and on (namespace, pod) kube_pod_status_phase{phase=~"Pending|Running"} == 1) > 0`,
      for: `${emptyNodeMinutes}m`,
      labels: { severity: "warning", category: "cost" },
      annotations: {
        summary: `{{ $labels.node }} is paid for and empty`,
        description: `No pod has asked for one of the {{ $value }} GPUs of {{ $labels.node }} for ${emptyNodeMinutes} minutes; it should have been removed.`,
      },
    },
  ],
});

/** What a release depends on, and whether it comes to an end. */
export const releases = (releaseMinutes: number): RuleGroup => ({
  name: "millrace-releases",
  rules: [
    {
      alert: "MeshControlPlaneDown",
      // Argo goes on without it and stops the old pods, to which the gateway then still sends their share.
      expr: 'absent(up{job="istiod"} == 1)',
      for: "2m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: "The mesh has no control plane",
        description: "No istiod has answered for 2 minutes. Traffic goes on as it was; a release must not.",
      },
    },
    {
      alert: "ReleaseStuck",
      // After one aborted release the progress deadline of Argo Rollouts 1.9 no longer works: nobody else would tell.
      expr: ofRollout('rollout_info{phase=~"Progressing|Paused"}'),
      for: `${releaseMinutes}m`,
      labels: { severity: "warning", category: "release" },
      annotations: {
        summary: `The release of {{ $labels.model }} does not end`,
        description: `{{ $labels.namespace }}/{{ $labels.model }} has been on its way for ${releaseMinutes} minutes, longer than all steps together.`,
      },
    },
    {
      alert: "ReleaseFailed",
      expr: ofRollout('rollout_info{phase=~"Degraded|Error|InvalidSpec"}'),
      for: "1m",
      labels: { severity: "warning", category: "release" },
      annotations: {
        summary: `The release of {{ $labels.model }} was rolled back`,
        description: `The rollout {{ $labels.namespace }}/{{ $labels.model }} failed; the stable version has all traffic.`,
      },
    },
  ],
});

/** A Rollout has the name of its model. */
function ofRollout(series: string): string {
  return `max by (${MODEL}) (label_replace(${series}, "model", "$1", "name", "(.+)")) > 0`;
}

import type { RuleGroup } from "./rule.ts";

/** Share of time in which a kernel ran above which a GPU has no room left, percent. */
const BUSY_PERCENT = 95;

/** GPUs: too busy, broken, unseen, or paid for and idle. */
export const gpus = (emptyNodeMinutes: number): RuleGroup => ({
  name: "millrace-gpus",
  rules: [
    {
      alert: "GpuSaturated",
      expr: `avg by (node, gpu, namespace, pod) (avg_over_time(DCGM_FI_DEV_GPU_UTIL{pod!=""}[10m])) > ${BUSY_PERCENT} and on (namespace) mlops_model_info`,
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

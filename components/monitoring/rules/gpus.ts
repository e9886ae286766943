import { latest } from "../../promql.ts";
import type { RuleGroup } from "./rule.ts";

/** Share of time in which a kernel ran above which a GPU has no room left, percent. */
const BUSY_PERCENT = 95;

/** Labels that name a GPU. All others change with the exporter's pod, or with the pod that holds the GPU. */
const GPU = "node, gpu, UUID";

/**
 * The errors that GPUs show, one series a GPU and code. The exporter shows the last code for ever, and writes it into labels too, so that an
 * error is another series: the code is taken from the value.
 */
const XID = `count_values by (${GPU}) ("xid", DCGM_FI_DEV_XID_ERRORS > 0)`;

/** Codes of faults that only a new node cures; 48: double-bit memory error, 79: the GPU has fallen off the bus (NVIDIA, "XID Errors"). */
const FATAL = [48, 79];

/** GPUs that a node offers. */
const OFFERED = `max by (node) (${latest('kube_node_status_allocatable{resource="nvidia_com_gpu"}')}) > 0`;

/** GPUs: too busy, broken, unseen, or paid for and idle. */
export const gpus = (emptyNodeMinutes: number): RuleGroup => ({
  name: "millrace-gpus",
  rules: [
    {
      alert: "GpuSaturated",
      expr: `avg_over_time((avg by (node, gpu, namespace, pod) (DCGM_FI_DEV_GPU_UTIL{pod!=""}))[10m:30s]) > ${BUSY_PERCENT} and on (namespace) mlops_model_info`,
      for: "15m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} has no room left`,
        description: `{{ $labels.namespace }}/{{ $labels.pod }} has kept its GPU {{ $value | humanize }}% busy for 25 minutes.`,
      },
    },
    {
      alert: "GpuXidError",
      // The count forgets with the exporter, and the last code is shown for ever: new is one that the GPU did not show in the hour that
      // ended 15 minutes ago.
      expr: [
        `max by (${GPU}, xid) (DCGM_EXP_XID_ERRORS_COUNT{xid!~"0?"}) > 0`,
        `or ${XID} unless on (${GPU}, xid) max_over_time((${XID})[1h:1m] offset 15m)`,
      ].join(" "),
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} reported XID {{ $labels.xid }}`,
        description: `The driver on {{ $labels.node }} reported XID {{ $labels.xid }} for GPU {{ $labels.gpu }}.`,
      },
    },
    {
      alert: "GpuHardwareFault",
      expr: [
        `max by (${GPU}) (DCGM_FI_DEV_ROW_REMAP_FAILURE) > 0`,
        ...FATAL.map((code) => `max by (${GPU}) (DCGM_FI_DEV_XID_ERRORS == ${code})`),
      ].join(" or "),
      // A GPU that has fallen off the bus may soon show nothing at all.
      keep_firing_for: "15m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: `GPU {{ $labels.gpu }} of {{ $labels.node }} is broken`,
        description: `GPU {{ $labels.gpu }} of {{ $labels.node }} has a fault that only a new node cures ({{ $value }}).`,
      },
    },
    {
      alert: "GpuMetricsMissing",
      expr: `${OFFERED} unless on (node) DCGM_FI_DEV_GPU_UTIL`,
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
      expr: `${OFFERED} unless on (node) (${latest('kube_pod_container_resource_requests{resource="nvidia_com_gpu"}')} and on (namespace, pod) ${latest('kube_pod_status_phase{phase=~"Pending|Running"}')} == 1)`,
      for: `${emptyNodeMinutes}m`,
      labels: { severity: "warning", category: "cost" },
      annotations: {
        summary: `{{ $labels.node }} is paid for and empty`,
        description: `No pod has asked for one of the {{ $value }} GPUs of {{ $labels.node }} for ${emptyNodeMinutes} minutes; it should have been removed.`,
      },
    },
  ],
});

import * as k8s from "@pulumi/kubernetes";
import { releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { anyText, fields, mapOf } from "../shape.ts";
import { CHARTS } from "../versions.ts";
import { onGpuNodes } from "./gpu-nodes.ts";

export interface DcgmExporterArgs {
  /** Labels by which Prometheus picks up a ServiceMonitor; its CRD must exist. */
  monitorLabels: Record<string, string>;
}

/**
 * What is read off every GPU, in the exporter's own format. The chart's own list shows the last XID error alone: the same error a second
 * time changes nothing there. The count is of errors within a window.
 */
const COUNTERS = `
DCGM_FI_DEV_GPU_UTIL, gauge, GPU utilization (in %).
DCGM_FI_DEV_MEM_COPY_UTIL, gauge, Memory utilization (in %).
DCGM_FI_DEV_FB_FREE, gauge, Framebuffer memory free (in MiB).
DCGM_FI_DEV_FB_USED, gauge, Framebuffer memory used (in MiB).
DCGM_FI_DEV_GPU_TEMP, gauge, GPU temperature (in C).
DCGM_FI_DEV_MEMORY_TEMP, gauge, Memory temperature (in C).
DCGM_FI_DEV_POWER_USAGE, gauge, Power draw (in W).
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION, counter, Total energy consumption since boot (in mJ).
DCGM_FI_DEV_SM_CLOCK, gauge, SM clock frequency (in MHz).
DCGM_FI_DEV_PCIE_REPLAY_COUNTER, counter, Total number of PCIe retries.
DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL, counter, Total number of NVLink bandwidth counters for all lanes.
DCGM_FI_DEV_XID_ERRORS, gauge, Value of the last XID error encountered.
DCGM_EXP_XID_ERRORS_COUNT, gauge, Count of XID errors within the time window.
DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS, counter, Number of remapped rows for uncorrectable errors.
DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS, counter, Number of remapped rows for correctable errors.
DCGM_FI_DEV_ROW_REMAP_FAILURE, gauge, Whether remapping of rows has failed.
DCGM_FI_PROF_GR_ENGINE_ACTIVE, gauge, Ratio of time the graphics engine is active.
DCGM_FI_PROF_PIPE_TENSOR_ACTIVE, gauge, Ratio of cycles the tensor (HMMA) pipe is active.
DCGM_FI_PROF_DRAM_ACTIVE, gauge, Ratio of cycles the device memory interface is active sending or receiving data.
`.trimStart();

/** An error counts for as long as its alert shall stand. */
const XID_WINDOW_MS = 15 * 60_000;

/**
 * NVIDIA's DCGM exporter on every GPU node: utilisation, memory, power and XID errors of each GPU, with the pod that holds it.
 */
export class DcgmExporter extends Component {
  static override readonly shape = fields<DcgmExporterArgs>({
    monitorLabels: mapOf(anyText),
  });

  constructor(name: string, args: DcgmExporterArgs, opts?: ComponentOptions) {
    super("gpu:DcgmExporter", name, args, opts);

    new k8s.helm.v3.Release(
      name,
      releaseOf(CHARTS.dcgmExporter, {
        name: "dcgm-exporter",
        namespace: "kube-system",
        values: {
          ...onGpuNodes,
          serviceMonitor: {
            enabled: true,
            interval: "15s",
            // The exporter's `pod` and `namespace` are those of the pod that holds the GPU; without it they become `exported_pod`.
            honorLabels: true,
            additionalLabels: args.monitorLabels,
            // The exporter's own name of the node changed its spelling between versions.
            relabelings: [{ action: "replace", sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
          },
          customMetrics: COUNTERS,
          extraEnv: [{ name: "DCGM_EXPORTER_XID_COUNT_WINDOW_SIZE", value: String(XID_WINDOW_MS) }],
          priorityClassName: "system-node-critical",
          // Without `cpu`, Helm would add the chart's own limit.
          resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: null, memory: "512Mi" } },
        },
      }),
      { parent: this },
    );
    this.registerOutputs({});
  }
}

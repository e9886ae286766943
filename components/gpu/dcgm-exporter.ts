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

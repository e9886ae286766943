import * as k8s from "@pulumi/kubernetes";
import { releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { sized } from "../placement.ts";
import { CHARTS } from "../versions.ts";
import { onGpuNodes } from "./gpu-nodes.ts";

/**
 * NVIDIA's device plugin: offers each GPU of a node to the scheduler as `nvidia.com/gpu`. The AL2023 image brings driver and
 * container toolkit, but not this.
 *
 * Never together with NVIDIA's DRA driver on one node: both would hand out the same GPU.
 */
export class DevicePlugin extends Component {
  constructor(name: string, opts?: ComponentOptions) {
    super("gpu:DevicePlugin", name, {}, opts);

    new k8s.helm.v3.Release(
      name,
      releaseOf(CHARTS.devicePlugin, {
        name: "nvidia-device-plugin",
        namespace: "kube-system",
        values: {
          ...onGpuNodes,
          // The chart has no default for it since 0.19.3, and the AL2023 image has no GDRCopy.
          gdrcopyEnabled: false,
          resources: sized("10m", "64Mi", "128Mi"),
        },
      }),
      { parent: this },
    );
    this.registerOutputs({});
  }
}

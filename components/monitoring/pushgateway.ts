import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { fields, input, optional, text, wholeNumber } from "../shape.ts";
import { CHARTS } from "../versions.ts";

export interface PushgatewayArgs {
  /** Namespace, which exists already. */
  namespace: pulumi.Input<string>;

  /** Storage class of the volume. @default "gp3" */
  storageClass?: pulumi.Input<string>;

  /** Volume that keeps what was pushed, GiB. @default 2 */
  storageGiB?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

const NAME = "prometheus-pushgateway";

/**
 * Where daily jobs leave their numbers (drift, online quality) when they end. It keeps them on a volume: a restart must not look
 * like a job that never ran.
 *
 * Wants the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when the volume's size is not a whole positive number.
 */
export class Pushgateway extends Component {
  static override readonly shape = fields<PushgatewayArgs>({
    namespace: input(text),
    storageClass: optional(input(text)),
    storageGiB: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
  });

  /** Address to which jobs PUT, one group a job, model, and namespace. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: PushgatewayArgs, opts?: ComponentOptions) {
    super("monitoring:Pushgateway", name, args, opts);
    const { namespace, storageClass = "gp3", storageGiB = 2, placement = {} } = args;

    new k8s.helm.v3.Release(
      `${name}-server`,
      releaseOf(CHARTS.pushgateway, {
        name: NAME,
        namespace,
        values: serverValues({ namespace, storageClass, storageGiB, placement }),
      }),
      { parent: this },
    );

    this.url = pulumi.interpolate`http://${NAME}.${namespace}.svc.cluster.local:9091`;
    this.registerOutputs({ url: this.url });
  }
}

function serverValues({ namespace, storageClass, storageGiB, placement }: Required<PushgatewayArgs>): Record<string, unknown> {
  return {
    ...placement,
    fullnameOverride: NAME,
    extraArgs: ["--persistence.file=/data/pushgateway.data", "--persistence.interval=1m"],
    persistentVolume: { enabled: true, size: `${storageGiB}Gi`, storageClass },
    // Who pushes names model and namespace; the scrape must not write its own over them.
    serviceMonitor: { enabled: true, namespace, honorLabels: true },
    automountServiceAccountToken: false,
    containerSecurityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    resources: sized("10m", "32Mi", "128Mi"),
  };
}

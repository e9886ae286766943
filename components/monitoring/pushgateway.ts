import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { namespaceNamed, tcp } from "../egress.ts";
import { LABELS } from "../labels.ts";
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

/** Port on which it listens: of its Service and of its pod. */
export const PUSH_PORT = 9_091;

/** Labels of its pods, as the chart makes them. */
export const PUSHGATEWAY_PODS = { "app.kubernetes.io/name": NAME };

/**
 * Where daily jobs leave their numbers (drift, online quality) when they end. It keeps them on a volume: a restart must not look
 * like a job that never ran. Jobs of teams push and Prometheus reads, and nobody else calls it.
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

    new k8s.networking.v1.NetworkPolicy(
      `${name}-traffic`,
      { metadata: { name: NAME, namespace }, spec: trafficSpec(namespace) },
      { parent: this },
    );
    new k8s.helm.v3.Release(
      `${name}-server`,
      releaseOf(CHARTS.pushgateway, {
        name: NAME,
        namespace,
        values: serverValues({ namespace, storageClass, storageGiB, placement }),
      }),
      { parent: this },
    );

    this.url = pulumi.interpolate`http://${NAME}.${namespace}.svc.cluster.local:${PUSH_PORT}`;
    this.registerOutputs({ url: this.url });
  }
}

/** In: pushes from the namespaces in which teams run jobs, and scrapes. Out: nothing. */
const trafficSpec = (monitoring: pulumi.Input<string>) => ({
  podSelector: { matchLabels: PUSHGATEWAY_PODS },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    {
      from: [{ namespaceSelector: { matchExpressions: [{ key: LABELS.team, operator: "Exists" }] } }, namespaceNamed(monitoring)],
      ports: tcp(PUSH_PORT),
    },
  ],
});

function serverValues({ namespace, storageClass, storageGiB, placement }: Required<PushgatewayArgs>): Record<string, unknown> {
  return {
    ...placement,
    fullnameOverride: NAME,
    extraArgs: ["--persistence.file=/data/pushgateway.data", "--persistence.interval=1m"],
    persistentVolume: { enabled: true, size: `${storageGiB}Gi`, storageClass },
    // Who pushes names model and namespace; the scrape must not write its own over them. Nor may it add the name of the pod, which a
    // restart changes: what was pushed stays the same series.
    serviceMonitor: {
      enabled: true,
      namespace,
      honorLabels: true,
      relabelings: [{ action: "labeldrop", regex: "pod" }],
    },
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

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { anyText, fields, mapOf, optional, wholeNumber } from "../shape.ts";
import { CHARTS } from "../versions.ts";

export interface CertManagerArgs {
  /** Replicas of the controller, the webhook and the CA injector. @default 2 */
  replicas?: number;

  /** Labels by which Prometheus picks up a ServiceMonitor; its CRD must exist then. @default - no ServiceMonitor */
  monitorLabels?: Record<string, string>;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

/**
 * cert-manager: issues and renews the certificates of admission webhooks and of the gateway. It is ready when its API has
 * answered, so that what depends on it may create certificates at once.
 *
 * @throws {pulumi.ResourceError} when the number of replicas is not a whole positive one.
 */
export class CertManager extends Component {
  static override readonly shape = fields<CertManagerArgs>({
    replicas: optional(wholeNumber({ min: 1 })),
    monitorLabels: optional(mapOf(anyText)),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: CertManagerArgs = {}, opts?: ComponentOptions) {
    super("certificates:CertManager", name, args, opts);
    const { replicas = 2 } = args;

    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("cert-manager", "restricted"), child);
    this.namespace = namespace.metadata.name;

    new k8s.helm.v3.Release(
      `${name}-controller`,
      releaseOf(CHARTS.certManager, {
        name: "cert-manager",
        namespace: this.namespace,
        values: controllerValues({ ...args, replicas }),
      }),
      child,
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

function controllerValues({
  replicas,
  placement = {},
  monitorLabels,
}: CertManagerArgs & { replicas: number }): Record<string, unknown> {
  // The priority is one for all parts, their places are not.
  const { priorityClassName, ...placed } = placement;
  const replicated = {
    ...placed,
    replicaCount: replicas,
    podDisruptionBudget: { enabled: replicas > 1, maxUnavailable: 1 },
  };
  return {
    crds: { enabled: true, keep: true },
    // The chart's default, kube-system, would ask for rights in a namespace that is not ours.
    global: { leaderElection: { namespace: "cert-manager" }, ...(priorityClassName !== undefined && { priorityClassName }) },
    prometheus: { servicemonitor: { enabled: monitorLabels !== undefined, labels: monitorLabels ?? {} } },
    ...replicated,
    resources: sized("25m", "64Mi", "256Mi"),
    webhook: { ...replicated, resources: sized("10m", "32Mi", "128Mi") },
    cainjector: { ...replicated, resources: sized("10m", "128Mi", "512Mi") },
    startupapicheck: { enabled: true, timeout: "3m", ...placed, resources: sized("10m", "32Mi", "128Mi") },
  };
}

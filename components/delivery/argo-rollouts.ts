import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { fields, optional, wholeNumber } from "../shape.ts";
import { CHARTS } from "../versions.ts";

export interface ArgoRolloutsArgs {
  /** Replicas of the controller; one leads. A release stands still for some 25 s when the leader dies, for longer without a second one. @default 2 */
  replicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

/**
 * The controller that brings a new model version into service step by step, and takes it out again when its measurements are bad.
 *
 * Wants the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when the number of replicas is not a whole positive one.
 */
export class ArgoRollouts extends Component {
  static override readonly shape = fields<ArgoRolloutsArgs>({
    replicas: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: ArgoRolloutsArgs = {}, opts?: ComponentOptions) {
    super("delivery:ArgoRollouts", name, args, opts);
    const { replicas = 2, placement = {} } = args;

    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("argo-rollouts", "restricted"), child);
    this.namespace = namespace.metadata.name;

    new k8s.helm.v3.Release(
      `${name}-controller`,
      releaseOf(CHARTS.argoRollouts, {
        name: "argo-rollouts",
        namespace: this.namespace,
        values: controllerValues(replicas, placement),
      }),
      child,
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

function controllerValues(replicas: number, placement: Placement): Record<string, unknown> {
  return {
    installCRDs: true,
    // Without its CRDs every Rollout, and with it every model server, would be gone.
    keepCRDs: true,
    controller: {
      ...placement,
      replicas,
      pdb: { enabled: replicas > 1, maxUnavailable: 1 },
      extraArgs: ["--istio-api-version=v1"],
      logging: { format: "json" },
      metrics: { enabled: true, serviceMonitor: { enabled: true, metricRelabelings: ROLLOUT_NAMESPACES } },
      resources: sized("100m", "256Mi", "1Gi"),
    },
    providerRBAC: { providers: onlyIstio },
    dashboard: { enabled: false },
  };
}

/** The monitor does not honour labels, so that a Rollout's `namespace` arrives as `exported_namespace`: it is put back. */
const ROLLOUT_NAMESPACES = [
  { action: "replace", sourceLabels: ["exported_namespace"], regex: "(.+)", targetLabel: "namespace" },
  { action: "labeldrop", regex: "exported_namespace" },
];

/** The chart lets the controller write the objects of every traffic provider unless told otherwise. */
const onlyIstio = {
  istio: true,
  smi: false,
  ambassador: false,
  awsLoadBalancerController: false,
  awsAppMesh: false,
  traefik: false,
  apisix: false,
  contour: false,
  glooPlatform: false,
  gatewayAPI: false,
};

import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { fields, flag, optional, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";

export interface MeshArgs {
  /** Write one JSON line for every request that the gateway serves. @default false */
  accessLogs?: boolean;

  /** Most replicas of the control plane. @default 5 */
  maxReplicas?: number;

  /** Fewest replicas of the control plane. One is enough only where a release may stop for minutes. @default 2 */
  minReplicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

/**
 * Longest time for which istiod collects changes before it tells the gateway. After an abort, Argo Rollouts writes a Service 16 to
 * 20 times a second and so stretches the collecting to its limit: Istio's own 10 s would delay the rollback (measured).
 */
const DEBOUNCE_MAX = "500ms";

/**
 * Istio's control plane: it turns routes and their weights into configuration of the ingress gateway. There are no sidecars; the
 * gateway is the whole data plane.
 *
 * Wants the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when a number of replicas is not a whole positive one, or the least exceeds the most.
 */
export class Mesh extends Component {
  static override readonly shape = fields<MeshArgs>({
    accessLogs: optional(flag),
    maxReplicas: optional(wholeNumber({ min: 1 })),
    minReplicas: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs = {}, opts?: ComponentOptions) {
    super("mesh:Mesh", name, args, opts);
    const { accessLogs = false, minReplicas = 2, maxReplicas = 5, placement = {} } = args;
    validate({ minReplicas, maxReplicas }, this);

    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("istio-system", "baseline"), child);
    this.namespace = namespace.metadata.name;

    const base = new k8s.helm.v3.Release(
      `${name}-base`,
      releaseOf(CHARTS.istioBase, { name: "istio-base", namespace: this.namespace, values: { defaultRevision: "default" } }),
      child,
    );
    const istiod = new k8s.helm.v3.Release(
      `${name}-istiod`,
      releaseOf(CHARTS.istiod, {
        name: "istiod",
        namespace: this.namespace,
        values: istiodValues({ accessLogs, minReplicas, maxReplicas, placement }),
      }),
      { ...child, dependsOn: base },
    );
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: API.monitoring,
        kind: "ServiceMonitor",
        metadata: { name: "istiod", namespace: this.namespace },
        spec: monitor,
      },
      { ...child, dependsOn: istiod },
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

function validate(
  { minReplicas, maxReplicas }: Required<Pick<MeshArgs, "minReplicas" | "maxReplicas">>,
  mesh: pulumi.Resource,
): void {
  check.that(minReplicas <= maxReplicas, "minReplicas", `at most 'maxReplicas' (${maxReplicas})`, minReplicas, mesh);
}

function istiodValues({ accessLogs, minReplicas, maxReplicas, placement }: Required<MeshArgs>): Record<string, unknown> {
  const { priorityClassName, ...placed } = placement;
  return {
    ...placed,
    ...(priorityClassName !== undefined && { global: { priorityClassName } }),
    autoscaleEnabled: true,
    autoscaleMin: minReplicas,
    autoscaleMax: maxReplicas,
    env: { PILOT_DEBOUNCE_MAX: DEBOUNCE_MAX },
    resources: sized("200m", "512Mi", "2Gi"),
    seccompProfile: { type: "RuntimeDefault" },
    meshConfig: {
      ...(accessLogs && { accessLogFile: "/dev/stdout" }),
      accessLogEncoding: "JSON",
      enablePrometheusMerge: true,
      // The gateway sends requests to services that the mesh knows, and nowhere else.
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    },
  };
}

/** The Service's name becomes the job: `up{job="istiod"}` is what the alert on a missing control plane reads. */
const monitor: IServiceMonitor["spec"] = {
  selector: { matchLabels: { app: "istiod" } },
  endpoints: [{ port: "http-monitoring", interval: "15s" }],
  sampleLimit: 50_000,
};

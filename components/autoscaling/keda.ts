import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { namespaceNamed, TO_DNS, tcp } from "../egress.ts";
import { type Placement, placement, sized } from "../placement.ts";
import { fields, input, optional, text, wholeNumber } from "../shape.ts";
import { API, CHARTS } from "../versions.ts";

export interface KedaArgs {
  /** Namespace of the Prometheus that it asks, and the only one besides its own that it reaches. */
  monitoringNamespace: pulumi.Input<string>;

  /** Range of the VPC, from which the API server asks for values. */
  vpcCidr: pulumi.Input<string>;

  /** Replicas of the operator, of which one leads, and of the metrics server. @default 2 */
  replicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;
}

/**
 * KEDA: makes an autoscaler of each ScaledObject, and tells it the load that Prometheus knows of. Wants the Prometheus operator's CRDs and
 * cert-manager to exist.
 *
 * Nobody may write a ScaledObject but who deploys: it makes KEDA call the address in it (docs/decisions/autoscaling.md).
 *
 * @throws {pulumi.ResourceError} when the number of replicas is not a whole positive one.
 */
export class Keda extends Component {
  static override readonly shape = fields<KedaArgs>({
    monitoringNamespace: input(text),
    vpcCidr: input(text),
    replicas: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
  });

  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: KedaArgs, opts?: ComponentOptions) {
    super("autoscaling:Keda", name, args, opts);
    const { replicas = 2, placement = {}, monitoringNamespace, vpcCidr } = args;

    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("keda", "restricted"), child);
    this.namespace = namespace.metadata.name;

    new k8s.networking.v1.NetworkPolicy(
      `${name}-traffic`,
      {
        metadata: { name: "keda", namespace: this.namespace },
        spec: trafficSpec({ own: this.namespace, monitoring: monitoringNamespace, vpcCidr }),
      },
      child,
    );
    new k8s.helm.v3.Release(
      `${name}-controller`,
      releaseOf(CHARTS.keda, { name: "keda", namespace: this.namespace, values: controllerValues(replicas, placement) }),
      child,
    );

    this.registerOutputs({ namespace: this.namespace });
  }
}

/** Ports of the operator's values, of the metrics server's API, and of the metrics of both. */
const VALUES = 9_666;
const EXTERNAL_METRICS = 6_443;
const METRICS = 8_080;
const PROMETHEUS = 9_090;

/** In: the API server and scrapes. Out: names, the API server, Prometheus. Between them: values. */
const trafficSpec = ({ own, monitoring, vpcCidr }: Record<"own" | "monitoring" | "vpcCidr", pulumi.Input<string>>) => ({
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    { from: [namespaceNamed(own)], ports: tcp(VALUES) },
    { from: [namespaceNamed(monitoring)], ports: tcp(METRICS) },
    { from: [{ ipBlock: { cidr: vpcCidr } }], ports: tcp(EXTERNAL_METRICS) },
  ],
  egress: [
    TO_DNS,
    // The address of the API server is that of a Service, outside of the VPC.
    { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: tcp(443) },
    { to: [namespaceNamed(own)], ports: tcp(VALUES) },
    { to: [namespaceNamed(monitoring)], ports: tcp(PROMETHEUS) },
  ],
});

function controllerValues(replicas: number, placement: Placement): Record<string, unknown> {
  const replicated = { replicaCount: replicas };
  const budget = replicas > 1 ? { maxUnavailable: 1 } : {};
  const monitored = { enabled: true, serviceMonitor: { enabled: true } };
  return {
    ...placement,
    // With them every ScaledObject would go, and with it the autoscaler of a model.
    crds: { additionalAnnotations: { "helm.sh/resource-policy": "keep" } },
    operator: replicated,
    metricsServer: replicated,
    // It refuses a second scaler of a workload: while a model changes from one kind of scaler to the other, there are two. The rules judge before.
    webhooks: { enabled: false },
    podDisruptionBudget: { operator: budget, metricServer: budget },
    image: { pullPolicy: "IfNotPresent" },
    logging: { operator: { format: "json" }, metricServer: { zapEncoder: "json" } },
    prometheus: { operator: monitored, metricServer: monitored },
    // By its defaults it reads every object of the cluster, Secrets too, and writes API services and webhooks for its certificate.
    rbac: { scaledRefKinds: [{ apiGroup: API.rollout.split("/")[0], kind: "rollouts" }] },
    permissions: { operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } },
    certificates: { certManager: { enabled: true } },
    resources: { operator: unthrottled("50m", "128Mi", "512Mi"), metricServer: unthrottled("50m", "64Mi", "256Mi") },
  };
}

/** The chart limits CPU. */
function unthrottled(...size: Parameters<typeof sized>) {
  const { requests, limits } = sized(...size);
  return { requests, limits: { ...limits, cpu: null } };
}

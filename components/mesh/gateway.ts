import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import type { Placement } from "../placement.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";
import { telemetryAnnotations } from "./gateway-telemetry.ts";

export interface IngressGatewayArgs {
  /** Most replicas. @default 5 */
  maxReplicas?: number;

  /** Fewest replicas. @default 2 */
  minReplicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;

  /** Name of a TLS Secret in the gateway's namespace; with it HTTPS is served, and HTTP answers with a redirect. @default - HTTP only */
  tlsSecret?: string;
}

/** Pods carry it, and so do `Gateway` and `EnvoyFilter` objects that mean this gateway. */
const SELECTOR = { istio: "ingress" };

/** Requests may take this long to end when a replica stops, seconds. */
const DRAIN_SECONDS = 45;

/**
 * The one way into the cluster for requests to models: Envoy behind a network load balancer that only the VPC reaches. It splits
 * the traffic of a release, and its counters are what a release is judged by.
 *
 * Wants the mesh's control plane and the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when a number of replicas is not a whole positive one, the least exceeds the most, or the Secret's
 *   name is invalid.
 */
export class IngressGateway extends Component {
  readonly namespace: pulumi.Output<string>;
  /** Of the `Gateway` object; VirtualServices name it `<namespace>/<name>`. */
  readonly gatewayName: pulumi.Output<string>;
  readonly selector: Record<string, string> = SELECTOR;

  constructor(name: string, args: IngressGatewayArgs = {}, opts?: ComponentOptions) {
    super("mesh:IngressGateway", name, args, opts);
    const { minReplicas = 2, maxReplicas = 5, tlsSecret, placement = {} } = args;
    validate({ ...args, minReplicas, maxReplicas }, this);

    const child = { parent: this };
    // Envoy binds ports below 1024 through a sysctl that the stricter standard refuses.
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf("istio-ingress", "baseline"), child);
    this.namespace = namespace.metadata.name;

    const proxy = new k8s.helm.v3.Release(
      `${name}-proxy`,
      releaseOf(CHARTS.istioGateway, {
        name: "ingress",
        namespace: this.namespace,
        values: proxyValues(minReplicas, maxReplicas, placement),
      }),
      child,
    );
    const gateway = new k8s.apiextensions.CustomResource(
      `${name}-listeners`,
      {
        apiVersion: API.gateway,
        kind: "Gateway",
        metadata: { name: "ingress", namespace: this.namespace },
        spec: listeners(tlsSecret),
      },
      { ...child, dependsOn: proxy },
    );
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      { apiVersion: API.monitoring, kind: "PodMonitor", metadata: { name: "ingress", namespace: this.namespace }, spec: monitor },
      { ...child, dependsOn: proxy },
    );

    this.gatewayName = gateway.metadata.name;
    this.registerOutputs({ namespace: this.namespace, gatewayName: this.gatewayName, selector: this.selector });
  }
}

function validate({ minReplicas = 1, maxReplicas = 1, tlsSecret }: IngressGatewayArgs, gateway: pulumi.Resource): void {
  check.wholeNumber("minReplicas", minReplicas, { min: 1 }, gateway);
  check.wholeNumber("maxReplicas", maxReplicas, { min: 1 }, gateway);
  check.that(minReplicas <= maxReplicas, "minReplicas", `at most 'maxReplicas' (${maxReplicas})`, minReplicas, gateway);
  check.matches("tlsSecret", tlsSecret, DNS_LABEL, DNS_LABEL_RULE, gateway);
}

function proxyValues(minReplicas: number, maxReplicas: number, placement: Placement): Record<string, unknown> {
  return {
    ...placement,
    labels: SELECTOR,
    podAnnotations: telemetryAnnotations(DRAIN_SECONDS),
    terminationGracePeriodSeconds: DRAIN_SECONDS + 15,
    service: {
      type: "LoadBalancer",
      // Read by the cloud controller that EKS runs itself (Kubernetes documentation, "Service", "Internal load balancer").
      annotations: {
        "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
        "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
        "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": "true",
      },
    },
    autoscaling: { enabled: true, minReplicas, maxReplicas, targetCPUUtilizationPercentage: 60 },
    podDisruptionBudget: { maxUnavailable: 1 },
    // Without `cpu`, Helm would add the chart's own limit of two processors.
    resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: null, memory: "1Gi" } },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: SELECTOR },
      },
    ],
  };
}

function listeners(tlsSecret: string | undefined): IGateway["spec"] {
  const hosts = ["*"];
  const http = { port: { number: 80, name: "http", protocol: "HTTP" }, hosts };
  if (tlsSecret === undefined) {
    return { selector: SELECTOR, servers: [http] };
  }
  return {
    selector: SELECTOR,
    servers: [
      { ...http, tls: { httpsRedirect: true } },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts,
        tls: { mode: "SIMPLE", credentialName: tlsSecret, minProtocolVersion: "TLSV1_2" },
      },
    ],
  };
}

/** Envoy's own endpoint (15090), not the merged one of the agent (15020), whose buckets and names may differ. */
const monitor: IPodMonitor["spec"] = {
  selector: { matchLabels: SELECTOR },
  podMetricsEndpoints: [
    {
      port: "http-envoy-prom",
      path: "/stats/prometheus",
      interval: "15s",
      metricRelabelings: [{ action: "keep", sourceLabels: ["__name__"], regex: "envoy_cluster_upstream_rq.*|envoy_server_.*" }],
    },
  ],
  // 22 series a Service, two Services a model: room for two thousand models.
  sampleLimit: 100_000,
};

import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IPodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PrivateCertificate } from "../certificates/private-certificate.ts";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import type { Placement } from "../placement.ts";
import { placement } from "../placement.ts";
import { domainName, fields, optional, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";
import { SCRAPE_SECONDS, telemetryAnnotations } from "./gateway-telemetry.ts";
import { GRPC_RELABELINGS, GRPC_SERIES } from "./grpc-answers.ts";

export interface IngressGatewayArgs {
  /** Most replicas. @default 5 */
  maxReplicas?: number;

  /** Fewest replicas. @default 2 */
  minReplicas?: number;

  /** Where its pods run. @default - on any node without a taint */
  placement?: Placement;

  /**
   * Domain of the names that the gateway serves, `models.internal` for `fraud.models.internal`. cert-manager then issues a certificate
   * for all names directly below it, from a certificate authority of the gateway's own. @default - HTTP only, for every host
   */
  domain?: string;

  /** Time between two scrapes of its counters, seconds. @default 15 */
  scrapeSeconds?: number;
}

/** Pods carry it, and so do `Gateway` and `EnvoyFilter` objects that mean this gateway. */
const SELECTOR = { istio: "ingress" };

/** Ports of every node through which a load balancer reaches the gateway. */
export const NODE_PORTS = { https: 30_443, health: 30_021 } as const;

/** Secret with the gateway's certificate. */
const TLS_SECRET = "ingress-certificate";

/** Requests may take this long to end when a replica stops, seconds. */
const DRAIN_SECONDS = 45;

/**
 * The one way into the cluster for requests to models: Envoy, which splits the traffic of a release, and whose counters are what a
 * release is judged by.
 *
 * With a domain it serves HTTPS, answers HTTP with a redirect, and has a node port for HTTPS: `GatewayBalancer` makes the load balancer
 * in front of it.
 *
 * Wants the mesh's control plane and the Prometheus operator's CRDs to exist and, with a domain, cert-manager to be ready.
 *
 * @throws {pulumi.ResourceError} when a number is not a whole positive one, the least replicas exceed the most, or the domain is invalid.
 */
export class IngressGateway extends Component {
  static override readonly shape = fields<IngressGatewayArgs>({
    maxReplicas: optional(wholeNumber({ min: 1 })),
    minReplicas: optional(wholeNumber({ min: 1 })),
    placement: optional(placement),
    domain: optional(domainName),
    scrapeSeconds: optional(wholeNumber({ min: 1 })),
  });

  readonly namespace: pulumi.Output<string>;
  /** Of the `Gateway` object; VirtualServices name it `<namespace>/<name>`. */
  readonly gatewayName: pulumi.Output<string>;
  readonly selector: Record<string, string> = SELECTOR;

  constructor(name: string, args: IngressGatewayArgs = {}, opts?: ComponentOptions) {
    super("mesh:IngressGateway", name, args, opts);
    const { minReplicas = 2, maxReplicas = 5, domain, placement = {}, scrapeSeconds = SCRAPE_SECONDS } = args;
    validate({ minReplicas, maxReplicas }, this);

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
    if (domain !== undefined) {
      new PrivateCertificate(
        `${name}-certificate`,
        { namespace: this.namespace, secretName: TLS_SECRET, dnsNames: [domain, `*.${domain}`] },
        child,
      );
    }
    const gateway = new k8s.apiextensions.CustomResource(
      `${name}-listeners`,
      {
        apiVersion: API.gateway,
        kind: "Gateway",
        metadata: { name: "ingress", namespace: this.namespace },
        spec: listeners(domain),
      },
      { ...child, dependsOn: proxy },
    );
    new k8s.apiextensions.CustomResource(
      `${name}-monitor`,
      {
        apiVersion: API.monitoring,
        kind: "PodMonitor",
        metadata: { name: "ingress", namespace: this.namespace },
        spec: monitor(scrapeSeconds),
      },
      { ...child, dependsOn: proxy },
    );

    this.gatewayName = gateway.metadata.name;
    this.registerOutputs({ namespace: this.namespace, gatewayName: this.gatewayName, selector: this.selector });
  }
}

function validate(
  { minReplicas, maxReplicas }: Required<Pick<IngressGatewayArgs, "minReplicas" | "maxReplicas">>,
  gateway: pulumi.Resource,
): void {
  check.that(minReplicas <= maxReplicas, "minReplicas", `at most 'maxReplicas' (${maxReplicas})`, minReplicas, gateway);
}

function proxyValues(minReplicas: number, maxReplicas: number, placement: Placement): Record<string, unknown> {
  return {
    ...placement,
    labels: SELECTOR,
    podAnnotations: telemetryAnnotations(DRAIN_SECONDS),
    terminationGracePeriodSeconds: DRAIN_SECONDS + 15,
    service: {
      type: "NodePort",
      ports: [
        { name: "status-port", port: 15_021, targetPort: 15_021, nodePort: NODE_PORTS.health, protocol: "TCP" },
        { name: "http2", port: 80, targetPort: 80, protocol: "TCP" },
        { name: "https", port: 443, targetPort: 443, nodePort: NODE_PORTS.https, protocol: "TCP" },
      ],
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

function listeners(domain: string | undefined): IGateway["spec"] {
  const http = { port: { number: 80, name: "http", protocol: "HTTP" } };
  if (domain === undefined) {
    return { selector: SELECTOR, servers: [{ ...http, hosts: ["*"] }] };
  }
  const hosts = [`*.${domain}`];
  return {
    selector: SELECTOR,
    servers: [
      { ...http, hosts, tls: { httpsRedirect: true } },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts,
        tls: { mode: "SIMPLE", credentialName: TLS_SECRET, minProtocolVersion: "TLSV1_2" },
      },
    ],
  };
}

/** Series that alerts, release analysis and dashboards read. */
const KEPT = `envoy_cluster_upstream_rq.*|${GRPC_SERIES}|envoy_server_.*`;

/** Envoy's own endpoint (15090), not the merged one of the agent (15020), whose buckets and names may differ. */
const monitor = (scrapeSeconds: number): IPodMonitor["spec"] => ({
  selector: { matchLabels: SELECTOR },
  podMetricsEndpoints: [
    {
      port: "http-envoy-prom",
      path: "/stats/prometheus",
      interval: `${scrapeSeconds}s`,
      metricRelabelings: [{ action: "keep", sourceLabels: ["__name__"], regex: KEPT }, ...GRPC_RELABELINGS],
    },
  ],
  // 22 series a port of a Service, two Services a model, two ports where it answers gRPC: room for a thousand models that do, or two thousand.
  sampleLimit: 100_000,
});

import { Gateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor";
import { describe, expect, it } from "vitest";
import { IngressGateway, type IngressGatewayArgs } from "#components/mesh/gateway";
import { LATENCY_BUCKETS_MS, LATENCY_TARGET_MS } from "#components/mesh/gateway-telemetry";
import { GRPC_RELABELINGS } from "#components/mesh/grpc-answers";
import { record, refusal } from "../../harness/graph.ts";

const ingress = (args?: IngressGatewayArgs) => record(() => new IngressGateway("gateway", args));
const child = async (role: string, args?: IngressGatewayArgs) =>
  (await ingress(args)).find(({ name }) => name === `gateway-${role}`)?.inputs as any;

describe("IngressGateway", () => {
  it("is a namespace, the proxy, its listeners, and a monitor of it", async () => {
    const children = (await ingress()).filter(({ parent }) => parent === "gateway").sort((a, b) => a.name.localeCompare(b.name));
    expect(children.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:networking.istio.io/v1:Gateway", "gateway-listeners"],
      ["kubernetes:monitoring.coreos.com/v1:PodMonitor", "gateway-monitor"],
      ["kubernetes:core/v1:Namespace", "gateway-namespace"],
      ["kubernetes:helm.sh/v3:Release", "gateway-proxy"],
    ]);
    expect(children[0]?.dependencies).toContain("gateway-proxy");
  });

  it("runs two replicas, loses one at a time, and has a node port for HTTPS and one for its health alone", async () => {
    const { name, namespace, values } = await child("proxy");
    expect([name, namespace]).toEqual(["ingress", "istio-ingress"]);
    expect(values).toMatchObject({
      labels: { istio: "ingress" },
      autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 },
      podDisruptionBudget: { maxUnavailable: 1 },
      terminationGracePeriodSeconds: 60,
    });
    expect(values.service.type).toBe("NodePort");
    expect(values.service.ports.map(({ port, nodePort }: any) => [port, nodePort])).toEqual([
      [15021, 30021],
      [80, undefined],
      [443, 30443],
    ]);
  });

  it("counts each answer once for alerts and release analysis", async () => {
    const { podAnnotations } = (await child("proxy")).values;
    const config = JSON.parse(podAnnotations["proxy.istio.io/config"]);
    const counted = new RegExp(`^(${config.proxyStatsMatcher.inclusionRegexps.join("|")})$`);
    const cluster = "cluster.outbound|80||fraud-stable.ml.svc.cluster.local;";
    expect(
      [`${cluster}.upstream_rq_5xx`, `${cluster}.upstream_rq_time`, `${cluster}.grpc.13`].filter((name) => !counted.test(name)),
    ).toEqual([]);
    expect(
      [
        `${cluster}.upstream_rq_500`,
        `${cluster}.upstream_rq_total`,
        `${cluster}.internal.upstream_rq_2xx`,
        `${cluster}.grpc.failure`,
        "server.live",
      ].filter((name) => counted.test(name)),
    ).toEqual([]);
    expect(JSON.parse(podAnnotations["sidecar.istio.io/statsHistogramBuckets"])).toEqual({ cluster: LATENCY_BUCKETS_MS });
    expect(config.terminationDrainDuration).toBe("45s");
  });

  it("has a histogram bound at the target, and bounds that grow", () => {
    expect(LATENCY_TARGET_MS).toBe(200);
    expect(LATENCY_BUCKETS_MS).toContain(200);
    expect([...LATENCY_BUCKETS_MS].sort((a, b) => a - b)).toEqual(LATENCY_BUCKETS_MS);
  });

  it("listens to HTTP without a domain", async () => {
    const gateway = await child("listeners");
    expect(gateway.metadata).toEqual({ name: "ingress", namespace: "istio-ingress" });
    expect(gateway.spec).toEqual({
      selector: { istio: "ingress" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    });
    new Gateway(gateway).validate();
  });

  it("listens to HTTPS under every name below its domain, with a certificate of its own, and sends HTTP there", async () => {
    const gateway = await child("listeners", { domain: "models.internal" });
    expect(gateway.spec.servers).toEqual([
      {
        port: { number: 80, name: "http", protocol: "HTTP" },
        hosts: ["*.models.internal"],
        tls: { httpsRedirect: true },
      },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts: ["*.models.internal"],
        tls: { mode: "SIMPLE", credentialName: "ingress-certificate", minProtocolVersion: "TLSV1_2" },
      },
    ]);
    new Gateway(gateway).validate();
    const certificate = await child("certificate-issued", { domain: "models.internal" });
    expect(certificate.metadata).toEqual({ name: "ingress-certificate", namespace: "istio-ingress" });
    expect(certificate.spec).toMatchObject({
      secretName: "ingress-certificate",
      dnsNames: ["models.internal", "*.models.internal"],
    });
  });

  it("is scraped at Envoy itself", async () => {
    const monitor = await child("monitor");
    expect(monitor.spec).toEqual({
      selector: { matchLabels: { istio: "ingress" } },
      podMetricsEndpoints: [
        {
          port: "http-envoy-prom",
          path: "/stats/prometheus",
          interval: "15s",
          metricRelabelings: [
            {
              action: "keep",
              sourceLabels: ["__name__"],
              regex: String.raw`envoy_cluster_upstream_rq.*|envoy_cluster_grpc_\d+|envoy_server_.*`,
            },
            ...GRPC_RELABELINGS,
          ],
        },
      ],
      sampleLimit: 100_000,
    });
    new PodMonitor(monitor).validate();
  });

  it("is scraped as often as it is told", async () => {
    const { podMetricsEndpoints: endpoints } = (await child("monitor", { scrapeSeconds: 2 })).spec;
    expect(endpoints[0].interval).toBe("2s");
  });

  it("takes replicas", async () => {
    const { values } = await child("proxy", { minReplicas: 3, maxReplicas: 9 });
    expect(values.autoscaling).toMatchObject({ minReplicas: 3, maxReplicas: 9 });
  });

  it.each<[IngressGatewayArgs, string]>([
    [{ minReplicas: 0 }, "'minReplicas' must be a whole number of at least 1, got '0'"],
    [{ maxReplicas: 0 }, "'maxReplicas' must be a whole number of at least 1, got '0'"],
    [{ minReplicas: 6 }, "'minReplicas' must be at most 'maxReplicas' (5), got '6'"],
    [
      { domain: "*.models.internal" },
      "'domain' must be a full domain name in lower case, without port or wildcard, got '*.models.internal'",
    ],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new IngressGateway("gateway", args))).toBe(message);
  });
});

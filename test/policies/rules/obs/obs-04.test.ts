import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const MODEL = { layer: "workloads", resource: "fraud-monitor" } as const;
const at = "workloads-prod/fraud-monitor: 'spec.podMetricsEndpoints[0]";

describeRule("OBS-04", [
  {
    ...MODEL,
    what: "a measurement each hour",
    change: ({ spec }) => {
      spec.podMetricsEndpoints[0].interval = "1h";
    },
    says: `${at}.interval' must be at most 60s, got '1h'`,
    unknown: "spec.podMetricsEndpoints.0.interval",
  },
  {
    ...MODEL,
    what: "a port that the pods do not have",
    change: ({ spec }) => {
      spec.podMetricsEndpoints[0].port = "metrics";
    },
    says: `${at}.port' must be a port that they have, 'http', got 'metrics'`,
  },
  {
    layer: "platform",
    resource: "tracking-monitor",
    what: "a port that the Service does not have",
    change: ({ spec }) => {
      spec.endpoints[0].port = "prometheus";
    },
    says: "platform-prod/tracking-monitor: 'spec.endpoints[0].port' must be a port that they have, 'http', 'metrics', got 'prometheus'",
  },
  {
    layer: "platform",
    resource: "gateway-monitor",
    what: "a gateway of which only its state is kept",
    change: ({ spec }) => {
      spec.podMetricsEndpoints[0].metricRelabelings[0].regex = "envoy_server_.*";
    },
    says: "platform-prod/gateway-monitor: 'spec.podMetricsEndpoints[0].metricRelabelings[0].regex' must be one that keeps 'envoy_cluster_upstream_rq', which alerts and releases read, got 'envoy_server_.*'",
  },
]);

const monitor = (endpoint: object, spec: object = {}) =>
  of("kubernetes:monitoring.coreos.com/v1:PodMonitor", "m", {
    metadata: { name: "m", namespace: "a" },
    spec: { podMetricsEndpoints: [endpoint], ...spec },
  });
const deployment = of("kubernetes:apps/v1:Deployment", "d", {
  metadata: { name: "d", namespace: "a" },
  spec: {
    template: {
      metadata: { labels: { app: "d" } },
      spec: { containers: [{ name: "d", ports: [{ name: "web", containerPort: 80 }, { containerPort: 81 }] }] },
    },
  },
});
const chart = (name: string) => of("kubernetes:helm.sh/v3:Release", "c", { chart: name, namespace: "a" });
const envoy = (...metricRelabelings: object[]) => monitor({ path: "/stats/prometheus", metricRelabelings });

describe("OBS-04", () => {
  it.each([
    { interval: "60s" },
    { interval: "1m" },
    { interval: "500ms" },
    { path: "/actuator/prometheus" },
    { port: "web" },
    { port: "9090" },
    { targetPort: 81 },
    { interval: "30s", scrapeTimeout: "30s" },
    { metricRelabelings: [{ action: "drop", sourceLabels: ["__name__"], regex: "go_.*" }] },
  ])("accepts %j", (endpoint) => {
    const others = "port" in endpoint && endpoint.port === "9090" ? [] : [deployment];
    expect(found("OBS-04", [monitor(endpoint), ...others])).toEqual([]);
  });

  it.each([
    { interval: "2m" },
    { interval: "1d" },
    { path: "/" },
    { port: "http" },
    { interval: "10s", scrapeTimeout: "30s" },
    { tlsConfig: { insecureSkipVerify: "true" } },
    { bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
    { metricRelabelings: [{ action: "drop", sourceLabels: ["__name__"] }] },
    { relabelings: [{ action: "Drop", sourceLabels: ["job"], regex: ".*" }] },
    { relabelings: [{ action: "drop" }] },
  ])("refuses %j", (endpoint) => expect(found("OBS-04", [monitor(endpoint), deployment])).toHaveLength(1));

  it.each([{ sampleLimit: 0 }, { sampleLimit: "5000" }, { labelLimit: 64 }])("accepts %j", (spec) =>
    expect(found("OBS-04", monitor({}, spec))).toEqual([]),
  );

  it.each([{ sampleLimit: 1 }, { sampleLimit: "10" }, { labelLimit: 2 }, { targetLimit: 1 }])("refuses %j", (spec) =>
    expect(found("OBS-04", monitor({}, spec))).toHaveLength(1),
  );

  it.each([
    { action: "keep", sourceLabels: ["__name__"], regex: "envoy_.*" },
    { action: "labeldrop", regex: "pod_template_hash" },
    { action: "replace", sourceLabels: ["__name__"], regex: "envoy_.*", targetLabel: "x" },
  ])("accepts of Envoy %j", (relabeling) => expect(found("OBS-04", envoy(relabeling))).toEqual([]));

  it.each([
    { action: "keep", sourceLabels: ["__name__"], regex: "envoy_server_.*" },
    { action: "drop", sourceLabels: ["__name__"], regex: ".*_bucket" },
    { action: "labeldrop", regex: "response_code.*" },
    { action: "labelkeep", regex: "pod|le" },
  ])("refuses of Envoy %j", (relabeling) => expect(found("OBS-04", envoy(relabeling))).toHaveLength(1));

  it("knows the ports of charts, and says nothing of pods of a chart that it does not know", () => {
    expect(found("OBS-04", [monitor({ port: "x" }), chart("istiod")])).toEqual(["spec.podMetricsEndpoints[0].port: x"]);
    expect(found("OBS-04", [monitor({ port: "http-envoy-prom" }), chart("gateway")])).toEqual([
      "spec.podMetricsEndpoints[0].path: /metrics",
    ]);
    expect(found("OBS-04", [monitor({ port: "x" }), chart("redis")])).toEqual([]);
  });

  it("lets others measure up to the five minutes after which Prometheus forgets", () => {
    const { elsewhere } = ruleOf("OBS-04");
    expect(found("OBS-04", monitor({ interval: "5m" }), elsewhere)).toEqual([]);
    expect(found("OBS-04", monitor({ interval: "6m" }), elsewhere)).toHaveLength(1);
  });
});

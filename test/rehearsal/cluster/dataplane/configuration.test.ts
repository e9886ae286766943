import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { bootstrap, envoy } from "#rehearsal/cluster/dataplane/envoy";
import { istiod, LEASES_NAMESPACE } from "#rehearsal/cluster/dataplane/istiod";
import { prometheus, scrapeConfig, writeServices } from "#rehearsal/cluster/dataplane/prometheus";

const gateway = { namespace: "istio-ingress", labels: { istio: "ingress" } };
const folder = mkdtempSync(join(tmpdir(), "dataplane-"));
afterAll(() => rmSync(folder, { recursive: true }));
const envoyConfig = bootstrap(gateway) as Json;

test("istiod sees Envoy as the gateway's workload", () => {
  expect(envoyConfig.node).toMatchObject({
    id: "router~10.66.0.10~gateway-0.istio-ingress~istio-ingress.svc.cluster.local",
    metadata: { NAMESPACE: "istio-ingress", LABELS: { istio: "ingress" }, INSTANCE_IPS: "10.66.0.10" },
  });
});

test("Envoy reconnects to a lost istiod within two seconds", () => {
  const [service] = envoyConfig.dynamic_resources.ads_config.grpc_services;
  expect(service.envoy_grpc.retry_policy.retry_back_off).toEqual({ base_interval: "0.5s", max_interval: "2s" });
});

test("statistics have Istio's tags and a bound at the latency target", () => {
  const { stats_tags: tags, histogram_bucket_settings: buckets } = envoyConfig.stats_config;
  const statistic = "cluster.outbound|80||fraud-stable.ml.svc.cluster.local;.upstream_rq_5xx";
  const found = tags.flatMap(({ tag_name: name, regex }: Json) => {
    const match = new RegExp(regex).exec(statistic);
    return match ? [[name, match[2]]] : [];
  });
  expect(found).toEqual([
    ["cluster_name", "outbound|80||fraud-stable.ml.svc.cluster.local"],
    ["response_code_class", "5xx"],
  ]);
  expect(buckets[0].match).toEqual({ suffix: "upstream_rq_time" });
  expect(buckets[0].buckets).toContain(200);
});

test("two gateways on one machine do not share memory", () => {
  expect(envoy("/envoy", folder, gateway).command).toContain("--disable-hot-restart");
});

test("istiod listens without TLS, keeps its leases apart from the product's namespaces and pushes soon", () => {
  const { command, env } = istiod(["/istiod"], folder, "/kubeconfig");
  expect(command).toEqual(
    expect.arrayContaining(["discovery", "--kubeconfig=/kubeconfig", "--grpcAddr=127.0.0.1:15010", "--secureGRPCAddr="]),
  );
  expect(env).toMatchObject({ POD_NAMESPACE: LEASES_NAMESPACE, PILOT_DEBOUNCE_MAX: "500ms" });
  expect(JSON.parse(readFileSync(join(folder, "mesh.json"), "utf8"))).toMatchObject({
    rootNamespace: "istio-system",
    enableAutoMtls: false,
  });
});

test("Prometheus scrapes gateway, controllers and the node agent's pods", () => {
  const scraped = { targetsFile: "/t.json", servicesFile: "/s.json", gateway, scrapeSeconds: 2 };
  const config = scrapeConfig(scraped) as Json;
  expect(config.scrape_configs.map(({ job_name: name }: Json) => name)).toEqual(["gateway", "istiod", "services", "pods"]);
  expect(config.scrape_configs[0].static_configs).toEqual([
    { targets: ["127.0.0.1:15000"], labels: { namespace: "istio-ingress", pod: "gateway-0" } },
  ]);
  expect(config.scrape_configs[2].file_sd_configs[0].files).toEqual(["/s.json"]);
  expect(config.scrape_configs[3].file_sd_configs[0].files).toEqual(["/t.json"]);
  const { command } = prometheus({ program: "/prometheus", folder, port: 9090, ...scraped });
  expect(command).toContain("--web.listen-address=10.66.0.5:9090");
});

test("Prometheus knows the pods behind a Service by the labels of the operator's discovery", () => {
  const file = join(folder, "services.json");
  const pod = { namespace: "argo-rollouts", pod: "argo-rollouts-1", address: "10.67.0.3", number: 8090 };
  writeServices(file, [{ service: "argo-rollouts-metrics", port: "metrics", ...pod }]);
  const { namespace, pod: name } = pod;
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([
    {
      targets: ["10.67.0.3:8090"],
      labels: { job: "argo-rollouts-metrics", service: "argo-rollouts-metrics", namespace, pod: name },
    },
  ]);
});

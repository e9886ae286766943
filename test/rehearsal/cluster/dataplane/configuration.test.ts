import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { bootstrap, envoy } from "#rehearsal/cluster/dataplane/envoy";
import { istiod, LEASES_NAMESPACE } from "#rehearsal/cluster/dataplane/istiod";
import { prometheus, scrapeConfig } from "#rehearsal/cluster/dataplane/prometheus";
import { rollouts } from "#rehearsal/cluster/dataplane/rollouts";

const gateway = { namespace: "istio-ingress", labels: { istio: "ingress" } };
const folder = mkdtempSync(join(tmpdir(), "dataplane-"));
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

test("Argo Rollouts leaves 8080 to the pods", () => {
  expect(rollouts(["/rollouts"], "/k").command).toEqual(expect.arrayContaining(["--healthzPort=18081", "--metricsPort=18090"]));
});

test("Prometheus scrapes gateway, controllers and the node agent's pods", () => {
  const config = scrapeConfig({ targetsFile: "/t.json", gateway, scrapeSeconds: 2 }) as Json;
  expect(config.scrape_configs.map(({ job_name: name }: Json) => name)).toEqual(["gateway", "argo-rollouts", "istiod", "pods"]);
  expect(config.scrape_configs[0].static_configs).toEqual([
    { targets: ["127.0.0.1:15000"], labels: { namespace: "istio-ingress", pod: "gateway-0" } },
  ]);
  expect(config.scrape_configs[3].file_sd_configs[0].files).toEqual(["/t.json"]);
  const { command } = prometheus({
    program: "/prometheus",
    folder,
    port: 9090,
    targetsFile: "/t.json",
    gateway,
    scrapeSeconds: 2,
  });
  expect(command).toContain("--web.listen-address=10.66.0.5:9090");
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { bootstrap, envoy, writeIstiods } from "#rehearsal/cluster/dataplane/envoy";
import { istiodImage } from "#rehearsal/cluster/dataplane/istiod";

const gateway = { namespace: "istio-ingress", labels: { istio: "ingress" } };
const folder = mkdtempSync(join(tmpdir(), "dataplane-"));
afterAll(() => rmSync(folder, { recursive: true }));
const istiods = join(folder, "istiods.json");
const envoyConfig = bootstrap(gateway, istiods) as Json;

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
  expect(envoy("/envoy", folder, gateway, istiods).command).toContain("--disable-hot-restart");
});

test("Envoy is told of every istiod, and of another one without a new start", () => {
  const [cluster] = envoyConfig.static_resources.clusters;
  expect(cluster).toMatchObject({ name: "xds-grpc", type: "EDS" });
  expect(cluster.eds_cluster_config.eds_config.path_config_source).toEqual({ path: istiods });
  const pod = { service: "istiod", port: "grpc-xds", namespace: "istio-system", pod: "istiod-1", number: 15010 };
  writeIstiods(istiods, [
    { ...pod, address: "10.67.0.1" },
    { ...pod, address: "10.67.0.2" },
  ]);
  const { resources } = JSON.parse(readFileSync(istiods, "utf8"));
  expect(resources[0].cluster_name).toBe(cluster.name);
  expect(resources[0].endpoints[0].lb_endpoints.map(({ endpoint }: Json) => endpoint.address.socket_address)).toEqual([
    { address: "10.67.0.1", port_value: 15010 },
    { address: "10.67.0.2", port_value: 15010 },
  ]);
  expect(readdirSync(folder)).not.toContain("istiods.json.new");
});

test("istiod has the configuration of its chart, without what only Istio's own Envoy understands", () => {
  const { entrypoint, files, env } = istiodImage("/tools/pilot-discovery", folder);
  expect(files[entrypoint[0]!]).toBe("/tools/pilot-discovery");
  expect(env).toMatchObject({ SHARED_MESH_CONFIG: "istio", PILOT_ENABLE_METADATA_EXCHANGE: "false" });
  expect(JSON.parse(readFileSync(files["/etc/istio/config/mesh"]!, "utf8"))).toEqual({
    enableAutoMtls: false,
    defaultProviders: { metrics: [] },
    defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } },
  });
});

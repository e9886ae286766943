import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LATENCY_BUCKETS_MS } from "#components/mesh/gateway-telemetry";
import { answers, type Process } from "../controlplane/processes.ts";
import { NETWORK } from "../isolation/addresses.ts";
import { writeWhole } from "../whole-file.ts";
import type { ServicePod } from "./services.ts";

/** The workload that the product's Gateway objects select. */
export interface GatewayIdentity {
  /** Namespace of the gateway's pods. */
  namespace: string;

  /** Labels of the gateway's pods; a Gateway and an EnvoyFilter select by them. */
  labels: Readonly<Record<string, string>>;
}

/** Envoy's own metrics and settings. */
export const ENVOY_ADMIN = "127.0.0.1:15000";

/**
 * A gateway that istiod configures: upstream Envoy without Istio's agent and filters.
 *
 * @param istiods file of `writeIstiods`.
 */
export function envoy(program: string, folder: string, gateway: GatewayIdentity, istiods: string): Process {
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(bootstrap(gateway, istiods), null, 2));
  return {
    name: "envoy",
    // Hot restart shares memory under a name that is the machine's, not the namespace's: a second Envoy would find it and stop.
    command: [
      program,
      "-c",
      file,
      "--concurrency",
      "1",
      "--log-level",
      "warning",
      "--disable-hot-restart",
      "--drain-time-s",
      "5",
    ],
    ready: () => answers(`http://${ENVOY_ADMIN}/ready`),
  };
}

/** Envoy's bootstrap as an Istio gateway ("router"). */
export function bootstrap({ namespace, labels }: GatewayIdentity, istiods: string): object {
  const xds = { ads: {}, resource_api_version: "V3" };
  const pod = "gateway-0";
  return {
    node: {
      id: `router~${NETWORK.gateway}~${pod}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `gateway.${namespace}`,
      metadata: {
        NAMESPACE: namespace,
        LABELS: labels,
        NAME: pod,
        INSTANCE_IPS: NETWORK.gateway,
        CLUSTER_ID: "Kubernetes",
        MESH_ID: "cluster.local",
        ISTIO_VERSION: "1.31.0",
      },
    },
    admin: { address: socket("127.0.0.1", Number(ENVOY_ADMIN.split(":")[1])) },
    dynamic_resources: {
      ads_config: {
        api_type: "DELTA_GRPC",
        transport_api_version: "V3",
        set_node_on_first_message_only: true,
        // Without a cap Envoy waits up to 30 s before it tries again after a long loss of istiod.
        grpc_services: [
          {
            envoy_grpc: {
              cluster_name: XDS,
              retry_policy: { retry_back_off: { base_interval: "0.5s", max_interval: "2s" } },
            },
          },
        ],
      },
      lds_config: xds,
      cds_config: xds,
    },
    static_resources: { clusters: [xdsCluster(istiods)] },
    stats_config: statsConfig(),
    layered_runtime: { layers: [{ name: "admin", admin_layer: {} }] },
  };
}

const XDS = "xds-grpc";

function xdsCluster(istiods: string): object {
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  return {
    name: XDS,
    type: "EDS",
    // Read again when it changes.
    eds_cluster_config: { eds_config: { path_config_source: { path: istiods }, resource_api_version: "V3" } },
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      [options]: { "@type": `type.googleapis.com/${options}`, explicit_http_config: { http2_protocol_options: {} } },
    },
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 30 } },
  };
}

/** Tells Envoy the pods of istiod: they come and go, and the address of their Service leads nowhere here. */
export function writeIstiods(file: string, pods: readonly ServicePod[]): void {
  const endpoints = pods.map(({ address, number }) => ({ endpoint: { address: socket(address, number) } }));
  const type = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
  writeWhole(file, { resources: [{ "@type": type, cluster_name: XDS, endpoints: [{ lb_endpoints: endpoints }] }] });
}

/**
 * The tags of Istio's own bootstrap, so that a query written for a rehearsal's gateway works on Istio's. istiod names its clusters'
 * statistics "outbound|80||svc.ns.svc.cluster.local;", and the semicolon is what ends the name.
 */
function statsConfig(): object {
  return {
    use_all_default_tags: false,
    stats_tags: [
      { tag_name: "cluster_name", regex: "^cluster(\\.(.+);)" },
      { tag_name: "response_code", regex: "_rq(_(\\d{3}))$" },
      { tag_name: "response_code_class", regex: "_rq(_(\\dxx))$" },
    ],
    // Envoy's own bounds do not include the latency target.
    histogram_bucket_settings: [{ match: { suffix: "upstream_rq_time" }, buckets: LATENCY_BUCKETS_MS }],
  };
}

const socket = (address: string, port: number): object => ({ socket_address: { address, port_value: port } });

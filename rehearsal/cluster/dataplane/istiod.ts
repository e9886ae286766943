import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "../nodes/containers/images.ts";
import type { ServicePort } from "./services.ts";

/** Where istiod gives a gateway its configuration, without TLS: the certificates are Istio's agent's. */
export const ISTIOD_XDS: ServicePort = { service: "istiod", port: "grpc-xds" };

/**
 * The image of istiod, which reads Services, EndpointSlices and routing objects, and gives the gateway its configuration. All that its
 * chart says holds, but for what upstream Envoy without Istio's agent does not understand.
 *
 * @param folder for what it reads.
 */
export function istiodImage(program: string, folder: string): Image {
  const mesh = join(folder, "mesh.json");
  writeFileSync(mesh, JSON.stringify(MESH));
  return {
    entrypoint: ["/usr/local/bin/pilot-discovery"],
    files: { "/usr/local/bin/pilot-discovery": program, "/etc/istio/config/mesh": mesh },
    env: {
      // The ConfigMap of the chart; the file of the image is laid over it.
      SHARED_MESH_CONFIG: "istio",
      // Filters of Istio's own build of Envoy, which upstream Envoy refuses.
      PILOT_ENABLE_ALPN_FILTER: "false",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_ENABLE_GATEWAY_API: "false",
    },
  };
}

const MESH = {
  // With it every cluster waits for certificates from Istio's agent, which is not there.
  enableAutoMtls: false,
  // Its statistics are a filter of Istio's own build of Envoy.
  defaultProviders: { metrics: [] },
  // TLS ends before the gateway: see rehearsal/traffic/forwarded.ts.
  defaultConfig: { gatewayTopology: { numTrustedProxies: 1 } },
};

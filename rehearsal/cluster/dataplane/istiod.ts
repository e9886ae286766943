import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, type Process } from "../controlplane/processes.ts";
import { ISTIOD_XDS } from "./envoy.ts";

/** Namespace of the leases of controllers that a rehearsal runs; the stacks do not declare it. */
export const LEASES_NAMESPACE = "millrace-rehearsal";

/** Where istiod serves its metrics. */
export const ISTIOD_METRICS = "127.0.0.1:15014";

/** istiod: reads Services, EndpointSlices and routing objects, and gives the gateway its configuration. */
export function istiod(command: readonly string[], folder: string, kubeconfig: string): Process {
  const mesh = join(folder, "mesh.json");
  writeFileSync(mesh, JSON.stringify(meshConfig()));
  return {
    name: "istiod",
    command: [
      ...command,
      "discovery",
      `--kubeconfig=${kubeconfig}`,
      `--meshConfig=${mesh}`,
      `--grpcAddr=${ISTIOD_XDS.address}:${ISTIOD_XDS.port}`,
      "--secureGRPCAddr=",
      "--httpsAddr=",
      "--httpAddr=127.0.0.1:18080",
      `--monitoringAddr=${ISTIOD_METRICS}`,
      "--ctrlz_port=0",
      "--keepaliveMaxServerConnectionAge=30m",
    ],
    env: {
      POD_NAME: "istiod-0",
      POD_NAMESPACE: LEASES_NAMESPACE,
      // Filters of Istio's own build of Envoy, which upstream Envoy refuses.
      PILOT_ENABLE_ALPN_FILTER: "false",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      VALIDATION_WEBHOOK_CONFIG_NAME: "",
      INJECTION_WEBHOOK_CONFIG_NAME: "",
      PILOT_ENABLE_GATEWAY_API: "false",
      // After an abort Argo Rollouts writes so often that istiod's default of 10 s holds back the very push that takes the traffic off.
      PILOT_DEBOUNCE_MAX: "500ms",
    },
    ready: () => answers("http://127.0.0.1:18080/ready"),
  };
}

function meshConfig(): object {
  return {
    rootNamespace: "istio-system",
    ingressControllerMode: "OFF",
    // With it every cluster waits for certificates from Istio's agent, which is not there.
    enableAutoMtls: false,
    defaultConfig: {
      discoveryAddress: `${ISTIOD_XDS.address}:${ISTIOD_XDS.port}`,
      // TLS ends before the gateway: see rehearsal/traffic/forwarded.ts.
      gatewayTopology: { numTrustedProxies: 1 },
    },
  };
}

import { namespaceNamed, TO_AWS, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import type { ServerContract } from "./runtimes/contract.ts";

/** In: predictions from the gateway, scrapes from monitoring. Out: names, the Pod Identity agent, AWS. */
export function networkPolicySpec(name: string, { port }: ServerContract, gatewayNamespace: string, monitoringNamespace: string) {
  const from = (namespace: string) => ({ from: [namespaceNamed(namespace)], ports: tcp(port) });
  return {
    podSelector: { matchLabels: { app: name } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [from(gatewayNamespace), from(monitoringNamespace)],
    egress: [TO_DNS, TO_POD_IDENTITY, TO_AWS],
  };
}

/** Scrapes each server by itself. The limit keeps one model's label explosion from taking Prometheus with it. */
export const podMonitorSpec = (name: string, { metricsPath }: ServerContract) => ({
  selector: { matchLabels: { app: name } },
  podMetricsEndpoints: [{ port: "http", path: metricsPath, interval: "15s" }],
  podTargetLabels: ["app", "version"],
  sampleLimit: 50_000,
});

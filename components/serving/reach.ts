import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { namespaceNamed, TO_AWS, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import { API } from "../versions.ts";
import { fromComparer } from "./comparer.ts";
import type { ServingNames } from "./names.ts";
import type { Metrics, Renamed, ServerContract } from "./runtimes/contract.ts";

/** Who asks the servers. */
interface Askers {
  /** Namespaces of the gateway and of Prometheus. */
  gateway: string;
  monitoring: string;
  /** Whether the model's comparer asks too. */
  compared: boolean;
}

/** Who reaches a model's servers, and who scrapes them. */
export function declareReach(
  names: ServingNames,
  contract: ServerContract,
  askers: Askers,
  scrapeSeconds: number,
  child: { parent: pulumi.Resource },
): void {
  const { name, namespace } = names;
  const metadata = { name, namespace };
  const spec = networkPolicySpec(names, contract, askers);
  new k8s.networking.v1.NetworkPolicy(`${name}-reach`, { metadata, spec }, child);
  new k8s.apiextensions.CustomResource(
    `${name}-monitor`,
    { apiVersion: API.monitoring, kind: "PodMonitor", metadata, spec: podMonitorSpec(name, contract, scrapeSeconds) },
    child,
  );
}

/** In: predictions from the gateway, scrapes from monitoring. Out: names, the Pod Identity agent, AWS. */
function networkPolicySpec(
  names: ServingNames,
  { port, grpc, metrics }: ServerContract,
  { gateway, monitoring, compared }: Askers,
) {
  const from = (namespace: string, ...to: number[]) => ({ from: [namespaceNamed(namespace)], ports: tcp(...to) });
  return {
    podSelector: { matchLabels: { app: names.name } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      from(gateway, port, ...(grpc ? [grpc.port] : [])),
      from(monitoring, metrics.port ?? port),
      ...(compared ? [fromComparer(names, port)] : []),
    ],
    egress: [TO_DNS, TO_POD_IDENTITY, TO_AWS],
  };
}

/** Scrapes each server by itself. The limit keeps one model's label explosion from taking Prometheus with it. */
export const podMonitorSpec = (name: string, { metrics }: Pick<ServerContract, "metrics">, scrapeSeconds: number) => ({
  selector: { matchLabels: { app: name } },
  podMetricsEndpoints: [
    { port: metricsPort(metrics), path: metrics.path, interval: `${scrapeSeconds}s`, ...renaming(name, metrics.renamed) },
  ],
  // The hash tells the versions of a release apart.
  podTargetLabels: ["app", "version", "rollouts-pod-template-hash"],
  sampleLimit: 50_000,
});

/** Name of the port of a server's metrics. */
export const metricsPort = ({ port }: Metrics): string => (port === undefined ? "http" : "metrics");

/** Gives a server's own series the names and labels that all runtimes have in common; the others stay as they are. */
function renaming(model: string, renamed: readonly Renamed[] = []) {
  if (renamed.length === 0) {
    return {};
  }
  const metricRelabelings = renamed.flatMap(({ from, to, labels = {} }) =>
    // The name comes last: the rules before it look for the old one.
    Object.entries({ model, ...labels, __name__: to }).map(([targetLabel, replacement]) => ({
      sourceLabels: ["__name__"],
      regex: from,
      targetLabel,
      replacement,
    })),
  );
  return { metricRelabelings };
}

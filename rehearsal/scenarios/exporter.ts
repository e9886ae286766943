import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { API } from "#components/versions";
import type { Kube } from "../cluster/controlplane/kube.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";

/**
 * Lets Prometheus scrape something in a namespace, as it scrapes any application there. It ends with the signal.
 *
 * @param text the series at this moment, in Prometheus' text format.
 */
export async function exported(
  kube: Kube,
  { name, namespace, text }: { name: string; namespace: string; text: () => string },
  signal: AbortSignal,
): Promise<void> {
  const server = createServer((_, answer) => answer.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text()));
  await new Promise<void>((resolve) => server.listen(0, NETWORK.node, resolve));
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const metadata = { name, namespace, labels: { app: name } };
  const spec = { ports: [{ name: "metrics", port }] };
  await kube.apply({ apiVersion: "v1", kind: "Service", metadata, spec });
  const subsets = [{ addresses: [{ ip: NETWORK.node }], ports: [{ name: "metrics", port }] }];
  await kube.apply({ apiVersion: "v1", kind: "Endpoints", metadata, subsets });
  const endpoints = [{ port: "metrics", interval: "2s" }];
  await kube.apply({
    apiVersion: API.monitoring,
    kind: "ServiceMonitor",
    metadata,
    spec: { selector: { matchLabels: { app: name } }, endpoints },
  });
}

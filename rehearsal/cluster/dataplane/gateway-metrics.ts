import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { Json, Kube } from "../controlplane/kube.ts";
import { ENVOY_ADMIN, type GatewayIdentity } from "./envoy.ts";

/** Port on which Istio's proxy tells its counters, and the path. */
const PORT = 15_090;
const PATH = "/stats/prometheus";

/**
 * Tells the gateway's counters at the addresses of its pods, where the product's monitor looks for them. One Envoy does the work of all of
 * them, so one pod has counted everything, and the others nothing.
 *
 * @returns the server; it ends with the signal.
 */
export function serveGatewayMetrics(kube: Pick<Kube, "get">, gateway: GatewayIdentity, signal: AbortSignal): Server {
  const server = createServer((asked, response) => {
    if (asked.url !== PATH) {
      response.writeHead(404).end();
      return;
    }
    countingPod(kube, gateway).then(
      (address) => (address === asked.socket.localAddress ? forward(response) : response.writeHead(200).end()),
      () => response.writeHead(503).end(),
    );
  });
  signal.addEventListener("abort", () => server.close());
  return server.listen(PORT, "0.0.0.0");
}

/** Address of the first pod of the gateway, by name. */
async function countingPod(kube: Pick<Kube, "get">, { namespace, labels }: GatewayIdentity): Promise<string | undefined> {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector.join(","))}`;
  const pods = (await kube.get(path))["items"] as Json[];
  const alive = pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && status?.podIP);
  return alive.toSorted((a, b) => (a["metadata"].name < b["metadata"].name ? -1 : 1))[0]?.["status"].podIP;
}

function forward(response: ServerResponse): void {
  request(`http://${ENVOY_ADMIN}${PATH}`, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] ?? "text/plain" });
    answer.pipe(response);
  })
    .on("error", () => response.writeHead(502).end())
    .end();
}

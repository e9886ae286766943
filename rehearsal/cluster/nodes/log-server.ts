import { createReadStream, existsSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";

/** Port at which the API server asks the kubelet of a node. */
export const KUBELET_PORT = 10_250;

/** The kubelet's key and certificate, PEM. The API server does not verify it. */
export interface KubeletIdentity {
  key: string;
  cert: string;
}

/**
 * The part of a kubelet that `kubectl logs` needs: the whole log of a container. One without a process has said nothing.
 *
 * @param logOf file that gets what a container's process says.
 */
export function logServer(
  identity: KubeletIdentity,
  logOf: (namespace: string, pod: string, container: string) => string,
): Server {
  return createServer(identity, ({ url = "" }, response) => {
    const { pathname, searchParams } = new URL(url, "https://kubelet");
    const [, namespace, pod, container] = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    if (namespace === undefined || pod === undefined || container === undefined) {
      response.writeHead(404).end("a rehearsal's nodes show logs, and nothing else\n");
      return;
    }
    send(logOf(namespace, pod, container), Number(searchParams.get("tailLines") ?? Infinity), response);
  });
}

/** The last lines of a file. */
function send(file: string, lines: number, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/plain" });
  if (!existsSync(file)) {
    response.end();
    return;
  }
  let text = "";
  createReadStream(file, "utf8")
    .on("data", (chunk) => (text += String(chunk)))
    .on("end", () =>
      response.end(
        text
          .split("\n")
          .slice(-lines - 1)
          .join("\n"),
      ),
    )
    .on("error", () => response.end());
}

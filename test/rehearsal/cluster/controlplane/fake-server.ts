import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Kube } from "#rehearsal/cluster/controlplane/kube";

/** One request as the server got it. */
export interface Received {
  method: string;
  path: string;
  type: string | undefined;
  length: string | undefined;
  body: string;
}

/** An API server that answers from a table of `<METHOD> <path>`; what is not in it is not found. */
export async function fakeServer(answers: Record<string, unknown>) {
  const received: Received[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse) {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) {
      body += String(chunk);
    }
    const { method = "", url = "", headers } = request;
    received.push({ method, path: url, type: headers["content-type"], length: headers["content-length"], body });
    const found = answers[`${method} ${url}`];
    if (typeof found === "function") {
      (found as (response: ServerResponse) => void)(response);
      return;
    }
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { kind: "Status", message: `${url} not found` }));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kube = new Kube({ server: `http://127.0.0.1:${port}`, token: "t", ca: "" });
  const stop = () => {
    kube.close();
    server.closeAllConnections();
    server.close();
  };
  return { kube, received, answers, stop };
}

import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type RequestListener } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHARTS, type ChartPin } from "#components/versions";
import { note } from "#rehearsal/charts/recorded";
import { repositories } from "#rehearsal/charts/repositories";
import { ChartShelf } from "#rehearsal/charts/shelf";
import { serverCertificate } from "#rehearsal/cluster/controlplane/certificate";
import { stackOf } from "../harness/stacks.ts";

/** A registry of one's own, into which only who has logged in may push. */
export const OWN = "registry.example.com";
export const LOGIN = Buffer.from("ci:secret").toString("base64");

/** What answers in place of all publishers of charts, and of a registry of one's own. */
export interface ChartServers {
  /** Variables with which a program reaches them. */
  env: Record<string, string>;
  /** Answers before everybody else, where it is set. */
  before: { current: RequestListener | undefined };
  /** Answers as the publishers do. */
  published: RequestListener;
  /** Content of the own registry by path: `/v2/<name>/manifests/<tag>`. */
  pushed: Map<string, Buffer>;
  /** Folder with the notes of the publishers' charts. */
  notes: string;
  /** Names of hosts that were asked through the proxy. */
  asked: Set<string>;
  close(): void;
}

/** Serves over TLS, behind a proxy that leads every name here. */
export async function chartServers(): Promise<ChartServers> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-charts-"));
  const notes = join(folder, "notes");
  for (const { type, inputs } of (await stackOf("platform", "dev")).resources) {
    if (type === "kubernetes:helm.sh/v3:Release") {
      note(notes, inputs);
    }
  }
  // No profile asks for it.
  note(notes, { chart: CHARTS.keda.chart });
  const hosts = Object.values<ChartPin>(CHARTS).map(({ repository, chart }) => new URL(repository ?? chart).host);
  const { key, certificate } = serverCertificate({ name: "charts", names: [...new Set(hosts), OWN] });
  writeFileSync(join(folder, "ca.crt"), certificate);
  const pushed = new Map<string, Buffer>();
  const before: ChartServers["before"] = { current: undefined };
  const [published, own] = [repositories(new ChartShelf(notes, [])), registry(pushed)];
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const listener = before.current ?? (request.headers.host === OWN ? own : published);
    listener(request, response);
  });
  const asked = new Set<string>();
  const open = new Set<Socket>();
  const proxy = createProxy().on("connect", ({ url = "" }, client: Socket) => {
    asked.add(url);
    const up = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      up.pipe(client).pipe(up);
    });
    for (const socket of [up, client]) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
    }
  });
  await Promise.all([server, proxy].map((each) => new Promise<void>((done) => void each.listen(0, "127.0.0.1", done))));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [OWN]: { auth: LOGIN } } }));
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NODE_EXTRA_CA_CERTS: join(folder, "ca.crt"),
      HELM_REGISTRY_CONFIG: join(folder, "config.json"),
    },
    before,
    published,
    pushed,
    notes,
    asked,
    close: () => {
      open.forEach((socket) => socket.destroy());
      [server, proxy].forEach((each) => each.close());
    },
  };
}

/** The part of a registry that takes charts (OCI Distribution Specification, "Push"), behind a token. */
function registry(pushed: Map<string, Buffer>): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", `https://${OWN}`);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      if (pathname === "/token") {
        const isKnown = request.headers.authorization === `Basic ${LOGIN}`;
        response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: "t0k3n" }));
      } else if (request.headers.authorization !== "Bearer t0k3n") {
        const challenge = `Bearer realm="https://${OWN}/token",service="own",scope="repository:x:push"`;
        response.writeHead(401, { "www-authenticate": challenge }).end();
      } else if (request.method === "POST") {
        response.writeHead(202, { location: `${pathname}upload?state=1` }).end();
      } else if (request.method === "PUT") {
        const digest = searchParams.get("digest");
        const isRight = digest === null || digest === `sha256:${createHash("sha256").update(body).digest("hex")}`;
        pushed.set(pathname.replace("uploads/upload", digest ?? ""), body);
        response.writeHead(isRight ? 201 : 400).end();
      } else {
        response.writeHead(pushed.has(pathname) ? 200 : 404).end();
      }
    });
  };
}

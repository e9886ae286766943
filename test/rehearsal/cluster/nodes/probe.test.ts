import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverCertificate } from "#rehearsal/cluster/controlplane/certificate";
import { ask, portNumber, timing } from "#rehearsal/cluster/nodes/probe";

const container = { ports: [{ name: "http", containerPort: 8080 }] };

describe("a probe", () => {
  it("has the API's defaults", () => {
    expect(timing({})).toEqual({ delay: 0, period: 10_000, failureThreshold: 3 });
    expect(timing({ initialDelaySeconds: 2, periodSeconds: 5, failureThreshold: 6 })).toEqual({
      delay: 2_000,
      period: 5_000,
      failureThreshold: 6,
    });
  });

  it("finds a port by number, by text and by name", () => {
    expect([portNumber(9090, container), portNumber("9090", container), portNumber("http", container)]).toEqual([
      9090, 9090, 8080,
    ]);
    expect(portNumber("http", {})).toBeNaN();
  });
});

describe("the answer to a probe", () => {
  const heard: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers["x-from"] as string | undefined);
    response.writeHead(Number(request.url?.slice(1))).end();
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => void server.close());
  const get = (path: string): Promise<boolean> => ask({ httpGet: { path, port } }, container, "127.0.0.1");

  it.each([
    [200, true],
    [399, true],
    [400, false],
    [503, false],
  ])("takes %i for %s", async (status, healthy) => {
    expect(await get(`/${status}`)).toBe(healthy);
  });

  it("sends the headers that it is given, to a port by its name", async () => {
    const httpGet = { path: "/204", port: "web", httpHeaders: [{ name: "X-From", value: "kubelet" }] };
    expect(await ask({ httpGet }, { ports: [{ name: "web", containerPort: port }] }, "127.0.0.1")).toBe(true);
    expect(heard.at(-1)).toBe("kubelet");
  });

  it("asks over TLS where the probe says so, whoever has signed the certificate", async () => {
    const { key, certificate: cert } = serverCertificate({ name: "operator", names: ["elsewhere"] });
    const tls = createTlsServer({ key, cert }, (_, response) => response.end());
    await new Promise<void>((resolve) => void tls.listen(0, "127.0.0.1", resolve));
    const { port: at } = tls.address() as AddressInfo;
    const answers = ["HTTPS", "HTTP"].map((scheme) => ask({ httpGet: { port: at, scheme } }, container, "127.0.0.1"));
    expect(await Promise.all(answers)).toEqual([true, false]);
    tls.close();
  });

  it("treats an open port as healthy and a closed one as unhealthy", async () => {
    expect(await ask({ tcpSocket: { port } }, container, "127.0.0.1")).toBe(true);
    expect(await ask({ grpc: { port } }, container, "127.0.0.1")).toBe(true);
    expect(await ask({ tcpSocket: { port: 1 } }, container, "127.0.0.1")).toBe(false);
    expect(await ask({ httpGet: { port: 1 } }, container, "127.0.0.1")).toBe(false);
  });

  it("treats a command that it cannot run as successful", async () => {
    expect(await ask({ exec: { command: ["true"] } }, container, "127.0.0.1")).toBe(true);
  });
});

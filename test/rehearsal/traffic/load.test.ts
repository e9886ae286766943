import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Sticky } from "#components/serving/sticky";
import { Load } from "#rehearsal/traffic/load";

const options = {
  host: "fraud.models.internal",
  path: "/invocations",
  bodies: ['{"inputs":[[1]]}', '{"inputs":[[20]]}'],
  rate: 200,
  versionHeader: "x-model-version",
};

it("sends at its rate whatever the answers do, and keeps every one", async () => {
  const seen: IncomingMessage[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    const count = seen.length;
    request.setEncoding("utf8").once("data", (text: string) => bodies.push(text));
    // Slower than the time between two requests: a loop that waited for answers would fall behind.
    setTimeout(() => response.writeHead(count % 10 === 0 ? 503 : 200, { "x-model-version": "4" }).end("{}"), 40);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const began = Date.now();
  const load = new Load({ ...options, gateway: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  try {
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(60);
    await load.stop();
    const seconds = (Date.now() - began) / 1_000;
    expect(load.samples).toHaveLength(seen.length);
    expect(load.samples.length).toBeLessThanOrEqual(options.rate * seconds + 1);
    expect(load.samples.filter(({ status }) => status === 503)).toHaveLength(Math.floor(seen.length / 10));
    expect([...new Set(load.samples.map(({ version }) => version))]).toEqual(["4"]);
    expect(load.samples.every(({ ms, at }) => ms >= 35 && at >= began)).toBe(true);
    expect(seen[0]?.headers).toMatchObject({
      host: options.host,
      "content-type": "application/json",
      "content-length": String(bodies[0]?.length),
    });
    expect(new Set(bodies)).toEqual(new Set(options.bodies));
    expect([seen[0]?.method, seen[0]?.url]).toEqual(["POST", "/invocations"]);
  } finally {
    await load.stop();
    server.closeAllConnections();
    server.close();
  }
});

it.each<[string, Sticky, (user: string) => Record<string, string>]>([
  ["a header", { header: "x-user-id" }, (user) => ({ "x-user-id": user })],
  ["a cookie", { cookie: "session" }, (user) => ({ cookie: `session=${user}` })],
])("names its users by %s, one after the other", async (_, sticky, headers) => {
  const seen: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.end("{}");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const gateway = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = new Load({ ...options, gateway, people: { sticky, count: 2 } });
  try {
    await expect.poll(() => seen.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(4);
    await load.stop();
    for (const user of ["user-0", "user-1"]) {
      expect(seen.filter((one) => Object.entries(headers(user)).every(([name, value]) => one[name] === value)).length).toBe(
        load.samples.filter(({ person }) => person === user).length,
      );
    }
  } finally {
    await load.stop();
    server.closeAllConnections();
    server.close();
  }
});

it("keeps a request that nobody answered, with status 0 and no version", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const load = new Load({ ...options, gateway: `127.0.0.1:${port}` });
  await expect.poll(() => load.samples.length, { timeout: 5_000 }).toBeGreaterThan(0);
  await sleep(20);
  await load.stop();
  expect(load.samples.every(({ status, version }) => status === 0 && version === "")).toBe(true);
});

it("says of each answer whether it predicted the class of its row", async () => {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    // The second row gets the chances of the first one.
    request.on("end", () =>
      response
        .writeHead(body.includes("3") ? 500 : 200, { "x-model-version": "4" })
        .end(JSON.stringify({ predictions: [[0.1, 0.9]] })),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const bodies = ['{"inputs":[[1]]}', '{"inputs":[[2]]}', '{"inputs":[[3]]}'];
  const load = new Load({ ...options, bodies, labels: [1, 0, 1], gateway: `127.0.0.1:${port}` });
  try {
    await expect.poll(() => load.samples.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(9);
    await load.stop();
    const kinds = new Set(load.samples.map(({ status, right }) => `${status} ${right}`));
    expect([...kinds].toSorted()).toEqual(["200 false", "200 true", "500 undefined"]);
  } finally {
    await load.stop();
    server.closeAllConnections();
    server.close();
  }
});

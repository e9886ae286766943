import { once } from "node:events";
import { createServer, get } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { serveGatewayMetrics } from "#rehearsal/cluster/dataplane/gateway-metrics";

const PODS = { b: "127.0.0.3", a: "127.0.0.2", c: "127.0.0.4" };
const pod = ([name, podIP]: [string, string]): Json => ({ metadata: { name }, status: { podIP } });
const gateway = { namespace: "istio-ingress", labels: { istio: "ingress", tier: "web" } };

describe("the gateway's counters", () => {
  const ended = new AbortController();
  const asked: string[] = [];
  let items = Object.entries(PODS).map(pod);
  const envoy = createServer((request, response) => response.end(`counted ${request.url}`));
  beforeAll(async () => {
    const kube = { get: async (path: string) => (asked.push(path), { items }) };
    const server = serveGatewayMetrics(kube, gateway, ended.signal);
    envoy.listen(15_000, "127.0.0.1");
    await Promise.all([once(server, "listening"), once(envoy, "listening")]);
  });
  afterAll(() => (ended.abort(), envoy.close()));

  const ask = (address: string, path = "/stats/prometheus"): Promise<[number | undefined, string]> =>
    new Promise((resolve, reject) => {
      get({ host: address, port: 15_090, path, agent: false }, (answer) => {
        let text = "";
        answer.on("data", (part) => (text += String(part))).on("end", () => resolve([answer.statusCode, text]));
      }).on("error", reject);
    });

  it("are told once, at the address of one pod, however many there are", async () => {
    expect(await Promise.all(Object.values(PODS).map((address) => ask(address)))).toEqual([
      [200, ""],
      [200, "counted /stats/prometheus"],
      [200, ""],
    ]);
    expect(asked[0]).toBe(`/api/v1/namespaces/istio-ingress/pods?labelSelector=${encodeURIComponent("istio=ingress,tier=web")}`);
  });

  it("are told at the next pod when that one goes", async () => {
    items = items.map((each) =>
      each["metadata"].name === "a" ? { ...each, metadata: { name: "a", deletionTimestamp: "t" } } : each,
    );
    expect([await ask(PODS.a), await ask(PODS.b)]).toEqual([
      [200, ""],
      [200, "counted /stats/prometheus"],
    ]);
  });

  it("are all that is told", async () => expect(await ask(PODS.b, "/quitquitquit")).toEqual([404, ""]));
});

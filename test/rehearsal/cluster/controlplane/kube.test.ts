import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { type Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { fakeServer } from "./fake-server.ts";

const stops: (() => void)[] = [];
afterEach(() => stops.splice(0).forEach((stop) => stop()));

async function server(answers: Record<string, unknown> = {}) {
  const fake = await fakeServer(answers);
  stops.push(fake.stop);
  return fake;
}

const core = {
  resources: [
    { name: "namespaces", kind: "Namespace", namespaced: false },
    { name: "pods", kind: "Pod", namespaced: true },
    { name: "pods/status", kind: "Pod", namespaced: true },
  ],
};

test("plurals and namespaces come from discovery, which is asked once", async () => {
  const { kube, received } = await server({ "GET /api/v1": core });
  expect(await kube.pathOf({ apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "ns" } })).toBe(
    "/api/v1/namespaces/ns/pods/a",
  );
  expect(await kube.pathOf({ apiVersion: "v1", kind: "Namespace", metadata: { name: "b" } })).toBe("/api/v1/namespaces/b");
  expect(received.length).toBe(1);
});

test("a server that asks for patience is asked again, a few times", async () => {
  let asked = 0;
  const busyUntil = (answer: number) => (response: ServerResponse) => {
    asked += 1;
    response.writeHead(asked < answer ? 429 : 200, { "retry-after": "0" }).end("{}");
  };
  const { kube } = await server({ "GET /api/v1/pods": busyUntil(3), "GET /api/v1/nodes": busyUntil(99) });
  expect(await kube.get("/api/v1/pods")).toEqual({});
  expect(asked).toBe(3);
  await expect(kube.get("/api/v1/nodes")).rejects.toThrow("GET /api/v1/nodes: 429");
  expect(asked).toBe(8);
});

test("a kind that was installed after the first look is found", async () => {
  const { kube, answers } = await server({ "GET /apis/a.dev/v1": { resources: [] } });
  const gateway = { apiVersion: "a.dev/v1", kind: "Gateway", metadata: { name: "g", namespace: "ns" } };
  await expect(kube.pathOf(gateway)).rejects.toThrow('no matches for kind "Gateway" in version "a.dev/v1"');
  answers["GET /apis/a.dev/v1"] = { resources: [{ name: "gateways", kind: "Gateway", namespaced: true }] };
  expect(await kube.pathOf(gateway)).toBe("/apis/a.dev/v1/namespaces/ns/gateways/g");
});

test("apply is a server-side apply under a manager, by force and for real unless told otherwise", async () => {
  const { kube, received } = await server({ "GET /api/v1": core });
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "ns" } };
  await kube.apply(pod).catch(() => undefined);
  await kube.apply(pod, { manager: "pulumi", force: false }).catch(() => undefined);
  await kube.apply(pod, { dryRun: true }).catch(() => undefined);
  expect(received.slice(1).map(({ method, path, type }) => [method, path, type])).toEqual([
    ["PATCH", "/api/v1/namespaces/ns/pods/a?fieldManager=rehearsal&force=true", "application/apply-patch+yaml"],
    ["PATCH", "/api/v1/namespaces/ns/pods/a?fieldManager=pulumi&force=false", "application/apply-patch+yaml"],
    ["PATCH", "/api/v1/namespaces/ns/pods/a?fieldManager=rehearsal&force=true&dryRun=All", "application/apply-patch+yaml"],
  ]);
});

test("a deletion tells its length, or the server would ignore the grace period", async () => {
  const { kube, received } = await server({ "DELETE /x": {} });
  await kube.delete("/x", { graceSeconds: 0, uid: "u", propagation: "Orphan" });
  const [{ body, length } = { body: "", length: "" }] = received;
  expect(JSON.parse(body)).toEqual({
    apiVersion: "v1",
    kind: "DeleteOptions",
    gracePeriodSeconds: 0,
    preconditions: { uid: "u" },
    propagationPolicy: "Orphan",
  });
  expect(length).toBe(String(body.length));
});

test("a refusal carries the status and the server's own words; what is not there can be looked for", async () => {
  const { kube } = await server();
  await expect(kube.get("/gone")).rejects.toMatchObject({
    name: "KubeError",
    status: 404,
    message: "GET /gone: 404 /gone not found",
  });
  expect(await kube.find("/gone")).toBeUndefined();
});

test("a server that cannot be reached is named", async () => {
  const kube = new Kube({ server: "http://127.0.0.1:1/clusters/a/" });
  await expect(kube.get("/x")).rejects.toThrow("http://127.0.0.1:1/clusters/a cannot be reached: connect ECONNREFUSED");
});

test("a watch lists, streams, and lists again when the stream ends", async () => {
  const item = (name: string) => ({ metadata: { name } });
  const stream = (response: ServerResponse) => {
    response.write(`${JSON.stringify({ type: "MODIFIED", object: item("a") })}\n{"type":"BOOKMARK","object":{}}\n{"type":"DEL`);
    setTimeout(() => response.end(`ETED","object":{"metadata":{"name":"a"}}}\n`), 20);
  };
  const { kube } = await server({
    "GET /pods?q": { metadata: { resourceVersion: "7" }, items: [item("a")] },
    "GET /pods?q&watch=true&resourceVersion=7": stream,
  });
  const stop = new AbortController();
  const seen: string[] = [];
  const onEvent = (type: string, object: Json) => {
    seen.push(`${type} ${object.metadata?.name ?? object.items?.length}`);
    if (seen.length === 8) {
      stop.abort();
    }
  };
  await kube.watch("/pods", "q", onEvent, stop.signal);
  const round = ["SYNC 1", "ADDED a", "MODIFIED a", "DELETED a"];
  expect(seen.map((entry) => entry.replace("undefined", "1"))).toEqual([...round, ...round]);
});

import { afterAll, expect, test } from "vitest";
import { readReference } from "#rehearsal/cluster/nodes/secrets";
import { fakeServer } from "../controlplane/fake-server.ts";

const announced = (name: string, spec: object) => ({ metadata: { name }, spec });
const server = await fakeServer({
  "GET /api/v1/namespaces/ns/secrets/real": { data: { a: Buffer.from("1").toString("base64") } },
  "GET /api/v1/namespaces/ns/configmaps/map": { data: { b: "2" } },
  "GET /apis/external-secrets.io/v1/namespaces/ns/externalsecrets": {
    items: [
      announced("one", { target: { name: "database" }, data: [{ secretKey: "password" }] }),
      announced("all", { dataFrom: [{}] }),
    ],
  },
});
afterAll(server.stop);
const read = (kind: "Secret" | "ConfigMap", name: string) => readReference(server.kube, "ns", kind, name);

test("an existing Secret is read", async () => {
  expect(await read("Secret", "real")).toEqual({ a: "1" });
  expect(await read("ConfigMap", "map")).toEqual({ b: "2" });
});

test("a Secret that an ExternalSecret announces has made-up values, any other is missing", async () => {
  expect(await read("Secret", "database")).toEqual({ password: "rehearsed-password" });
  expect((await read("Secret", "all"))?.whatever).toBe("rehearsed-whatever");
  expect(await read("Secret", "nobody")).toBeUndefined();
  expect(await read("ConfigMap", "database")).toBeUndefined();
});

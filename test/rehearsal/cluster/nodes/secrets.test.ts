import { createPrivateKey, X509Certificate } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { readReference } from "#rehearsal/cluster/nodes/secrets";
import { fakeServer } from "../controlplane/fake-server.ts";

/** No text: it would not survive as one. */
const PACKED = Buffer.from([0x1f, 0x8b, 0xff, 0x00]);
const announced = (name: string, spec: object) => ({ metadata: { name }, spec });
const server = await fakeServer({
  "GET /api/v1": { resources: [{ name: "secrets", kind: "Secret", namespaced: true }] },
  "PATCH /api/v1/namespaces/ns/secrets/served?fieldManager=cert-manager&force=true": {},
  "GET /api/v1/namespaces/ns/secrets/real": { data: { a: Buffer.from("1").toString("base64") } },
  "GET /api/v1/namespaces/ns/secrets/packed": { data: { "a.gz": PACKED.toString("base64") } },
  "GET /api/v1/namespaces/ns/configmaps/map": { data: { b: "2" }, binaryData: { c: PACKED.toString("base64") } },
  "GET /apis/cert-manager.io/v1/namespaces/ns/certificates": {
    items: [{ metadata: { name: "c" }, spec: { secretName: "served", dnsNames: ["operator.ns.svc"] } }],
  },
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
  expect(String((await read("Secret", "real"))?.["a"])).toBe("1");
  expect(await read("Secret", "packed")).toEqual({ "a.gz": PACKED });
  expect(await read("ConfigMap", "map")).toEqual({ b: "2", c: PACKED });
});

test("a Secret that a Certificate announces is issued for its names, and is there for others", async () => {
  const content = await read("Secret", "served");
  const certificate = new X509Certificate(String(content?.["tls.crt"]));
  expect(certificate.checkHost("operator.ns.svc")).toBe("operator.ns.svc");
  expect(certificate.checkPrivateKey(createPrivateKey(String(content?.["tls.key"])))).toBe(true);
  const { path, body } = server.received.at(-1)!;
  expect(path).toBe("/api/v1/namespaces/ns/secrets/served?fieldManager=cert-manager&force=true");
  const { type, data } = JSON.parse(body);
  expect([type, Buffer.from(data["ca.crt"], "base64").toString()]).toEqual(["kubernetes.io/tls", content?.["tls.crt"]]);
});

test("a Secret that an ExternalSecret announces has made-up values, any other is missing", async () => {
  expect(await read("Secret", "database")).toEqual({ password: "rehearsed-password" });
  expect((await read("Secret", "all"))?.["whatever"]).toBe("rehearsed-whatever");
  expect(await read("Secret", "nobody")).toBeUndefined();
  expect(await read("ConfigMap", "database")).toBeUndefined();
});

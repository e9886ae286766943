import { createPrivateKey, X509Certificate } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { readReference } from "#rehearsal/cluster/nodes/secrets";
import { Vault } from "#rehearsal/cluster/vault";
import { fakeServer } from "../controlplane/fake-server.ts";

/** No text: it would not survive as one. */
const PACKED = Buffer.from([0x1f, 0x8b, 0xff, 0x00]);
const announced = (name: string, spec: object) => ({ metadata: { name, uid: "1" }, spec });
const REMOTE = { key: "arn:aws:secretsmanager:eu-west-1:1:secret:db", property: "password" };
const generated = (name: string) => ({
  generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name },
});
const vault = new Vault();
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
      announced("one", { target: { name: "database" }, data: [{ secretKey: "password", remoteRef: REMOTE }] }),
      announced("two", {
        target: {
          immutable: true,
          creationPolicy: "Orphan",
          template: { data: { file: "[a]\npassword={{ .first }}={{.second}}" } },
        },
        data: [{ secretKey: "second", remoteRef: REMOTE }],
        dataFrom: [{ sourceRef: generated("keys"), rewrite: [{ regexp: { source: "password", target: "first" } }] }],
      }),
      announced("unknown", { target: { template: { data: { file: "{{ .nothing }}" } } } }),
      announced("all", { dataFrom: [{ extract: { key: "all" } }] }),
      announced("ungenerated", { dataFrom: [{ sourceRef: generated("missing") }] }),
    ],
  },
  "GET /apis/generators.external-secrets.io/v1alpha1/namespaces/ns/passwords/keys": { spec: { length: 20 } },
  "PATCH /api/v1/namespaces/ns/secrets/database?fieldManager=external-secrets&force=true": {},
  "PATCH /api/v1/namespaces/ns/secrets/two?fieldManager=external-secrets&force=true": {},
});
afterAll(server.stop);
const read = (kind: "Secret" | "ConfigMap", name: string) => readReference(server.kube, vault, "ns", kind, name);

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

test("a Secret that an ExternalSecret announces has the value of AWS, and is there for others, any other is missing", async () => {
  expect(await read("Secret", "database")).toEqual({ password: vault.managed(REMOTE.key, "password") });
  const { metadata, immutable, data } = JSON.parse(server.received.at(-1)!.body);
  expect(metadata.ownerReferences).toMatchObject([{ kind: "ExternalSecret", name: "one", uid: "1" }]);
  expect([immutable, Buffer.from(data.password, "base64").toString()]).toEqual([false, vault.managed(REMOTE.key, "password")]);
  expect(await read("Secret", "nobody")).toBeUndefined();
  expect(await read("ConfigMap", "database")).toBeUndefined();
});

test("a template holds what was generated and what AWS has, the same at each reading", async () => {
  const content = await read("Secret", "two");
  expect(content?.["file"]).toMatch(new RegExp(`^\\[a\\]\npassword=\\w{20}=${vault.managed(REMOTE.key, "password")}$`));
  const { metadata, immutable } = JSON.parse(server.received.at(-1)!.body);
  expect([immutable, metadata.ownerReferences]).toEqual([true, []]);
  expect(await read("Secret", "two")).toEqual(content);
});

test.each([
  ["unknown", 'template of secret "unknown": nothing for {{ .nothing }}'],
  ["all", "a rehearsal plays no source of 'dataFrom' but the generator Password"],
  ["ungenerated", 'generator "missing" not found'],
])("a Secret that cannot be made keeps its pod waiting: %s", async (name, message) => {
  await expect(read("Secret", name)).rejects.toThrow(message);
});

test("a ConfigMap names the rehearsal's own authority where the program names that of AWS", async () => {
  vault.standFor("2\n", "ours\n");
  expect((await read("ConfigMap", "map"))?.["b"]).toBe("ours");
});

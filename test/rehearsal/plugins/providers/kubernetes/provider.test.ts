import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Bag, isSecret, reveal, secret, UNKNOWN } from "#engine/values";
import type { StandIn } from "#rehearsal/plugins/protocol/stand-in";
import { kubernetes } from "#rehearsal/plugins/providers/kubernetes/provider";

/** Objects by path; answers as an API server does, as far as the stand-in asks. */
const stored = new Map<string, Bag>();
const requests: string[] = [];
const answers: Record<string, Bag> = {
  "/api/v1": {
    resources: [
      { kind: "Secret", name: "secrets", namespaced: true },
      { kind: "ConfigMap", name: "configmaps", namespaced: true },
    ],
  },
  "/apis/apps/v1": { resources: [{ kind: "Deployment", name: "deployments", namespaced: true }] },
};
/** What a controller would write. */
let status: Bag = {};

const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://x");
  requests.push(`${request.method} ${url.pathname}${url.searchParams.has("dryRun") ? " dry" : ""}`);
  const pieces: Buffer[] = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const reply = (code: number, body: Bag) => response.writeHead(code).end(JSON.stringify(body));
    const known = answers[url.pathname] ?? stored.get(url.pathname);
    if (request.method === "PATCH" && url.pathname.includes("/missing/")) {
      reply(404, { message: 'namespaces "missing" not found' });
    } else if (request.method === "PATCH") {
      const object = { ...JSON.parse(Buffer.concat(pieces).toString()), ...status };
      if (!url.searchParams.has("dryRun")) {
        stored.set(url.pathname, object);
      }
      reply(200, { ...object, metadata: { generation: 1, ...object.metadata, managedFields: [] } });
    } else if (request.method === "DELETE") {
      stored.delete(url.pathname);
      reply(200, {});
    } else if (known) {
      reply(200, { ...known, ...(known["metadata"] ? { metadata: { generation: 1, ...known["metadata"] } } : {}) });
    } else {
      reply(404, { message: "not found" });
    }
  });
});

let provider: StandIn;
const subject = (type: string) => ({ type: `kubernetes:${type}`, name: "x", urn: "urn" });
const operation = (preview = false) => ({ preview, timeoutSeconds: 0, signal: new AbortController().signal });
const manifest = (kind: string, metadata: Bag = {}, rest: Bag = {}) => ({
  apiVersion: kind === "Deployment" ? "apps/v1" : "v1",
  kind,
  metadata: { name: "x", namespace: "n", ...metadata },
  ...rest,
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  stored.clear();
  requests.length = 0;
  status = {};
  provider = kubernetes();
  configure();
});
afterEach(() => vi.unstubAllEnvs());

function configure(more: Bag = {}): void {
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  const kubeconfig = {
    "current-context": "c",
    contexts,
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "t" } }],
  };
  provider.configure?.({ kubeconfig: `${JSON.stringify(kubeconfig)}\n`, ...more });
}

describe("the kubernetes stand-in", () => {
  it("creates by apply and keeps a Secret's content secret, also what the server adds", async () => {
    status = { data: { key: "aHVzaA==" } };
    const { id, outputs } = await provider.create(
      subject("core/v1:Secret"),
      manifest("Secret", {}, { stringData: secret({ key: "hush" }) }),
      operation(),
    );
    expect(id).toBe("n/x");
    expect(outputs["metadata"]).not.toHaveProperty("managedFields");
    expect([isSecret(outputs["data"]), isSecret(outputs["stringData"])]).toEqual([true, true]);
  });

  it("only asks the server in a preview, and accepts a namespace that is not there yet", async () => {
    await provider.create(subject("core/v1:ConfigMap"), manifest("ConfigMap"), operation(true));
    expect(requests).toContain("PATCH /api/v1/namespaces/n/configmaps/x dry");
    expect(stored.size).toBe(0);
    const unseen = await provider.create(
      subject("core/v1:ConfigMap"),
      manifest("ConfigMap", { namespace: "missing" }),
      operation(true),
    );
    expect(unseen.outputs["metadata"].namespace).toBe("missing");
    await expect(
      provider.create(subject("core/v1:ConfigMap"), manifest("ConfigMap", { namespace: "missing" }), operation()),
    ).rejects.toThrow('namespaces "missing" not found');
  });

  it("takes over nobody's object unless told to", async () => {
    stored.set("/api/v1/namespaces/n/configmaps/x", manifest("ConfigMap"));
    const create = () => provider.create(subject("core/v1:ConfigMap"), manifest("ConfigMap"), operation());
    await expect(create()).rejects.toThrow('ConfigMap "x" already exists; import it, rename it, or set upsertExistingObjects');
    configure({ upsertExistingObjects: "true" });
    expect((await create()).id).toBe("n/x");
  });

  it("names an unknown kind", async () => {
    const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } };
    await expect(provider.create(subject("example.com/v1:Widget"), widget, operation())).rejects.toThrow(
      'no matches for kind "Widget" in version "example.com/v1"',
    );
    expect((await provider.create(subject("example.com/v1:Widget"), widget, operation(true))).id).toBe("");
  });

  const deployment = (annotations: Bag = {}) => manifest("Deployment", { annotations }, { spec: { replicas: 1 } });
  const create = (inputs: Bag) => provider.create(subject("apps/v1:Deployment"), inputs, operation());

  it("waits for workloads, says why they are not ready, and does not wait if an annotation says so", async () => {
    const late = await create(deployment({ "pulumi.com/timeoutSeconds": "0.3" }));
    expect(late.notReady).toEqual(["Deployment x was not ready after 0.3 s: 0 of 1 replicas are ready, 0 are of this revision"]);
    configure({ upsertExistingObjects: "true" });
    expect((await create(deployment({ "pulumi.com/skipAwait": "true" }))).notReady).toBeUndefined();
    vi.stubEnv("MILLRACE_AWAIT", "false");
    expect((await create(deployment())).notReady).toBeUndefined();
    vi.unstubAllEnvs();
    status = {
      status: { conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "too slow" }] },
    };
    expect((await create(deployment())).notReady).toEqual(["Deployment x was not ready: ProgressDeadlineExceeded: too slow"]);
    status = { status: { observedGeneration: 1, updatedReplicas: 1, readyReplicas: 1 } };
    expect((await create(deployment())).notReady).toBeUndefined();
  });

  it("stops waiting when interrupted", async () => {
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 50);
    const { notReady } = await provider.create(subject("apps/v1:Deployment"), deployment(), {
      ...operation(),
      signal: interrupt.signal,
    });
    expect(notReady?.[0]).toMatch(/^Deployment x was not ready when interrupted/);
  });

  it("records releases and gives them a name", async () => {
    const release = subject("helm.sh/v3:Release");
    const checked = await provider.check?.(
      release,
      { chart: "base", version: "1.31.0", namespace: "n" },
      {},
      { seed: new Uint8Array([1]) },
    );
    expect(checked?.inputs["name"]).toMatch(/^x-[0-9a-f]{8}$/);
    const { id, outputs } = await provider.create(release, { ...checked?.inputs, name: "r" }, operation());
    expect([id, outputs["status"]]).toEqual([
      "n/r",
      expect.objectContaining({ status: "deployed", chart: "base", version: "1.31.0", revision: 1 }),
    ]);
    expect(requests).toEqual([]);
  });

  it("replaces content of ConfigMaps unless they are mutable, deleting first when the name is fixed", async () => {
    const old = { id: "n/x", inputs: manifest("ConfigMap", {}, { data: { a: "1" } }), outputs: manifest("ConfigMap") };
    const compare = async () =>
      provider.compare?.(subject("core/v1:ConfigMap"), old, manifest("ConfigMap", {}, { data: { a: "2" } }));
    expect(await compare()).toMatchObject({ replaces: ["data.a"], deleteBeforeReplace: true });
    configure({ enableConfigMapMutable: "true" });
    expect(await compare()).toMatchObject({ replaces: [] });
  });

  it("deletes and waits until the object is gone", async () => {
    stored.set("/api/v1/namespaces/n/configmaps/x", manifest("ConfigMap"));
    await provider.delete?.(subject("core/v1:ConfigMap"), { id: "n/x", outputs: manifest("ConfigMap") }, operation());
    expect(stored.size).toBe(0);
  });

  it("leaves unknown values to the update", async () => {
    const { outputs } = await provider.create(
      subject("core/v1:ConfigMap"),
      manifest("ConfigMap", {}, { data: { a: UNKNOWN } }),
      operation(true),
    );
    expect(reveal(outputs)["data"]).toEqual({ a: UNKNOWN });
    expect(requests.filter((request) => request.startsWith("PATCH"))).toEqual([]);
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { list } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartName } from "#components/chart";
import { CHARTS, type ChartPin } from "#components/versions";
import { note } from "#rehearsal/charts/recorded";
import { repositories } from "#rehearsal/charts/repositories";
import { ChartShelf } from "#rehearsal/charts/shelf";

const folder = mkdtempSync(join(tmpdir(), "millrace-charts-"));
let server: Server;
beforeAll(async () => {
  server = createServer(repositories(new ChartShelf(folder, [])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const { chart } of Object.values<ChartPin>(CHARTS)) {
    note(folder, { chart, values: { replicas: 3 } });
  }
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks the repository of a host. */
const ask = (host: string, path: string): Promise<{ status: number; type: string | undefined; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    get({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
      const parts: Buffer[] = [];
      response
        .on("data", (part: Buffer) => parts.push(part))
        .on("end", () =>
          resolve({ status: response.statusCode!, type: response.headers["content-type"], body: Buffer.concat(parts) }),
        );
    }).on("error", reject);
  });

async function filesOf(archive: Buffer): Promise<Record<string, string>> {
  const file = join(folder, "archive.tgz");
  writeFileSync(file, archive);
  const files: Record<string, string> = {};
  await list({
    file,
    onReadEntry: (entry) => {
      files[entry.path] = "";
      entry.on("data", (part: Buffer) => (files[entry.path] += part.toString()));
    },
  });
  return files;
}

const digest = (body: Buffer): string => `sha256:${createHash("sha256").update(body).digest("hex")}`;

describe("a chart repository of a rehearsal", () => {
  const { repository, version, chart } = CHARTS.istiod;
  const { host, pathname } = new URL(repository);

  it("lists the pinned charts of its address, and no others", async () => {
    const { body } = await ask(host, `${pathname}/index.yaml`);
    const { entries } = JSON.parse(body.toString()) as { entries: Record<string, { version: string; urls: string[] }[]> };
    expect(Object.keys(entries)).toEqual(["base", "istiod", "gateway"]);
    expect(entries["istiod"]).toMatchObject([{ version, urls: [`istiod-${version}.tgz`] }]);
    expect((await ask("charts.jetstack.io", `${pathname}/index.yaml`)).status).toBe(404);
  });

  it("gives a chart with the pods that the program noted, the same each time", async () => {
    const { body } = await ask(host, `${pathname}/istiod-${version}.tgz`);
    const files = await filesOf(body);
    expect(JSON.parse(files["istiod/Chart.yaml"]!)).toMatchObject({ name: chart, version });
    expect(files["istiod/templates/objects.yaml"]).toContain('"namespace":"{{ .Release.Namespace }}"');
    expect((await ask(host, `${pathname}/istiod-${version}.tgz`)).body).toEqual(body);
  });

  it("does not have another version", async () => {
    expect((await ask(host, `${pathname}/istiod-0.0.1.tgz`)).status).toBe(404);
  });
});

describe("a registry of a rehearsal", () => {
  const { chart, version } = CHARTS.karpenter;
  const { host, pathname } = new URL(chart);

  it("gives a manifest whose parts it has", async () => {
    const { type, body } = await ask(host, `/v2${pathname}/manifests/${version}`);
    expect(type).toBe("application/vnd.oci.image.manifest.v1+json");
    const { config, layers } = JSON.parse(body.toString()) as { config: { digest: string }; layers: { digest: string }[] };
    for (const part of [config, ...layers]) {
      const blob = await ask(host, `/v2${pathname}/blobs/${part.digest}`);
      expect(digest(blob.body)).toBe(part.digest);
    }
    const files = await filesOf((await ask(host, `/v2${pathname}/blobs/${layers[0]!.digest}`)).body);
    expect(files["karpenter/templates/objects.yaml"]).toContain('"replicas":3');
    expect((await ask(host, `/v2${pathname}/manifests/${digest(body)}`)).body).toEqual(body);
  });

  it("does not have another version, or the chart of another registry", async () => {
    expect((await ask(host, `/v2${pathname}/manifests/0.0.1`)).status).toBe(404);
    expect((await ask("registry.k8s.io", `/v2${pathname}/manifests/${version}`)).status).toBe(404);
  });
});

describe("a registry that an environment names", () => {
  it("has every chart, beside the publishers, and the registry of another environment has none", async () => {
    const shelf = new ChartShelf(folder, []);
    const mirrored = createServer(repositories(shelf, "oci://registry.example.com/mirror/charts"));
    await new Promise<void>((resolve) => mirrored.listen(0, "127.0.0.1", resolve));
    const { port } = mirrored.address() as AddressInfo;
    const { version } = CHARTS.istiod;
    const statusOf = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const path = `/v2/mirror/charts/istiod/manifests/${version}`;
        get({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        }).on("error", reject);
      });
    expect(await statusOf("registry.example.com")).toBe(200);
    expect(await statusOf("registry.example.org")).toBe(404);
    mirrored.close();
  });
});

it("every pinned chart can be had", async () => {
  for (const pin of Object.values<ChartPin>(CHARTS)) {
    const { host, pathname } = new URL(pin.repository ?? pin.chart);
    const path = pin.repository
      ? `${pathname.replace(/\/$/, "")}/${chartName(pin.chart)}-${pin.version}.tgz`
      : `/v2${pathname}/manifests/${pin.version}`;
    expect([pin.chart, (await ask(host, path)).status]).toEqual([pin.chart, 200]);
  }
});

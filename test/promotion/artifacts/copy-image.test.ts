import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type CopyImageArgs, copyImage } from "#promotion/artifacts/copy-image";
import { Repository } from "#toolchain/oci/repository";
import { ImageMaker, INDEX, type RegistryServer, type RegistryServerOptions, registryServer } from "./registry-server.ts";
import { never, sha256 } from "./trees.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function server(options?: RegistryServerOptions): Promise<RegistryServer> {
  const registry = await registryServer(options);
  open.push(registry);
  return registry;
}

const credentials = () => undefined;

interface Case {
  source: RegistryServer;
  target: RegistryServer;
  images: ImageMaker;
  copy: (digest: string, args?: Partial<CopyImageArgs>) => ReturnType<typeof copyImage>;
}

async function twoRegistries(of?: RegistryServerOptions, to?: RegistryServerOptions): Promise<Case> {
  const [source, target] = [await server(of), await server(to)];
  const at = ({ host }: RegistryServer, path: string) => new Repository(`${host}/${path}`, { signal: never, credentials });
  return {
    source,
    target,
    images: new ImageMaker(source, "dev/model-server"),
    copy: (digest, args) =>
      copyImage({
        from: at(source, "dev/model-server"),
        to: at(target, "staging/model-server"),
        digest,
        tag: "fraud-3",
        signal: never,
        pauses: [1, 1],
        ...args,
      }),
  };
}

const sentenceOf = (copy: Promise<unknown>): Promise<string> =>
  copy.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );

describe("a copy of an image", () => {
  it("brings manifest, config and layers, and a tag that keeps it", async () => {
    const { target, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    expect(await copy(digest)).toEqual({
      manifests: { copied: 1, skipped: 0 },
      blobs: { copied: 3, mounted: 0, skipped: 0 },
      bytes: '{"of":"one"}shared baselayer of one'.length,
    });
    expect(sha256(target.manifests.get("staging/model-server:fraud-3")!.body)).toBe(digest.slice(7));
  });

  it("that is repeated sends nothing", async () => {
    const { target, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    await copy(digest);
    target.requests.length = 0;
    expect(await copy(digest)).toMatchObject({ manifests: { copied: 0, skipped: 1 }, bytes: 0 });
    expect(target.requests.filter((line) => !/^(GET|HEAD)/.test(line))).toEqual([]);
  });

  it("brings every platform of an index", async () => {
    const { target, images, copy } = await twoRegistries();
    const { digest } = images.manifest({ manifests: [images.image("amd64"), images.image("arm64")] }, INDEX);
    expect(await copy(digest)).toMatchObject({ manifests: { copied: 3 }, blobs: { copied: 5, skipped: 0 } });
    expect([...target.manifests.keys()]).toContain(`staging/model-server@${digest}`);
  });

  it.each<[string, RegistryServerOptions, RegistryServerOptions]>([
    ["lists of referrers", {}, {}],
    ["a source without lists of referrers", { referrers: false }, {}],
    ["a target without lists of referrers", {}, { referrers: false, mutable: true }],
  ])("brings signatures of an image and of its platforms, with %s", async (_, of, to) => {
    const { source, target, images, copy } = await twoRegistries(of, to);
    const platform = images.image("amd64");
    const index = images.manifest({ manifests: [platform] }, INDEX);
    images.manifest({ layers: [images.blob("signature")] }, undefined, `sha256-${index.digest.slice(7)}.sig`);
    images.manifest({ layers: [images.blob("attestation")] }, undefined, `sha256-${platform.digest.slice(7)}.att`);
    const bundle = images.image("bundle", { subject: index, artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" });
    const second = images.image("second", { subject: index });
    if (of.referrers === false) {
      images.manifest({ manifests: [bundle, second] }, INDEX, `sha256-${index.digest.slice(7)}`);
    }
    expect(await copy(index.digest)).toMatchObject({ manifests: { copied: 6 } });
    for (const name of source.manifests.keys()) {
      if (name !== `dev/model-server:sha256-${index.digest.slice(7)}` && !isStandIn(source, name)) {
        expect([...target.manifests.keys()]).toContain(name.replace("dev/", "staging/"));
      }
    }
    if (to.referrers === false) {
      const standIn = JSON.parse(target.manifests.get(`staging/model-server:sha256-${index.digest.slice(7)}`)!.body.toString());
      expect(standIn.manifests.map((each: { digest: string }) => each.digest).toSorted()).toEqual(
        [bundle.digest, second.digest].toSorted(),
      );
    }
    expect(await copy(index.digest)).toMatchObject({ manifests: { copied: 0 }, bytes: 0 });
  });

  const isStandIn = ({ manifests }: RegistryServer, name: string): boolean =>
    [...manifests].some(([tag, { body }]) => /:sha256-[0-9a-f]{64}$/.test(tag) && name.endsWith(`@sha256:${sha256(body)}`));

  it("goes on where another one has ended, and says no tag before all is there", async () => {
    const { target, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    target.before.current = ({ method, url = "" }, response) => {
      const isLayer = method === "PUT" && url.includes(sha256("layer of one"));
      if (isLayer) {
        response.writeHead(403).end();
      }
      return isLayer;
    };
    expect(await sentenceOf(copy(digest))).toMatch(/asked to take the blob sha256:\w{64}, answered 403 Forbidden$/);
    expect(target.manifests.size).toBe(0);
    target.before.current = undefined;
    expect(await copy(digest)).toMatchObject({ blobs: { copied: 1, skipped: 2 } });
  });

  it("takes a layer from a repository of the same registry", async () => {
    const { source, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    const to = new Repository(`${source.host}/staging/model-server`, { signal: never, credentials });
    expect(await copy(digest, { to })).toMatchObject({ blobs: { copied: 0, mounted: 3 }, bytes: 0 });
  });

  it.each(["GET", "HEAD", "POST", "PUT"])("asks again where %s is refused for a moment", async (method) => {
    const { source, target, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    for (const [registry, status] of [
      [source, 429],
      [target, 500],
    ] as const) {
      const refused = new Set<string>();
      registry.before.current = (request, response) => {
        const isNew = request.method === method && !refused.has(request.url!);
        refused.add(request.url!);
        if (isNew) {
          request.resume();
          response.writeHead(status, { "retry-after": "0" }).end();
        }
        return isNew;
      };
    }
    expect(await copy(digest)).toMatchObject({ manifests: { copied: 1 }, blobs: { copied: 3 } });
  });

  it("gives up where it is refused for long", async () => {
    const { source, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    source.before.current = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await sentenceOf(copy(digest))).toBe(`http://${source.host} answered 503 Service Unavailable`);
    expect(source.requests).toHaveLength(3);
  });

  it("reads a layer again where the connection breaks in the middle", async () => {
    const { source, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    let breaks = 0;
    source.before.current = ({ url = "" }, response) => {
      if (!url.includes(sha256("layer of one")) || breaks > 0) {
        return false;
      }
      breaks += 1;
      response.writeHead(200, { "content-length": "12" });
      response.write("layer", () => response.destroy());
      return true;
    };
    expect(await copy(digest)).toMatchObject({ blobs: { copied: 3 } });
    expect(breaks).toBe(1);
  });
});

describe("what is not what its digest says", () => {
  it.each(["layer", "config", "manifest"])("is found in a %s, and nothing gets the tag", async (part) => {
    const { source, target, images, copy } = await twoRegistries();
    const { digest } = images.image("one");
    const contents = part === "manifest" ? [...source.manifests.values()].map(({ body }) => body) : [...source.blobs.values()];
    contents.at(part === "config" ? 0 : -1)![4]! ^= 1;
    expect(await sentenceOf(copy(digest))).toMatch(
      part === "manifest"
        ? /must have a manifest with the digest sha256:\w{64}, got sha256:/
        : /must give \d+ bytes for the blob sha256:\w{64}, got \d+ with the digest sha256:/,
    );
    expect(target.manifests.size).toBe(0);
  });

  it.each<[string, object]>([
    ["a path for a digest", { layers: [{ mediaType: "x", digest: "../../../other/blobs/sha256:1", size: 1 }] }],
    ["a manifest of before", { schemaVersion: 1 }],
    ["a size below nothing", { layers: [{ mediaType: "x", digest: `sha256:${"a".repeat(64)}`, size: -1 }] }],
  ])("%s is refused", async (_, content) => {
    const { images, copy } = await twoRegistries();
    expect(await sentenceOf(copy(images.manifest(content).digest))).toMatch(
      /must be an image or an index of images, got application/,
    );
  });

  it("is refused where the source has no such image", async () => {
    const { source, copy } = await twoRegistries();
    const digest = `sha256:${"0".repeat(64)}`;
    expect(await sentenceOf(copy(digest))).toBe(
      `${source.host}/dev/model-server must have the image ${digest} of the release, got none`,
    );
  });

  it("is refused where the tag names another image", async () => {
    const { target, images, copy } = await twoRegistries();
    await copy(images.image("one").digest);
    const { digest } = images.image("two");
    expect(await sentenceOf(copy(digest))).toMatch(
      new RegExp(`^${target.host}/staging/model-server:fraud-3 must be ${digest} or not be there, got sha256:`),
    );
  });
});

describe("a login", () => {
  const LOGIN = Buffer.from("AWS:secret").toString("base64");

  it("is shown to the registry that asks, and to no host that it leads to", async () => {
    const { source, target, images, copy } = await twoRegistries({ basic: LOGIN });
    const { digest } = images.image("one");
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const [, blob = ""] = /\/blobs\/(sha256:.*)$/.exec(request.url ?? "") ?? [];
      response.end(source.blobs.get(`dev/model-server@${blob}`));
    });
    await new Promise<void>((done) => void elsewhere.listen(0, "127.0.0.1", done));
    open.push({ close: async () => void elsewhere.close() });
    source.before.current = ({ method, url = "", headers }, response) => {
      const isLed = method === "GET" && url.includes("/blobs/") && headers.authorization !== undefined;
      if (isLed) {
        response.writeHead(307, { location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}${url}` }).end();
      }
      return isLed;
    };
    const from = new Repository(`${source.host}/dev/model-server`, { signal: never, credentials: () => LOGIN });
    expect(await copy(digest, { from })).toMatchObject({ blobs: { copied: 3 } });
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(target.manifests.size).toBe(2);
  });

  it("is not shown to the host where a registry takes uploads", async () => {
    const { source, target, images, copy } = await twoRegistries({}, { basic: LOGIN });
    const { digest } = images.image("one");
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => void chunks.push(chunk));
      request.on("end", () => {
        const blob = new URL(request.url ?? "", "http://elsewhere").searchParams.get("digest");
        target.blobs.set(`staging/model-server@${blob}`, Buffer.concat(chunks));
        response.writeHead(201).end();
      });
    });
    await new Promise<void>((done) => void elsewhere.listen(0, "127.0.0.1", done));
    open.push({ close: async () => void elsewhere.close() });
    target.before.current = ({ method, headers }, response) => {
      const isUpload = method === "POST" && headers.authorization !== undefined;
      if (isUpload) {
        response.writeHead(202, { location: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/upload` }).end();
      }
      return isUpload;
    };
    const to = new Repository(`${target.host}/staging/model-server`, { signal: never, credentials: () => LOGIN });
    expect(await copy(digest, { to })).toMatchObject({ blobs: { copied: 3 } });
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(source.manifests.size).toBe(1);
  });

  it("that nobody has is asked for in one sentence", async () => {
    const { source, images, copy } = await twoRegistries({ basic: LOGIN });
    const { digest } = images.image("one");
    const login = (host: string) => `docker login ${host}`;
    const from = new Repository(`${source.host}/dev/model-server`, { signal: never, credentials, login });
    expect(await sentenceOf(copy(digest, { from }))).toBe(
      `${source.host} wants a login, and nobody has logged in here: docker login ${source.host}`,
    );
  });

  it("that is wrong is answered in one sentence", async () => {
    const { source, images, copy } = await twoRegistries({ basic: LOGIN });
    const { digest } = images.image("one");
    const from = new Repository(`${source.host}/dev/model-server`, { signal: never, credentials: () => "d3Jvbmc6" });
    expect(await sentenceOf(copy(digest, { from }))).toMatch(/asked for the manifest sha256:\w{64}, answered 401 Unauthorized$/);
  });
});

import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "./trees.ts";

export const IMAGE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

interface Stored {
  mediaType: string;
  body: Buffer;
}

/** A registry on this machine. Repositories are made when something is put into them. */
export interface RegistryServer {
  host: string;
  /** By `<repository>@<digest>`. */
  blobs: Map<string, Buffer>;
  /** By `<repository>@<digest>` and by `<repository>:<tag>`. */
  manifests: Map<string, Stored>;
  /** `<method> <path and query>` of every request. */
  requests: string[];
  /** Answers before the registry, where it is set; `true` when it has answered. */
  before: { current: ((request: IncomingMessage, response: Parameters<RequestListener>[1]) => boolean) | undefined };
  close(): Promise<void>;
}

export interface RegistryServerOptions {
  /** User and password, encoded, that everybody must show. @default - nobody is asked */
  basic?: string;
  /** Whether it keeps lists of referrers. @default true */
  referrers?: boolean;
  /** Whether a tag can be moved. ECR of this project lets nobody. @default false */
  mutable?: boolean;
}

/**
 * A strict registry: it refuses a blob or a manifest that has not its digest or whose length was not said, a manifest that names what
 * is not there, and a tag that is taken.
 *
 * It lacks uploads in chunks, deletion, lists of repositories and tags, and tokens.
 */
export async function registryServer({
  basic,
  referrers = true,
  mutable = false,
}: RegistryServerOptions = {}): Promise<RegistryServer> {
  const blobs: RegistryServer["blobs"] = new Map();
  const manifests: RegistryServer["manifests"] = new Map();
  const requests: string[] = [];
  const before: RegistryServer["before"] = { current: undefined };

  const putManifest = (
    repository: string,
    reference: string,
    mediaType: string,
    body: Buffer,
  ): [number, Record<string, string>] => {
    const digest = `sha256:${sha256(body)}`;
    const { config, layers = [], manifests: images = [], subject } = JSON.parse(body.toString());
    const isComplete =
      [config, ...layers].every((each) => !each || blobs.has(`${repository}@${each.digest}`)) &&
      images.every(
        (each: { digest: string }) => mediaType === INDEX && (!referrers || manifests.has(`${repository}@${each.digest}`)),
      );
    if (!isComplete || (reference.startsWith("sha256:") && reference !== digest)) {
      return [400, {}];
    }
    if (!reference.startsWith("sha256:")) {
      if (!mutable && manifests.has(`${repository}:${reference}`)) {
        return [400, {}];
      }
      manifests.set(`${repository}:${reference}`, { mediaType, body });
    }
    manifests.set(`${repository}@${digest}`, { mediaType, body });
    return [201, { "docker-content-digest": digest, ...(subject && referrers && { "oci-subject": subject.digest }) }];
  };

  const listOf = (repository: string, digest: string): Buffer => {
    const found = [...manifests]
      .filter(([name, { body }]) => name.startsWith(`${repository}@`) && JSON.parse(body.toString()).subject?.digest === digest)
      .map(([name, { mediaType, body }]) => ({ mediaType, digest: name.split("@")[1], size: body.length }));
    return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: found }));
  };

  const answer = (request: IncomingMessage, sent: Buffer): [number, Record<string, string>, Buffer?] => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://registry");
    const { method, headers } = request;
    if (basic !== undefined && headers.authorization !== `Basic ${basic}`) {
      return [401, { "www-authenticate": 'Basic realm="registry"' }];
    }
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(blobs|manifests|referrers)\/(.+|uploads\/)$/.exec(pathname) ?? [];
    if (kind === "blobs" && method === "POST" && reference === "uploads/") {
      const [mount, from] = [searchParams.get("mount"), searchParams.get("from")];
      const known = blobs.get(`${from}@${mount}`);
      if (known) {
        blobs.set(`${repository}@${mount}`, known);
        return [201, { location: `/v2/${repository}/blobs/${mount}` }];
      }
      return [202, { location: `/v2/${repository}/blobs/uploads/1?state=a` }];
    }
    if (kind === "blobs" && method === "PUT") {
      const digest = searchParams.get("digest") ?? "";
      const isRight = digest === `sha256:${sha256(sent)}` && searchParams.get("state") === "a";
      if (!isRight || headers["content-length"] !== String(sent.length)) {
        return [400, {}];
      }
      blobs.set(`${repository}@${digest}`, sent);
      return [201, {}];
    }
    if (kind === "manifests" && method === "PUT") {
      return putManifest(repository, reference, headers["content-type"] ?? "", sent);
    }
    if (method !== "GET" && method !== "HEAD") {
      return [405, {}];
    }
    if (kind === "referrers") {
      return referrers ? [200, { "content-type": INDEX }, listOf(repository, reference)] : [404, {}];
    }
    const name = reference.includes(":") ? `${repository}@${reference}` : `${repository}:${reference}`;
    const found = kind === "blobs" ? blobs.get(name) : manifests.get(name)?.body;
    if (found === undefined) {
      return [404, {}];
    }
    const type = kind === "blobs" ? "application/octet-stream" : manifests.get(name)!.mediaType;
    return [200, { "content-type": type, "content-length": String(found.length) }, found];
  };

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (before.current?.(request, response)) {
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const [status, headers, body] = answer(request, Buffer.concat(chunks));
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    manifests,
    requests,
    before,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
    },
  };
}

/** Puts images into a registry, without asking it. */
export class ImageMaker {
  readonly #registry: RegistryServer;
  readonly #repository: string;

  constructor(registry: RegistryServer, repository: string) {
    this.#registry = registry;
    this.#repository = repository;
  }

  blob(content: string | Buffer, mediaType = "application/vnd.oci.image.layer.v1.tar"): object {
    const body = Buffer.from(content);
    const digest = `sha256:${sha256(body)}`;
    this.#registry.blobs.set(`${this.#repository}@${digest}`, body);
    return { mediaType, digest, size: body.length };
  }

  manifest(content: object, mediaType = IMAGE, tag?: string): { mediaType: string; digest: string; size: number } {
    const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
    const digest = `sha256:${sha256(body)}`;
    this.#registry.manifests.set(`${this.#repository}@${digest}`, { mediaType, body });
    if (tag !== undefined) {
      this.#registry.manifests.set(`${this.#repository}:${tag}`, { mediaType, body });
    }
    return { mediaType, digest, size: body.length };
  }

  /** An image of one platform, of two layers. */
  image(name: string, more: object = {}): { mediaType: string; digest: string; size: number } {
    return this.manifest({
      config: this.blob(`{"of":"${name}"}`, "application/vnd.oci.image.config.v1+json"),
      layers: [this.blob("shared base"), this.blob(`layer of ${name}`)],
      ...more,
    });
  }
}

// A client of registries: the OCI Distribution Specification.

import { Readable } from "node:stream";
import { credentialsOf } from "./credentials.ts";
import { ask, expectOk, isSafe, originOf, RemoteError } from "./http.ts";

/** A manifest as a registry has it: its text is what its digest is over. */
export interface Manifest {
  mediaType: string;
  body: Buffer;
}

/** How a registry is asked. */
export interface RepositoryOptions {
  signal: AbortSignal;

  /** User and password of a host, encoded as HTTP sends them. @default - those of whoever has logged in with helm or docker */
  credentials?: (host: string) => Promise<string | undefined> | string | undefined;

  /** Command with which somebody logs in to a host. @default - helm's */
  login?: (host: string) => string;
}

/** Content of a blob: made anew for each time that it is sent. */
export interface BlobContent {
  size: number;
  stream: () => AsyncIterable<Uint8Array>;
}

type Ask = Omit<RequestInit, "body"> & { content?: BlobContent; body?: string | Uint8Array<ArrayBuffer>; isStream?: boolean };

/** A repository in a registry. */
export class Repository {
  /** `<host>/<path>`. */
  readonly name: string;
  /** Name and port. */
  readonly host: string;
  /** Path below the host. */
  readonly path: string;
  /** Address of all that it has. */
  readonly url: string;
  readonly #options: RepositoryOptions;
  #authorization: string | undefined;

  /** @param reference `<host>/<path>`, `oci://` in front of it or not. */
  constructor(reference: string, options: RepositoryOptions) {
    this.name = reference.replace(/^oci:\/\//, "");
    const [host = "", ...path] = this.name.split("/");
    this.host = host;
    this.path = path.join("/");
    this.url = `${originOf(host)}/v2/${this.path}`;
    this.#options = options;
  }

  /** A manifest by its tag or digest; nothing where there is none. */
  async manifest(reference: string, accept: readonly string[]): Promise<Manifest | undefined> {
    const answer = await this.ask(`/manifests/${reference}`, { headers: { accept: accept.join(", ") } });
    if (answer.status === 404) {
      await answer.body?.cancel();
      return undefined;
    }
    await expectOk(answer, `${this.url}, asked for the manifest ${reference},`);
    const mediaType = answer.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
    return { mediaType, body: Buffer.from(await answer.arrayBuffer()) };
  }

  /** Puts a manifest under its tag or digest, once all that it names is there. @returns whether the registry keeps lists of referrers. */
  async putManifest(reference: string, { mediaType, body }: Manifest): Promise<boolean> {
    const put = { method: "PUT", headers: { "content-type": mediaType }, body: new Uint8Array(body) };
    const what = `${this.url}, asked to take the manifest ${reference},`;
    const answer = await expectOk(await this.ask(`/manifests/${reference}`, put), what);
    await answer.body?.cancel();
    return answer.headers.has("oci-subject");
  }

  /** Content of a blob. A registry may lead to another host, which gets no credentials. */
  async blob(digest: string): Promise<Response> {
    const answer = await this.ask(`/blobs/${digest}`, { isStream: true });
    return expectOk(answer, `${this.url}, asked for the blob ${digest},`);
  }

  async hasBlob(digest: string): Promise<boolean> {
    const answer = await this.ask(`/blobs/${digest}`, { method: "HEAD" });
    if (answer.status !== 404) {
      await expectOk(answer, `${this.url}, asked whether it has the blob ${digest},`);
    }
    return answer.ok;
  }

  /**
   * Puts a blob.
   *
   * @param from path of a repository of the same registry that may have it already.
   * @returns whether the registry took it from there.
   */
  async putBlob(digest: string, content: BlobContent, from?: string): Promise<"sent" | "mounted"> {
    const what = `${this.url}, asked to take the blob ${digest},`;
    const mount = from === undefined ? "" : `?${new URLSearchParams({ mount: digest, from })}`;
    const begun = await expectOk(await this.ask(`/blobs/uploads/${mount}`, { method: "POST" }), what);
    await begun.body?.cancel();
    if (begun.status === 201) {
      return "mounted";
    }
    const place = secure(new URL(begun.headers.get("location") ?? "", this.url));
    place.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream", "content-length": `${content.size}` };
    const taken = await expectOk(await this.ask(String(place), { method: "PUT", headers, content, isStream: true }), what);
    await taken.body?.cancel();
    return "sent";
  }

  /** Tags, the newest first where the registry knows. */
  async tags(): Promise<string[]> {
    const answer = await this.ask("/tags/list");
    const { tags } = answer.ok ? ((await answer.json()) as { tags?: string[] | null }) : { tags: [] };
    return (tags ?? []).toReversed();
  }

  /** Asks, and once more with what the registry wants to see first. */
  async ask(path: string, { content, ...init }: Ask = {}): Promise<Response> {
    const url = new URL(/^https?:/.test(path) ? path : `${this.url}${path}`);
    const { signal } = this.#options;
    const send = () => {
      // Nobody else sees what the registry gave or asked for.
      const authorization = url.host === this.host ? this.#authorization : undefined;
      const headers = { ...(init.headers as Record<string, string>), ...(authorization && { authorization }) };
      return ask(url, {
        ...init,
        ...(content && { body: streamed(content), duplex: "half" }),
        headers,
        signal,
      });
    };
    const answer = await send();
    if (answer.status !== 401) {
      return answer;
    }
    await answer.body?.cancel();
    this.#authorization = await this.#authorized(answer.headers.get("www-authenticate") ?? "");
    return send();
  }

  /** Answer to a challenge: a token of the registry, or user and password. */
  async #authorized(challenge: string): Promise<string> {
    const { credentials = credentialsOf, login = (host) => `helm registry login ${host}`, signal } = this.#options;
    const known = await credentials(this.host);
    const { realm, service, scope } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    const basic = known === undefined ? undefined : `Basic ${known}`;
    if (!/^bearer /i.test(challenge) || realm === undefined) {
      if (basic === undefined) {
        throw new RemoteError(`${this.host} wants a login, and nobody has logged in here: ${login(this.host)}`);
      }
      return basic;
    }
    const url = secure(new URL(realm));
    for (const [key, value] of Object.entries({ service, scope })) {
      if (value !== undefined) {
        url.searchParams.set(key, value);
      }
    }
    const headers = basic === undefined ? {} : { authorization: basic };
    const answer = await expectOk(await ask(url, { headers, signal }), `${url.origin}, asked for a token,`);
    const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? other ?? ""}`;
  }
}

const streamed = ({ stream }: BlobContent) => Readable.toWeb(Readable.from(stream(), { objectMode: false })) as ReadableStream;

/** @throws {RemoteError} when an address would be asked in the clear. */
function secure(url: URL): URL {
  if (!isSafe(url)) {
    throw new RemoteError(`${url.origin} must be asked over https://, got ${url.protocol}// from a registry`);
  }
  return url;
}

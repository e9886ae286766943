import { sha256 } from "#toolchain/digest";
import { credentialsOf } from "./credentials.ts";
import { ask, ChartError, expectOk, missing } from "./http.ts";
import type { Chart } from "./pins.ts";

/** Media types of a chart in a registry (Helm documentation, "Use OCI-based registries"). */
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const ARCHIVE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

interface Manifest {
  layers?: { mediaType: string; digest: string; size: number }[];
}

/** A repository in a registry, asked by the OCI Distribution Specification. */
export class Registry {
  readonly #url: string;
  readonly #host: string;
  readonly #signal: AbortSignal;
  #authorization: string | undefined;

  /** @param reference `oci://<host>/<path>`, the name of a chart included. */
  constructor(reference: string, signal: AbortSignal) {
    const [host = "", ...path] = reference.replace(/^oci:\/\//, "").split("/");
    this.#host = host;
    this.#url = `https://${host}/v2/${path.join("/")}`;
    this.#signal = signal;
  }

  /**
   * The archive of a chart.
   *
   * @throws {ChartError} when the registry does not have it, or not as its manifest says.
   */
  async pull(chart: Chart): Promise<Buffer> {
    const { name, version } = chart;
    const answer = await this.#ask(`/manifests/${tagOf(version)}`, { headers: { accept: MANIFEST } });
    if (answer.status === 404) {
      throw missing(chart, await this.#tags());
    }
    const { layers = [] } = (await (await expectOk(answer, `${this.#url} of ${name} ${version}`)).json()) as Manifest;
    const layer = layers.find(({ mediaType }) => mediaType === ARCHIVE);
    if (layer === undefined) {
      throw new ChartError(`${name} ${version} must be a chart, got something else from ${chart.published}`);
    }
    const blob = await expectOk(await this.#ask(`/blobs/${layer.digest}`), `${this.#url} of ${name} ${version}`);
    const archive = Buffer.from(await blob.arrayBuffer());
    if (layer.digest !== `sha256:${sha256(archive)}`) {
      throw new ChartError(
        `${name} ${version} must have the digest ${layer.digest} of its manifest, got sha256:${sha256(archive)}`,
      );
    }
    return archive;
  }

  /** Brings an archive into the registry, under the version of its chart. */
  async push({ name, version }: Pick<Chart, "name" | "version">, archive: Buffer): Promise<void> {
    const config = Buffer.from(JSON.stringify({ apiVersion: "v2", name, version }));
    const blobs = [
      { mediaType: CONFIG, body: config },
      { mediaType: ARCHIVE, body: archive },
    ].map(({ mediaType, body }) => ({ body, about: { mediaType, digest: `sha256:${sha256(body)}`, size: body.length } }));
    for (const { body, about } of blobs) {
      await this.#upload(body, about.digest);
    }
    const [ofConfig, ofArchive] = blobs.map(({ about }) => about);
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: ofConfig, layers: [ofArchive] });
    const put = { method: "PUT", headers: { "content-type": MANIFEST }, body: manifest };
    await expectOk(await this.#ask(`/manifests/${tagOf(version)}`, put), `${this.#url}, asked to take ${name} ${version},`);
  }

  async #upload(body: Buffer, digest: string): Promise<void> {
    if ((await this.#ask(`/blobs/${digest}`, { method: "HEAD" })).ok) {
      return;
    }
    const what = `${this.#url}, asked to take a blob,`;
    const begun = await expectOk(await this.#ask("/blobs/uploads/", { method: "POST" }), what);
    const place = secure(new URL(begun.headers.get("location") ?? "", this.#url));
    place.searchParams.set("digest", digest);
    const put = { method: "PUT", headers: { "content-type": "application/octet-stream" }, body: new Uint8Array(body) };
    await expectOk(await this.#ask(String(place), put), what);
  }

  async #tags(): Promise<string[]> {
    const answer = await this.#ask("/tags/list");
    const { tags } = answer.ok ? ((await answer.json()) as { tags?: string[] | null }) : { tags: [] };
    return (tags ?? []).toReversed();
  }

  /** Asks, and once more with what the registry wants to see first. */
  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path.startsWith("https://") ? path : `${this.#url}${path}`);
    const send = () => {
      // Nobody else sees what the registry gave or asked for.
      const authorization = url.host === this.#host ? this.#authorization : undefined;
      const headers = { ...(init.headers as Record<string, string>), ...(authorization && { authorization }) };
      return ask(url, { ...init, headers, signal: this.#signal });
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
    const credentials = credentialsOf(this.#host);
    const { realm, service, scope } = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    const basic = credentials === undefined ? undefined : `Basic ${credentials}`;
    if (!/^bearer /i.test(challenge) || realm === undefined) {
      if (basic === undefined) {
        throw new ChartError(`${this.#host} wants a login, and nobody has logged in here: helm registry login ${this.#host}`);
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
    const answer = await expectOk(await ask(url, { headers, signal: this.#signal }), `${url.origin}, asked for a token,`);
    const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? other ?? ""}`;
  }
}

/** @throws {ChartError} when an address would be asked in the clear. */
function secure(url: URL): URL {
  if (url.protocol !== "https:") {
    throw new ChartError(`${url.origin} must be asked over https://, got ${url.protocol}// from a registry`);
  }
  return url;
}

/** A tag has no `+`. */
const tagOf = (version: string): string => version.replaceAll("+", "_");

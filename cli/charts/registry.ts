import { sha256 } from "#toolchain/digest";
import { expectOk } from "#toolchain/oci/http";
import { Repository } from "#toolchain/oci/repository";
import { ChartError, missing } from "./http.ts";
import type { Chart } from "./pins.ts";

/** Media types of a chart in a registry (Helm documentation, "Use OCI-based registries"). */
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.cncf.helm.config.v1+json";
const ARCHIVE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

interface ChartManifest {
  layers?: { mediaType: string; digest: string; size: number }[];
}

/** A repository of charts in a registry. */
export class Registry {
  readonly #repository: Repository;

  /** @param reference `oci://<host>/<path>`, the name of a chart included. */
  constructor(reference: string, signal: AbortSignal) {
    this.#repository = new Repository(reference, { signal });
  }

  /**
   * The archive of a chart.
   *
   * @throws {RemoteError} when the registry does not have it, or not as its manifest says.
   */
  async pull(chart: Chart): Promise<Buffer> {
    const { name, version } = chart;
    const manifest = await this.#repository.manifest(tagOf(version), [MANIFEST]);
    if (manifest === undefined) {
      throw missing(chart, await this.#repository.tags());
    }
    const { layers = [] } = JSON.parse(manifest.body.toString()) as ChartManifest;
    const layer = layers.find(({ mediaType }) => mediaType === ARCHIVE);
    if (layer === undefined) {
      throw new ChartError(`${name} ${version} must be a chart, got something else from ${chart.published}`);
    }
    const blob = await expectOk(
      await this.#repository.ask(`/blobs/${layer.digest}`),
      `${this.#repository.url} of ${name} ${version}`,
    );
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
      if (!(await this.#repository.hasBlob(about.digest))) {
        await this.#repository.putBlob(about.digest, { size: body.length, stream: () => pieces(body) });
      }
    }
    const [ofConfig, ofArchive] = blobs.map(({ about }) => about);
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: ofConfig, layers: [ofArchive] });
    await this.#repository.putManifest(tagOf(version), { mediaType: MANIFEST, body: Buffer.from(manifest) });
  }
}

async function* pieces(body: Buffer): AsyncIterable<Uint8Array> {
  yield body;
}

/** A tag has no `+`. */
const tagOf = (version: string): string => version.replaceAll("+", "_");

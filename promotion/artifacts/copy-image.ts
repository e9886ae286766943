import { createHash } from "node:crypto";
import { RemoteError, unreachable } from "#toolchain/oci/http";
import { PAUSES, withPatience } from "#toolchain/oci/patience";
import type { BlobContent, Repository } from "#toolchain/oci/repository";
import { ArtifactError } from "./artifact-error.ts";
import { eachAtOnce } from "./at-once.ts";
import { attachmentsOf, referrersTag } from "./attachments.ts";
import { type Descriptor, type ImageManifest, readManifest } from "./image-manifest.ts";

/** How far a copy is: what was just copied, and all bytes so far. */
export interface ImageProgress {
  digest: string;
  bytes: number;
}

/** What a copy of an image did: its manifests, those of its platforms, signatures and attestations; configs and layers. */
export interface CopiedImage {
  manifests: { copied: number; skipped: number };
  blobs: { copied: number; mounted: number; skipped: number };
  /** Bytes of the blobs that were copied. */
  bytes: number;
}

export interface CopyImageArgs {
  from: Repository;
  to: Repository;
  digest: string;
  /** Tag that keeps the image in the target: what has none expires there. It names this image or none. */
  tag: string;
  onProgress?: (progress: ImageProgress) => void;
  signal: AbortSignal;
  /** Milliseconds between attempts. @default - half a second, and then twice as long each time */
  pauses?: readonly number[];
}

/**
 * Copies an image by its digest, with the images of its platforms, and with the signatures and attestations of each. Safe to repeat and to
 * interrupt: what is there is not sent again. Every manifest and blob is compared with its digest on the way, and by the target.
 *
 * @throws {ArtifactError | RemoteError} at the first failure. The tag is put last, so an image that has it is there whole.
 */
export async function copyImage(args: CopyImageArgs): Promise<CopiedImage> {
  const copy = new ImageCopy(args);
  const manifest = await copy.again(() => readManifest(args.from, args.digest));
  if (manifest === undefined) {
    throw new ArtifactError(`${args.from.name} must have the image ${args.digest} of the release, got none`);
  }
  await copy.whole(manifest);
  await copy.tag(manifest, args.tag);
  return copy.done;
}

class ImageCopy {
  readonly done: CopiedImage = {
    manifests: { copied: 0, skipped: 0 },
    blobs: { copied: 0, mounted: 0, skipped: 0 },
    bytes: 0,
  };
  readonly #args: CopyImageArgs;
  /** Digests that this copy has dealt with. */
  readonly #seen = new Set<string>();

  constructor(args: CopyImageArgs) {
    this.#args = args;
  }

  again<T>(task: () => Promise<T>): Promise<T> {
    return withPatience(this.#args.signal, task, this.#args.pauses ?? PAUSES);
  }

  /** A manifest with all that it names and all that is attached to it. */
  async whole(manifest: ImageManifest): Promise<void> {
    const { from, to } = this.#args;
    if (this.#seen.has(manifest.digest)) {
      return;
    }
    this.#seen.add(manifest.digest);
    for (const { digest } of manifest.manifests) {
      await this.whole(await this.#source(digest));
    }
    await this.#put(manifest, manifest.digest);
    for (const { manifest: attached, tag } of await attachmentsOf(from, manifest.digest, (task) => this.again(task))) {
      await this.whole(attached);
      // A registry that is told about a subject in the usual way finds the manifest by it.
      if (tag !== undefined && (await this.again(() => readManifest(to, tag))) === undefined) {
        await this.again(() => to.putManifest(tag, attached));
      }
    }
  }

  async tag(manifest: ImageManifest, tag: string): Promise<void> {
    const { to } = this.#args;
    const there = await this.again(() => readManifest(to, tag));
    if (there === undefined) {
      await this.again(() => to.putManifest(tag, manifest));
    } else if (there.digest !== manifest.digest) {
      throw new ArtifactError(
        `${to.name}:${tag} must be ${manifest.digest} or not be there, got ${there.digest}: ` +
          `nothing there is replaced, so find out who pushed it, or release the model under a new version`,
      );
    }
  }

  async #source(digest: string): Promise<ImageManifest> {
    const manifest = await this.again(() => readManifest(this.#args.from, digest));
    if (manifest === undefined) {
      throw new ArtifactError(`${this.#args.from.name} must have the manifest ${digest} that the image names, got none`);
    }
    return manifest;
  }

  async #put(manifest: ImageManifest, reference: string): Promise<void> {
    const { to, signal } = this.#args;
    // A registry takes a manifest only with all that it names.
    if ((await this.again(() => readManifest(to, reference))) !== undefined) {
      this.done.manifests.skipped += 1;
      return;
    }
    await eachAtOnce(manifest.blobs, signal, (blob) => this.#blob(blob));
    const keepsReferrers = await this.again(() => to.putManifest(reference, manifest));
    this.done.manifests.copied += 1;
    if (manifest.hasSubject && !keepsReferrers) {
      await this.#standIn(manifest);
    }
  }

  /** The index by which others find what belongs to a manifest, in a registry that keeps no list. */
  async #standIn(manifest: ImageManifest): Promise<void> {
    const { to } = this.#args;
    const { subject, artifactType, config } = JSON.parse(manifest.body.toString()) as {
      subject: Descriptor;
      artifactType?: string;
      config?: Descriptor;
    };
    const tag = referrersTag(subject.digest);
    const index = await this.again(() => readManifest(to, tag));
    const before = index ? (JSON.parse(index.body.toString()) as { manifests: object[] }).manifests : [];
    const { mediaType, digest, body } = manifest;
    const one = { mediaType, digest, size: body.length, artifactType: artifactType ?? config?.mediaType };
    const ofIndexes = "application/vnd.oci.image.index.v1+json";
    const text = JSON.stringify({ schemaVersion: 2, mediaType: ofIndexes, manifests: [...before, one] });
    await this.again(() => to.putManifest(tag, { mediaType: ofIndexes, body: Buffer.from(text) }));
  }

  async #blob(blob: Descriptor): Promise<void> {
    const { from, to, onProgress } = this.#args;
    if (this.#seen.has(blob.digest)) {
      return;
    }
    this.#seen.add(blob.digest);
    if (await this.again(() => to.hasBlob(blob.digest))) {
      this.done.blobs.skipped += 1;
      return;
    }
    const sibling = from.host === to.host ? from.path : undefined;
    const way = await this.again(() => this.#send(blob, sibling));
    if (way === "mounted") {
      this.done.blobs.mounted += 1;
      return;
    }
    this.done.blobs.copied += 1;
    this.done.bytes += blob.size;
    onProgress?.({ digest: blob.digest, bytes: this.done.bytes });
  }

  /** Sends a blob while it comes; the source's failure, and not the target's answer to it, is what went wrong. */
  async #send(blob: Descriptor, sibling: string | undefined): Promise<"sent" | "mounted"> {
    const { from, to } = this.#args;
    let failure: { error: unknown } | undefined;
    async function* checked(): AsyncIterable<Uint8Array> {
      try {
        yield* verified(from, blob);
      } catch (error) {
        failure = { error };
        throw error;
      }
    }
    const content: BlobContent = { size: blob.size, stream: checked };
    try {
      return await to.putBlob(blob.digest, content, sibling);
    } catch (error) {
      throw failure ? failure.error : error;
    }
  }
}

/** Content of a blob. @throws {ArtifactError} before its last byte, when it is not the content of its digest. */
async function* verified(from: Repository, { digest, size }: Descriptor): AsyncIterable<Uint8Array> {
  const answer = await from.blob(digest);
  const hash = createHash("sha256");
  let [bytes, held]: [number, Uint8Array | undefined] = [0, undefined];
  try {
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
      if (held) {
        yield held;
      }
      held = chunk;
    }
  } catch (error) {
    throw broken(from, digest, error);
  }
  const got = `sha256:${hash.digest("hex")}`;
  if (got !== digest || bytes !== size) {
    throw new ArtifactError(`${from.name} must give ${size} bytes for the blob ${digest}, got ${bytes} with the digest ${got}`);
  }
  if (held) {
    yield held;
  }
}

function broken(from: Repository, digest: string, error: unknown): unknown {
  if (error instanceof RemoteError || (error as Error).name === "AbortError") {
    return error;
  }
  const failed = new RemoteError(`${from.name}, blob ${digest}: ${unreachable(new URL(from.url), error).message}`);
  failed.isTransient = true;
  return failed;
}

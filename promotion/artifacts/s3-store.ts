import { setTimeout as sleep } from "node:timers/promises";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { ArtifactError } from "./artifact-error.ts";
import { oneOfTwo, PART_BYTES, type PartUpload, putInParts } from "./s3-parts.ts";
import { AlreadyThere, digestOf, type ModelStore, type S3Place, type StoredFile, type StoreOptions } from "./store.ts";

type Sdk = typeof import("@aws-sdk/client-s3");

/** Times that a read goes on where a connection has broken. */
const RESUMES = 5;

/** Opens a place in S3. The SDK is loaded here, so that nobody else waits for it. */
export async function openS3Store(place: S3Place, { profile }: StoreOptions): Promise<ModelStore> {
  const sdk = await import("@aws-sdk/client-s3");
  const { region } = place;
  const client = new sdk.S3Client({
    ...(region && { region }),
    ...(profile && { credentials: await credentialsOf(profile) }),
    maxAttempts: 6,
    retryMode: "adaptive",
  });
  return new S3Store(sdk, client, place, profile === undefined ? "" : ` with the profile '${profile}'`);
}

/**
 * Models in a bucket. S3 verifies every file by its SHA-256 before it is there, and refuses one whose key is taken (`If-None-Match`), so
 * that nothing is replaced in a bucket without a lock either.
 */
class S3Store implements ModelStore {
  readonly name: string;
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  /** Whose credentials are used, for a sentence. */
  readonly #as: string;

  constructor(sdk: Sdk, client: S3Client, { bucket, prefix }: S3Place, as: string) {
    this.#sdk = sdk;
    this.#client = client;
    this.#bucket = bucket;
    this.#as = as;
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.name = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  }

  async list(folder: string, abortSignal: AbortSignal): Promise<StoredFile[]> {
    const Prefix = `${this.#prefix}${folder}/`;
    const files: StoredFile[] = [];
    await this.#said("listed", `${folder}/`, abortSignal, async () => {
      const pages = this.#sdk.paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix }, { abortSignal });
      for await (const { Contents = [] } of pages) {
        files.push(...Contents.map(({ Key = "", Size = 0 }) => ({ path: Key.slice(Prefix.length), size: Size })));
      }
    });
    return files;
  }

  async exists(path: string, abortSignal: AbortSignal): Promise<boolean> {
    // A role that may list one folder only is answered 403, and not 404, when it asks for an object that is not there.
    const { Bucket, Key } = this.#at(path);
    const list = new this.#sdk.ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 });
    const { Contents = [] } = await this.#said("listed", path, abortSignal, () => this.#client.send(list, { abortSignal }));
    return Contents[0]?.Key === Key;
  }

  async digest(path: string, abortSignal: AbortSignal, onRead: (bytes: number) => void): Promise<string> {
    const head = new this.#sdk.HeadObjectCommand({ ...this.#at(path), ChecksumMode: "ENABLED" });
    const about = await this.#said("read", path, abortSignal, () => this.#client.send(head, { abortSignal }));
    // Of a file that came in parts, S3 has a checksum over the checksums of its parts.
    if (about.ChecksumSHA256 === undefined || about.ChecksumType === "COMPOSITE" || about.ChecksumSHA256.includes("-")) {
      return digestOf(this.read(path, abortSignal), onRead);
    }
    onRead(about.ContentLength ?? 0);
    return Buffer.from(about.ChecksumSHA256, "base64").toString("hex");
  }

  async *read(path: string, abortSignal: AbortSignal): AsyncIterable<Uint8Array> {
    let [from, breaks, tag]: [number, number, string | undefined] = [0, 0, undefined];
    for (;;) {
      const command = new this.#sdk.GetObjectCommand({
        ...this.#at(path),
        ...(from > 0 && { Range: `bytes=${from}-`, IfMatch: tag }),
      });
      const answer: GetObjectCommandOutput = await this.#said("read", path, abortSignal, () =>
        this.#client.send(command, { abortSignal }),
      );
      tag = answer.ETag;
      try {
        for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
          from += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        abortSignal.throwIfAborted();
        breaks += 1;
        if (breaks > RESUMES) {
          throw this.#failure("read", path, error);
        }
        await sleep(500 * 2 ** breaks, undefined, { signal: abortSignal });
      }
    }
  }

  async put(path: string, content: AsyncIterable<Uint8Array>, file: { size: number; sha256: string }, signal: AbortSignal) {
    if (await this.exists(path, signal)) {
      throw new AlreadyThere(path);
    }
    // What is thrown by the content itself has its sentence.
    const at: PartUpload = { sdk: this.#sdk, client: this.#client, object: this.#at(path), ...file };
    await this.#said("written", path, signal, () =>
      file.size > PART_BYTES ? putInParts(at, content, signal) : this.#putWhole(at, content, signal),
    );
  }

  async #putWhole({ object, sha256 }: PartUpload, content: AsyncIterable<Uint8Array>, abortSignal: AbortSignal): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) {
      chunks.push(chunk);
    }
    const put = new this.#sdk.PutObjectCommand({
      ...object,
      Body: Buffer.concat(chunks),
      // S3 refuses another content than this one.
      ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
      IfNoneMatch: "*",
    });
    await oneOfTwo(abortSignal, () => this.#client.send(put, { abortSignal }));
  }

  #at(path: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${path}` };
  }

  /** Does something in S3, and says in a sentence why it was refused. */
  async #said<T>(what: string, path: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      signal.throwIfAborted();
      if (statusOf(error) === 412 && what === "written") {
        throw new AlreadyThere(path);
      }
      throw this.#failure(what, path, error);
    }
  }

  #failure(what: string, path: string, error: unknown): unknown {
    if (error instanceof ArtifactError || error instanceof AlreadyThere) {
      return error;
    }
    const { name, message } = error as Error;
    return new ArtifactError(
      `${this.name}: '${path}' cannot be ${what}${this.#as} (${name}: ${message.split("\n")[0]})${remedyFor(name)}`,
    );
  }
}

/** Of a profile alone: left to itself, the SDK also looks at variables, which are somebody else's. */
async function credentialsOf(profile: string) {
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  return fromIni({ profile });
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** What to do about the usual causes, by their names in S3 and the SDK. */
function remedyFor(name: string): string {
  if (/^(CredentialsProviderError|ExpiredToken|InvalidAccessKeyId)$/.test(name)) {
    return ": log in again, or name a profile that works";
  }
  if (/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(name)) {
    return ": name the bucket's own region in the URL, ?region=<region>";
  }
  return /^(AccessDenied|Forbidden|403)$/.test(name) ? ": use credentials that may reach this bucket and its key" : "";
}

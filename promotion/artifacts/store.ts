import { createHash } from "node:crypto";

/** A file below a folder of a store. */
export interface StoredFile {
  /** Below the folder, with `/` between names. */
  path: string;
  /** Bytes. */
  size: number;
}

/** A file that is there already: a store of models takes each path once. */
export class AlreadyThere extends Error {}

/** Where models lie. Paths are below the store's URL. */
export interface ModelStore {
  /** How a sentence names it. */
  readonly name: string;

  /** Every file below a folder, in no order; none where there is no such folder. */
  list(folder: string, signal: AbortSignal): Promise<StoredFile[]>;

  /** Whether there is a file. */
  exists(path: string, signal: AbortSignal): Promise<boolean>;

  /** sha256 of a file: the one that the store has verified when it took the file, or else of its content, which is read. */
  digest(path: string, signal: AbortSignal, onRead: (bytes: number) => void): Promise<string>;

  /** Content of a file. */
  read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;

  /**
   * Takes a new file. It is there whole or not at all, and what is there is what the digest says: the store has checked it.
   *
   * @throws {AlreadyThere} when the path is taken, also by somebody who was faster. Nothing is overwritten.
   * @throws {ArtifactError} when the content is not the one of the digest.
   */
  put(
    path: string,
    content: AsyncIterable<Uint8Array>,
    file: { size: number; sha256: string },
    signal: AbortSignal,
  ): Promise<void>;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Profile of the AWS configuration whose credentials reach it. @default - those that the SDK finds */
  profile?: string | undefined;
}

/** A place in S3. */
export interface S3Place {
  bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  prefix: string;
  region: string | undefined;
}

/** sha256 of a content, which is read to its end. */
export async function digestOf(content: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void = () => undefined) {
  const hash = createHash("sha256");
  for await (const chunk of content) {
    hash.update(chunk);
    onRead(chunk.length);
  }
  return hash.digest("hex");
}

import { fileURLToPath } from "node:url";
import { ArtifactError } from "./artifact-error.ts";

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

/**
 * The store of a URL: `file:///<folder>` or `s3://<bucket>[/<prefix>][?region=<region>]`.
 *
 * @throws {ArtifactError} when the URL is neither.
 */
export async function storeAt(url: string, options: StoreOptions = {}): Promise<ModelStore> {
  // What the parser would take for another place than the one that is written.
  const parsed = /^(file:\/\/\/|s3:\/\/[^/])/.test(url) && !/\/(\.|%2e){1,2}(\/|$|\?)|%00/i.test(url) ? URL.parse(url) : null;
  if (parsed?.protocol === "file:") {
    const { FolderStore } = await import("./folder-store.ts");
    return new FolderStore(folderOf(parsed, url));
  }
  if (parsed?.protocol === "s3:") {
    const { openS3Store } = await import("./s3-store.ts");
    return openS3Store(placeOf(parsed, url), options);
  }
  throw refused(url);
}

/** A place in S3. */
export interface S3Place {
  bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  prefix: string;
  region: string | undefined;
}

function folderOf(parsed: URL, url: string): string {
  try {
    const folder = fileURLToPath(parsed);
    if (parsed.search === "" && parsed.hash === "" && folder.length > 1) {
      return folder.replace(/\/+$/, "");
    }
  } catch {}
  throw refused(url);
}

function placeOf(parsed: URL, url: string): S3Place {
  const { hostname: bucket, pathname, searchParams, username, port, hash } = parsed;
  const prefix = decoded(pathname.replace(/^\//, "").replace(/\/$/, ""));
  const region = searchParams.get("region") ?? undefined;
  const isPlace =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) &&
    (prefix === "" || /^[\w.=-]+(\/[\w.=-]+)*$/.test(prefix)) &&
    [...searchParams.keys()].every((key) => key === "region") &&
    (region === undefined || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) &&
    `${username}${port}${hash}` === "";
  if (!isPlace) {
    throw refused(url);
  }
  return { bucket, prefix, region };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "%";
  }
};

const refused = (url: string): ArtifactError =>
  new ArtifactError(
    `a store of models must be file:///<folder> or s3://<bucket>/<prefix>?region=<region>, got '${printable(url)}'`,
  );

/** Without what would move the cursor of a terminal. */
const printable = (text: string): string => JSON.stringify(text).slice(1, -1);

import { fileURLToPath } from "node:url";
import { ArtifactError } from "./artifact-error.ts";
import type { ModelStore, S3Place, StoreOptions } from "./store.ts";

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

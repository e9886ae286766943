import { bucketFiles } from "./bucket.ts";
import type { Files } from "./files.ts";
import { folderFiles } from "./folder.ts";

/** The files of a backend by its URL; `undefined` of a backend whose files nobody can read: Pulumi Cloud, other stores. */
export function filesOf(url: string): Files | undefined {
  if (url.startsWith("file://")) {
    return folderFiles(url);
  }
  return url.startsWith("s3://") ? bucketFiles(url) : undefined;
}

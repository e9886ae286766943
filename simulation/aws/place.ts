// Account and region in which resources are simulated, and the ids that are invented there.

import { createHash } from "node:crypto";

/** Where a resource is simulated. */
export interface Place {
  /** AWS account id, 12 digits. */
  readonly account: string;
  readonly region: string;

  /** Makes invented ids differ between stacks that name their resources alike. @default - type and name only */
  readonly seed?: string;

  /** Tags that the provider adds to every resource that can have some. @default - none */
  readonly defaultTags?: Readonly<Record<string, string>>;
}

/** The first hexadecimal digits of a hash: the same for the same seed, in every run. At most 64. */
export const hex = (seed: string, length: number): string => createHash("sha256").update(seed).digest("hex").slice(0, length);

/** `aws:s3/bucket:Bucket` is kind `bucket` of service `s3`. */
export function parse(token: string): { service: string; kind: string } {
  const [service = "index", kind = ""] = (token.split(":")[1] ?? "").split("/");
  return { service, kind };
}

import { FILES } from "../files.ts";
import type { ModelRelease } from "./schema.ts";

/** What a file says of a version: its bytes and, in a release, their folder. */
export interface NamedBytes {
  model: string;
  version: string;
  sha256: string;
  path?: string;
  /** Where it is said, as refusals name it. */
  place: string;
}

/** What a release says of its version. */
export const bytesOf = ({ model, version, sha256, path }: ModelRelease): NamedBytes => ({
  model,
  version,
  sha256,
  path,
  place: FILES.modelRelease(model, version),
});

/**
 * What another file says otherwise of a version or of its bytes; it begins with the key. A version of a model is always the same bytes, and
 * the same bytes are always the same version: what was measured and what is rolled back to is called by its version.
 */
export const contradiction = (own: NamedBytes, others: readonly NamedBytes[]): string | undefined =>
  others.flatMap((other) => (other.model === own.model ? difference(other, own) : []))[0];

/** What two files say differently; the folder only where both name one. */
function difference(known: NamedBytes, own: NamedBytes): string[] {
  const fields = (["sha256", "path"] as const).filter((each) => known[each] !== undefined && own[each] !== undefined);
  if (known.version === own.version) {
    return fields
      .filter((each) => known[each] !== own[each])
      .map(
        (each) =>
          `${each} must be that of version ${known.version} in ${known.place}, '${known[each]}', got '${own[each]}': give other bytes another version`,
      );
  }
  return fields
    .filter((each) => known[each] === own[each])
    .map(
      (each) =>
        `${each} must be new for version ${own.version}, got that of version ${known.version} in ${known.place}: name the bytes of the new version`,
    );
}

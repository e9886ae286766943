/** Of a version in a release. */
interface Bytes {
  version: string;
  path: string;
  sha256: string;
}

interface Release {
  id: string;
  created: string;
  models: Readonly<Record<string, Bytes>>;
}

/**
 * A version of a model is always the same bytes, and the same bytes are always the same version: what was measured and what is rolled
 * back to is called by its version. A release is held against those before it, which it may not contradict.
 *
 * @returns a sentence for each model whose version or bytes another release has otherwise; it begins with the key.
 */
export function versionProblems(release: Release, others: readonly Release[]): string[] {
  const before = others.filter((other) => isBefore(other, release));
  return Object.entries(release.models).flatMap(([name, model]) => {
    for (const other of before) {
      const known = Object.hasOwn(other.models, name) ? other.models[name] : undefined;
      const problem = known && difference(known, model, other.id);
      if (problem !== undefined) {
        return [`models.${name}.${problem}`];
      }
    }
    return [];
  });
}

const isBefore = (other: Release, release: Release): boolean =>
  other.created < release.created || (other.created === release.created && other.id < release.id);

function difference(known: Bytes, model: Bytes, id: string): string | undefined {
  if (known.version === model.version) {
    const field = (["sha256", "path"] as const).find((each) => known[each] !== model[each]);
    return (
      field &&
      `${field} must be that of version ${known.version} in release '${id}', '${known[field]}', got '${model[field]}': give other bytes another version`
    );
  }
  const field = (["sha256", "path"] as const).find((each) => known[each] === model[each]);
  return (
    field &&
    `${field} must be new for version ${model.version}, got that of version ${known.version} in release '${id}': name the bytes of the new version`
  );
}

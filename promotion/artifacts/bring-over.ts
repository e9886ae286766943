import { readModelRelease } from "#stacks/inputs/releases/read";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { environmentBefore } from "../candidates.ts";
import type { Change } from "../ledger/record.ts";
import { artifactPlaceOf, PROFILES } from "../places.ts";
import { readSettings } from "../settings.ts";
import { modelOf } from "../subjects.ts";
import type { Target } from "../target.ts";
import { ArtifactError } from "./artifact-error.ts";
import { type ArtifactPlace, type CopyProgress, copyArtifacts } from "./copy-artifacts.ts";
import { storeAt } from "./store-at.ts";
import { treeOf } from "./tree-digest.ts";

/**
 * Brings files and images of models into an environment, from the one before. In the first environment, where training has put them, the
 * files are checked.
 *
 * @throws {ArtifactError} when a store is not named, or files are not those that were released.
 */
export async function bringOver(target: Target, changes: readonly Change[]): Promise<void> {
  const { environment, releases, signal, update } = target;
  const settings = readSettings(releases);
  const before = environmentBefore(environment);
  for (const { subject, to } of changes) {
    const model = modelOf(subject);
    if (model !== undefined) {
      const release = readModelRelease(model, to, releases);
      const place = artifactPlaceOf(environment, release, settings, PROFILES.target);
      if (before === undefined) {
        update(`checking the files of ${model} ${to}`);
        await checkFiles(place, release, signal);
      } else {
        const source = artifactPlaceOf(before, release, settings, PROFILES.source);
        await copyArtifacts(
          release,
          { source, target: place },
          (progress) => update(`${model} ${to}: ${lineOf(progress)}`),
          signal,
        );
      }
    }
  }
}

async function checkFiles(
  { models, profile }: ArtifactPlace,
  { path, sha256 }: ModelRelease,
  signal: AbortSignal,
): Promise<void> {
  const store = await storeAt(models, { profile });
  const tree = await treeOf(store, path, signal, () => undefined);
  if (tree.sha256 !== sha256) {
    throw new ArtifactError(
      `${store.name}, '${path}/' must have the sha256 ${sha256} of the release, got ${tree.sha256}: its files are not those that were released`,
    );
  }
}

const lineOf = (progress: CopyProgress): string =>
  progress.what === "image"
    ? `image ${progress.digest.slice(0, 19)}, ${mib(progress.bytes)}`
    : `${progress.step} ${mib(progress.bytes)}${progress.of === undefined ? "" : ` of ${mib(progress.of)}`}`;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

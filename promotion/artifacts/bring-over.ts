import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { readModelRelease } from "#stacks/inputs/releases/read";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { environmentBefore } from "../candidates.ts";
import type { Change } from "../ledger/record.ts";
import { readSettings, type Settings } from "../settings.ts";
import { modelOf } from "../subjects.ts";
import type { Target } from "../target.ts";
import { ArtifactError } from "./artifact-error.ts";
import { type ArtifactPlace, type CopyProgress, copyArtifacts } from "./copy-artifacts.ts";
import { storeAt } from "./store-at.ts";
import { treeOf } from "./tree-digest.ts";

/** Variables with profiles of the AWS configuration: one reads in the environment before, one writes in the environment itself. */
const PROFILES = { source: "MILLRACE_SOURCE_PROFILE", target: "MILLRACE_TARGET_PROFILE" } as const;

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
      const place = placeOf(environment, release, settings, PROFILES.target);
      if (before === undefined) {
        update(`checking the files of ${model} ${to}`);
        await checkFiles(place, release, signal);
      } else {
        const source = placeOf(before, release, settings, PROFILES.source);
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

function placeOf(environment: EnvironmentName, { model }: ModelRelease, { stores }: Settings, profile: string): ArtifactPlace {
  const place = stores?.[environment];
  if (place === undefined) {
    throw new ArtifactError(
      `${FILES.promotion}: stores.${environment}.models must name the store of the models for ${model} to be promoted, got nothing: write s3://<bucket>?region=<region>`,
    );
  }
  return { ...place, profile: process.env[profile] };
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

// Where the artifacts of environments lie.

import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { ArtifactError } from "./artifacts/artifact-error.ts";
import type { ArtifactPlace } from "./artifacts/copy-artifacts.ts";
import type { Settings } from "./settings.ts";

/** Variables with profiles of the AWS configuration: one reads in the environment before, one writes in the environment itself. */
export const PROFILES = { source: "MILLRACE_SOURCE_PROFILE", target: "MILLRACE_TARGET_PROFILE" } as const;

/** @throws {ArtifactError} when the settings do not name it. */
export function artifactPlaceOf(
  environment: EnvironmentName,
  { model }: ModelRelease,
  { stores }: Settings,
  profile: string,
): ArtifactPlace {
  const place = stores?.[environment];
  if (place === undefined) {
    throw new ArtifactError(
      `${FILES.promotion}: stores.${environment}.models must name the store of the models for ${model} to be promoted, got nothing: write s3://<bucket>?region=<region>`,
    );
  }
  return { ...place, profile: process.env[profile] };
}

import type { Layer } from "../contracts.ts";
import type { EnvironmentName } from "./environments/profile.ts";

/** Where a person finds what a refusal is about, from the root of the repository. */
export const FILES = {
  models: "stacks/inputs/models.ts",
  teams: "stacks/inputs/teams.ts",
  profile: (environment: EnvironmentName): string => `stacks/inputs/environments/${environment}.ts`,
  /** `*` for the files of all layers. */
  config: (layer: Layer | "*", environment: EnvironmentName): string => `stacks/config/Pulumi.${layer}-${environment}.yaml`,
  /** Says which release an environment runs. */
  pointer: (environment: EnvironmentName): string => `${RELEASES}/${environment}.json`,
  /** Says which versions of a model have been stable in an environment. */
  stable: (environment: EnvironmentName): string => `${RELEASES}/stable/${environment}.json`,
  /** A release. */
  manifest: (id: string): string => `${RELEASES}/${MANIFESTS}/${id}.json`,
} as const;

/** Folder of the releases, and the folder in it that holds the release manifests. */
export const RELEASES = "releases";
export const MANIFESTS = "manifests";

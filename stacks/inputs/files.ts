import type { Layer } from "../contracts.ts";
import type { EnvironmentName } from "./environments/profile.ts";

/** Folder of the releases. */
export const RELEASES = "releases";

/** Where a person finds what a refusal is about, from the root of the repository. */
export const FILES = {
  models: "stacks/inputs/models.ts",
  teams: "stacks/inputs/teams.ts",
  rights: "stacks/inputs/roles.ts",
  profile: (environment: EnvironmentName): string => `stacks/inputs/environments/${environment}.ts`,
  /** `*` for the files of all layers. */
  config: (layer: Layer | "*", environment: EnvironmentName): string => `stacks/config/Pulumi.${layer}-${environment}.yaml`,
  /** A version of a model. */
  modelRelease: (model: string, version: string): string => `${RELEASES}/models/${model}/${version}.json`,
  /** A version of the platform. */
  platformRelease: (id: string): string => `${RELEASES}/platform/${id}.json`,
  /** Says what an environment runs: a platform release, and one version of each model. */
  pointer: (environment: EnvironmentName): string => `${RELEASES}/environments/${environment}.json`,
  /** Says which versions of a model have been stable in an environment. */
  stable: (environment: EnvironmentName): string => `${RELEASES}/stable/${environment}.json`,
  /** Says who may sign releases. */
  signers: `${RELEASES}/signers.json`,
  /** Says who is who, who may approve what, and when nothing changes. */
  promotion: `${RELEASES}/promotion.json`,
  /** A person's approval. @param slug what it approves, as part of a path */
  approval: (environment: EnvironmentName, slug: string, person: string): string =>
    `${RELEASES}/approvals/${environment}/${slug}/${person}.json`,
} as const;

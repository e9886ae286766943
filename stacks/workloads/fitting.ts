import * as pulumi from "@pulumi/pulumi";
import type { FoundationOutputs, PlatformOutputs } from "../contracts.ts";
import type { Profile } from "../inputs/environments/profile.ts";
import type { ServedModel, ServedModels } from "../inputs/models.ts";
import type { ModelRelease, Release } from "../inputs/release.ts";
import type { Teams } from "../inputs/teams.ts";

/** A model and the version of it that the release names. */
export interface ReleasedModel extends ServedModel {
  name: string;
  released: ModelRelease;
}

/**
 * Models with their versions, once release, models and teams fit together. Asks no other layer.
 *
 * @throws {pulumi.RunError} listing every misfit at once.
 */
export function fitted(release: Release, served: ServedModels, teams: Teams): ReleasedModel[] {
  const entries = Object.entries(served);
  refuse([
    ...entries
      .filter(([name]) => !(name in release.models))
      .map(
        ([name]) =>
          `releases/manifests/${release.id}.json must name every model of stacks/inputs/models.ts, got nothing for '${name}': release a version of it, or stop serving it`,
      ),
    ...Object.keys(release.models)
      .filter((name) => !(name in served))
      .map(
        (name) =>
          `stacks/inputs/models.ts must serve every model of release '${release.id}', got nothing for '${name}': serve it, or release without it`,
      ),
    ...entries
      .filter(([, { team }]) => !(team in teams))
      .map(
        ([name, { team }]) =>
          `stacks/inputs/models.ts: ${name}.team must be a team of stacks/inputs/teams.ts (${Object.keys(teams).join(", ")}), got '${team}'`,
      ),
    ...repeatedHosts(entries),
    ...excessiveShares(teams),
  ]);
  return entries.flatMap(([name, model]) => {
    const released = release.models[name];
    return released ? [{ ...model, name, released }] : [];
  });
}

/** @throws {pulumi.RunError} when an image has no registry, or the model servers at their most need more GPUs than their pool has. */
export function refuseWithoutGround(
  models: readonly ReleasedModel[],
  { name: environment, serving }: Profile,
  { registries }: FoundationOutputs,
  { gpu }: PlatformOutputs,
): void {
  const needed = models.length * serving.maxReplicas * serving.gpus;
  refuse([
    ...models
      .filter(({ released }) => !(released.image.repository in registries))
      .map(
        ({ name, released }) =>
          `the release's image of '${name}' must lie in a repository of foundation-${environment} (${Object.keys(registries).join(", ")}), got '${released.image.repository}'`,
      ),
    ...(needed > gpu.inference.gpus
      ? [
          `stacks/inputs/environments/${environment}.ts: serving.maxReplicas × serving.gpus must fit the inference pool's ${gpu.inference.gpus} GPUs for all models together, got ${needed}: raise gpu.inference.maxGpus, or serve with less`,
        ]
      : []),
  ]);
}

/** Two models under one host and path would take each other's requests. */
function repeatedHosts(entries: [string, ServedModel][]): string[] {
  const owners = new Map<string, string>();
  return entries.flatMap(([name, { host, path = "/invocations" }]) => {
    const address = `${host}${path}`;
    const other = owners.get(address);
    owners.set(address, other ?? name);
    return other
      ? [`stacks/inputs/models.ts: ${name} must have an address of its own, got '${address}', which is that of '${other}'`]
      : [];
  });
}

/** Quotas above the pool would admit jobs that then wait for nodes which never come. */
function excessiveShares(teams: Teams): string[] {
  const shares = Object.values(teams).map(({ gpuShare }) => gpuShare);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const none = Object.entries(teams).filter(([, { gpuShare }]) => !(gpuShare >= 0 && gpuShare <= 1));
  if (none.length > 0) {
    return none.map(
      ([name, { gpuShare }]) => `stacks/inputs/teams.ts: ${name}.gpuShare must be a number from 0 to 1, got '${gpuShare}'`,
    );
  }
  // 0.1 + 0.2 + 0.7 is more than 1 in binary.
  return total > 1 + 1e-9 ? [`stacks/inputs/teams.ts: the GPU shares of all teams must add up to at most 1, got '${total}'`] : [];
}

function refuse(problems: string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
}

import { modelsNamespace } from "#components/teams/team";
import { ENVIRONMENTS, type EnvironmentName, prefixOfEnvironment } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import type { ServedModels } from "#stacks/inputs/models";
import { bytesOf, contradiction, type NamedBytes } from "#stacks/inputs/releases/bytes";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import type { StableVersions } from "#stacks/inputs/stable-versions";
import type { StableVersion } from "./version.ts";

/** What a stable version is held against. */
export interface Known {
  models: ServedModels;
  /** Releases of its model. */
  releases: readonly ModelRelease[];
  /** Versions that have been stable in any environment. */
  stable: readonly NamedBytes[];
}

/**
 * What is wrong with recording a version in an environment: it is another environment's or another team's, no release has it, or other
 * files call its bytes otherwise.
 */
export function problemOf(
  stable: StableVersion,
  environment: EnvironmentName,
  { models, releases, stable: known }: Known,
): string | undefined {
  const { model, namespace, version } = stable;
  const team = Object.hasOwn(models, model) ? models[model]?.team : undefined;
  if (team === undefined) {
    return `metadata.name must be a model of ${FILES.models} (${Object.keys(models).join(", ")}), got '${model}'`;
  }
  const own = modelsNamespace(team);
  if (namespace !== own) {
    return `metadata.namespace must be '${own}', the namespace of team '${team}', got '${namespace ?? "nothing"}'`;
  }
  return (
    elsewhere(stable, environment) ??
    misnamed(stable, [...releases.map(bytesOf), ...known]) ??
    (releases.some((release) => isOf(release, version)) ? undefined : unreleased(stable))
  );
}

function elsewhere({ model, says }: StableVersion, environment: EnvironmentName): string | undefined {
  const { other } = environmentsIn(says, model, environment);
  return (
    other &&
    `'${model}' must run in ${environment}, got ${other.place} '${other.text}': read it from the cluster of ${environment}, or record it in ${other.environment}`
  );
}

/** Whether a Rollout says that it runs in an environment, and the first place where it says that it runs in another one. */
export function environmentsIn(says: StableVersion["says"], model: string, environment: EnvironmentName) {
  const named = Object.entries(says).flatMap(([place, text]) =>
    ENVIRONMENTS.filter((each) => (place.startsWith("label ") ? text === each && text !== model : names(each, text))).map(
      (each) => ({ environment: each, place, text }),
    ),
  );
  return {
    other: named.find((each) => each.environment !== environment),
    isOwn: named.some((each) => each.environment === environment),
  };
}

/** Whether a text has a name of an environment in it: of its buckets, of its registries. */
const names = (environment: EnvironmentName, text: string): boolean =>
  new RegExp(`\\b${prefixOfEnvironment(environment)}\\b`).test(text);

function misnamed({ model, version }: StableVersion, others: readonly NamedBytes[]): string | undefined {
  const problem = contradiction({ model, ...version, place: "the Rollout" }, others);
  return problem && `'${model}': ${problem}`;
}

const isOf = (released: ModelRelease, { version, sha256, image }: StableVersion["version"]): boolean =>
  released.version === version && released.sha256 === sha256 && released.image.digest === image;

const unreleased = ({ model, version: { version, sha256, image } }: StableVersion): string =>
  `'${model}' must run a version that is released, got version '${version}' with sha256 '${sha256}' and image '${image}', which is not what ${FILES.modelRelease(model, version)} says: commit its release first`;

/** @returns the record with the version added; itself where it has the version already. */
export function withVersion(record: StableVersions, { model, version }: StableVersion): StableVersions {
  const before = (Object.hasOwn(record, model) && record[model]) || [];
  const fields = ["version", "sha256", "image"] as const;
  const known = before.some((each) => fields.every((field) => each[field] === version[field]));
  return known ? record : { ...record, [model]: [...before, version] };
}

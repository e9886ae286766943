import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { readModelRelease } from "#stacks/inputs/releases/read";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { storeAt } from "../artifacts/store-at.ts";
import { demandDigest, environmentBefore } from "../candidates.ts";
import { runsNow } from "../ledger/runs.ts";
import { artifactPlaceOf, PROFILES } from "../places.ts";
import { readSettings, type Settings } from "../settings.ts";
import { modelOf } from "../subjects.ts";
import type { Target } from "../target.ts";
import { entryOf, ORIGIN, STATE, signatureOf } from "./entry.ts";
import { ModelRegistry, type RegisteredVersion, RegistryError } from "./mlflow.ts";
import { registryToken } from "./token.ts";

/** Alias of the version that serves. Nobody but a promotion may set it in prod (stacks/inputs/roles.ts). */
const CHAMPION = "champion";
/** States of a version that serves, and of one that has served. */
const [SERVES, SERVED] = ["production", "retired"];

/** A model whose version in the registry is the one that is stable in the environment. */
export interface Told {
  model: string;
  version: string;
  /** Its number in this registry. */
  number: string;
}

/** Address of the tracking server of an environment; nothing where `releases/promotion.json` names none. */
export const registryOf = ({ environment, releases }: Target): string | undefined =>
  readSettings(releases).registries?.[environment];

/**
 * Makes the registry of an environment say what its ledger says: each version that is stable there is registered, with its record and where
 * it comes from, and is the champion. What says so already stays, so that it can be repeated, and goes on where it was stopped.
 *
 * @param url address of the registry, as {@link registryOf} says it.
 * @throws {pulumi.RunError} when a release is no longer the one that was promoted.
 * @throws {RegistryError} at the first version that the registry does not take, or says something else of.
 */
export async function tellRegistry(target: Target, url: string): Promise<Told[]> {
  const { environment, ledger, releases, signal, update } = target;
  const settings = readSettings(releases);
  const registry = new ModelRegistry(url, registryToken, signal);
  const told: Told[] = [];
  for (const { subject, version, digest, stable } of runsNow(await ledger.records(environment)).values()) {
    const model = modelOf(subject);
    if (model !== undefined && stable !== undefined) {
      update(`${model} ${version} in ${url}`);
      demandDigest({ subject, to: version, digest }, `as it was promoted to ${environment}`, releases);
      const release = readModelRelease(model, version, releases);
      const { number } = await crown(registry, release, { environment, settings, signal });
      told.push({ model, version, number });
    }
  }
  return told;
}

interface Around {
  environment: EnvironmentName;
  settings: Settings;
  signal: AbortSignal;
}

async function crown(registry: ModelRegistry, release: ModelRelease, around: Around): Promise<RegisteredVersion> {
  const { model } = release;
  const known = await registry.versions(model);
  const champion =
    environmentBefore(around.environment) === undefined
      ? trained(known, release)
      : (brought(known, release) ?? (await bring(registry, release, around)));
  const { [CHAMPION]: crowned } = (await registry.aliases(model)) ?? {};
  // Each change leaves a line in the audit of the server: what is so already is not said again.
  if (crowned !== champion.number) {
    await registry.alias(model, CHAMPION, champion);
  }
  if (champion.tags[STATE] !== SERVES) {
    await registry.tag(model, champion, STATE, SERVES!);
  }
  for (const other of known.filter(({ number, tags }) => number !== champion.number && tags[STATE] === SERVES)) {
    await registry.tag(model, other, STATE, SERVED!);
  }
  return champion;
}

/** The version that training has registered in the first environment: a release has its number. */
function trained(known: readonly RegisteredVersion[], { model, run, version }: ModelRelease): RegisteredVersion {
  const found = known.find(({ number }) => number === version);
  if (found?.runId !== run) {
    throw new RegistryError(
      `${model} ${version} of the registry must be of the run ${run}, as ${FILES.modelRelease(model, version)} says, got ${found === undefined ? "no such version" : found.runId || "no run"}`,
    );
  }
  return found;
}

/** The version that an earlier promotion has brought. @throws {RegistryError} where it is of other files. */
function brought(known: readonly RegisteredVersion[], { model, sha256, version }: ModelRelease): RegisteredVersion | undefined {
  const found = known.find(({ tags }) => tags[ORIGIN.version] === version);
  const files = found?.tags[ORIGIN.sha256];
  if (found !== undefined && files !== sha256) {
    throw new RegistryError(
      `${model} ${found.number} of the registry must have the sha256 ${sha256} of version ${version}, its tag ${ORIGIN.sha256} says ${files ?? "nothing"}: somebody has changed it`,
    );
  }
  return found;
}

async function bring(
  registry: ModelRegistry,
  release: ModelRelease,
  { environment, settings, signal }: Around,
): Promise<RegisteredVersion> {
  const { model } = release;
  const { team } = models[model] ?? {};
  if (team === undefined) {
    throw new RegistryError(`${FILES.models} must say whose ${model} is, got no such model`);
  }
  const place = artifactPlaceOf(environment, release, settings, PROFILES.target);
  const signature = await signatureOf(await storeAt(place.models, place), release, signal);
  await registry.provide(model, team);
  return registry.register(model, entryOf(release, { origin: ENVIRONMENTS[0], place: place.models, signature }));
}

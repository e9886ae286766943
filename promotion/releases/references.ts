import { relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { readTarget } from "#stacks/inputs/release";
import {
  folderOfReleases,
  modelsReleased,
  platformIds,
  readModelRelease,
  readPlatformRelease,
  versionsOf,
} from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease } from "#stacks/inputs/releases/schema";
import { shown, suggestion, suggestionOfNumber } from "#stacks/wording";

/** What a person names: a version of a model, or a platform release. */
export type Found =
  | { kind: "model"; file: string; release: ModelRelease }
  | { kind: "platform"; file: string; release: PlatformRelease };

/** Word before `@` that names the platform. */
const PLATFORM = "platform";

/** How a release is named, for help and refusals. */
export const REFERENCE = "<model>@<version>, platform@<id>, either of them @<environment>, or a release's file";

/**
 * The release that a person names, as `fraud@3`, `fraud@prod`, `platform@2026.11.21-1`, `platform@prod` or by its file.
 *
 * @throws {pulumi.RunError} when there is none, or its file cannot be read.
 */
export function find(reference: string, folder = folderOfReleases()): Found {
  const [what, which] = namesIn(reference, folder);
  const isPlatform = what === PLATFORM;
  const models = modelsReleased(folder);
  if (!isPlatform && !models.includes(what)) {
    const names = [...models, PLATFORM];
    throw new pulumi.RunError(
      `the release must be of a model that has one, or of the platform (${names.join(", ")}), got ${shown(reference)}${suggestion(what, names)}`,
    );
  }
  const environment = ENVIRONMENTS.find((each) => each === which);
  const name = environment === undefined ? which : runIn(environment, isPlatform ? undefined : what, reference, folder);
  const names = isPlatform ? platformIds(folder) : versionsOf(what, folder);
  if (!names.includes(name)) {
    const hint = suggestionOfNumber(name, names) || suggestion(name, ENVIRONMENTS);
    throw new pulumi.RunError(
      `the release must be one that is there (${names.slice(-5).join(", ") || "there is none"}) or an environment (${ENVIRONMENTS.join(", ")}), got ${shown(reference)}${hint}`,
    );
  }
  return isPlatform
    ? { kind: "platform", file: FILES.platformRelease(name), release: readPlatformRelease(name, folder) }
    : { kind: "model", file: FILES.modelRelease(what, name), release: readModelRelease(what, name, folder) };
}

/** What and which a reference names. @throws {pulumi.RunError} when it is written otherwise. */
function namesIn(reference: string, folder: string): [what: string, which: string] {
  const at = reference.indexOf("@");
  if (at > 0 && at < reference.length - 1) {
    return [reference.slice(0, at), reference.slice(at + 1)];
  }
  // A person may name a file from anywhere, or as refusals do.
  const path = reference.startsWith(`${RELEASES}/`) ? reference.slice(RELEASES.length + 1) : relative(folder, resolve(reference));
  const [, model, version] = /^models\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
  const [, id] = /^platform\/([^/]+)\.json$/.exec(path) ?? [];
  if (model !== undefined && version !== undefined) {
    return [model, version];
  }
  if (id === undefined) {
    throw new pulumi.RunError(`the release must be ${REFERENCE}, got ${shown(reference)}: npx millrace release list shows all`);
  }
  return [PLATFORM, id];
}

function runIn(environment: EnvironmentName, model: string | undefined, reference: string, folder: string): string {
  const { platform, models } = readTarget(environment, folder);
  if (model === undefined) {
    return platform;
  }
  const version = Object.hasOwn(models, model) ? models[model] : undefined;
  if (version === undefined) {
    throw new pulumi.RunError(
      `the release must be of a model that ${environment} runs (${Object.keys(models).join(", ") || "none"}), got ${shown(reference)}`,
    );
  }
  return version;
}

/** Environments that run a release; one whose file cannot be read is left out. */
export function environmentsOf({ kind, release }: Found, folder = folderOfReleases()): EnvironmentName[] {
  return ENVIRONMENTS.filter((environment) => {
    try {
      const { platform, models } = readTarget(environment, folder);
      return kind === "platform" ? platform === release.id : models[release.model] === release.version;
    } catch (error) {
      if (pulumi.RunError.isInstance(error)) {
        return false;
      }
      throw error;
    }
  });
}

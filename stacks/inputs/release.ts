import * as pulumi from "@pulumi/pulumi";
import { suggestionOfNumber } from "../wording.ts";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES } from "./files.ts";
import { readHistory } from "./releases/history.ts";
import { folderOfReleases, platformIds, readPlatformRelease, readPointer, versionsOf } from "./releases/read.ts";
import type { ModelRelease, Pointer } from "./releases/schema.ts";
import { bytesThatWereStable } from "./stable-versions.ts";

/** What an environment runs: a platform release, and a version of each model, the same bytes wherever it goes. */
export interface Release {
  /** Id of the platform release. */
  platform: string;
  models: Readonly<Record<string, ModelRelease>>;
}

/**
 * What an environment runs, as `releases/environments/<env>.json` says. Each model is held against all its versions and against those that
 * have been stable; what is wrong with a model that the environment does not run concerns other environments.
 *
 * @throws {pulumi.RunError} when a file is missing, has another content or form, or contradicts another.
 */
export function readRelease(environment: EnvironmentName, folder = folderOfReleases()): Release {
  const { platform, models } = readTarget(environment, folder);
  readPlatformRelease(platform, folder);
  const known = bytesThatWereStable(folder);
  const run = Object.entries(models).map(([model, version]) => {
    const release = readHistory(model, folder, known).find((each) => each.version === version);
    return [model, release!] as const;
  });
  return { platform, models: Object.fromEntries(run) };
}

/**
 * The names of what an environment runs, all of which have a release; the releases are not read.
 *
 * @throws {pulumi.RunError} when the pointer is missing, has another content or form, or names what has no file.
 */
export function readTarget(environment: EnvironmentName, folder = folderOfReleases()): Pointer {
  const pointer = readPointer(environment, folder);
  const problems = [
    ...unknown("platform", "a platform release", pointer.platform, platformIds(folder), FILES.platformRelease),
    ...Object.entries(pointer.models).flatMap(([model, version]) =>
      unknown(`models.${model}`, `a release of ${model}`, version, versionsOf(model, folder), (each) =>
        FILES.modelRelease(model, each),
      ),
    ),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILES.pointer(environment)}: ${problem}`).join("\n"));
  }
  return pointer;
}

/** What is wrong with a name that has no file. */
function unknown(key: string, what: string, name: string, names: readonly string[], file: (name: string) => string): string[] {
  if (names.includes(name)) {
    return [];
  }
  const known = names.length === 0 ? "" : ` (${names.slice(-5).join(", ")})`;
  const hint = suggestionOfNumber(name, names) || `: there is no ${file(name)}; create it first, or name another one`;
  return [`${key} must be ${what}${known}, got '${name}'${hint}`];
}

// The releases of a rehearsal: a copy of the repository's, in which every model that is served has files.

import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { pointAt, writeModelRelease } from "#promotion/releases/write";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { canonicalText, digestOfRelease } from "#stacks/inputs/releases/canonical";
import { FORMS, placeOf, readModelRelease, versionsOf } from "#stacks/inputs/releases/read";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import type { Trained } from "./model-store/train.ts";

/** Makes the releases of a rehearsal those of the repository, as they are now. */
export function copyReleases(releases: string): void {
  rmSync(releases, { recursive: true, force: true });
  cpSync(join(PROJECT_FOLDER, RELEASES), releases, { recursive: true });
}

/**
 * Makes the releases of what an environment serves name the files that were trained here. Nobody has signed these, and nothing has been
 * stable.
 */
export function nameTrained(releases: string, environment: EnvironmentName, trained: readonly Trained[]): void {
  for (const model of Object.keys(readRelease(environment, releases).models)) {
    const now = new Map<string, string>();
    for (const version of versionsOf(model, releases)) {
      const { signature: _, ...before } = readModelRelease(model, version, releases);
      const files = trained.find((each) => each.model === model && each.version === version);
      const parent = before.parent && { ...before.parent, digest: now.get(before.parent.version) ?? before.parent.digest };
      const release: ModelRelease = { ...before, ...(files && { sha256: files.sha256 }), parent };
      now.set(version, digestOfRelease(release));
      writeFileSync(placeOf(FILES.modelRelease(model, version), releases), FORMS.model.textFor(release));
    }
  }
  const stable = ENVIRONMENTS.map((each) => placeOf(FILES.stable(each), releases));
  stable.filter((file) => existsSync(file)).forEach((file) => writeFileSync(file, canonicalText({})));
}

/** Releases another version of a model that an environment runs, and makes the environment run it: what a person's commit would do. */
export function releaseVersion(releases: string, environment: EnvironmentName, trained: Trained): void {
  const { model, version } = trained;
  const before = readRelease(environment, releases).models[model];
  if (!before) {
    throw new Error(`${FILES.pointer(environment)} must name model '${model}' for the rehearsal to release it`);
  }
  writeModelRelease(releaseOf(trained, before, { version: before.version, digest: digestOfRelease(before) }), releases);
  pointAt(environment, model, version, releases);
}

/** A release of what was trained, with the program of another one; nobody has signed it. */
export function releaseOf(
  { model, version, run, data, metrics, sha256 }: Trained,
  like: ModelRelease,
  parent: ModelRelease["parent"],
): ModelRelease {
  const { signature: _, ...unsigned } = like;
  return { ...unsigned, model, version, run, data, metrics, sha256, path: pathOf(model, version), parent };
}

/** Folder of a version below a model store. */
const pathOf = (model: string, version: string): string => `models/${model}/${version}`;

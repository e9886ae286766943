import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { FORMS, folderOfReleases, placeOf, readPointer } from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease } from "#stacks/inputs/releases/schema";
import { modelOf, subjectOf } from "../subjects.ts";

/** Writes a model release. @returns its file. @throws {pulumi.RunError} when the version has one already. */
export function writeModelRelease(release: ModelRelease, folder = folderOfReleases()): string {
  const name = FILES.modelRelease(release.model, release.version);
  writeNew(name, FORMS.model.textFor(release), folder);
  return name;
}

/** Writes a platform release. @returns its file. @throws {pulumi.RunError} when the id has one already. */
export function writePlatformRelease(release: PlatformRelease, folder = folderOfReleases()): string {
  const name = FILES.platformRelease(release.id);
  writeNew(name, FORMS.platform.textFor(release), folder);
  return name;
}

/** Makes an environment run another version of a model: the one line of its pointer that this model has. */
export const pointAt = (environment: EnvironmentName, model: string, version: string, folder = folderOfReleases()): void =>
  pointAtAll(environment, [{ subject: subjectOf(model), to: version }], folder);

/** Makes an environment run what some changes say, a model at `null` no longer; a file that says so already is not written. */
export function pointAtAll(
  environment: EnvironmentName,
  changes: readonly { subject: string; to: string | null }[],
  folder = folderOfReleases(),
): void {
  const before = readPointer(environment, folder);
  const after = { platform: before.platform, models: { ...before.models } };
  for (const { subject, to } of changes) {
    const model = modelOf(subject);
    if (model === undefined) {
      after.platform = to ?? after.platform;
    } else if (to === null) {
      delete after.models[model];
    } else {
      after.models[model] = to;
    }
  }
  const text = FORMS.pointer.textFor(after);
  if (text !== FORMS.pointer.textFor(before)) {
    replaceFile(placeOf(FILES.pointer(environment), folder), text);
  }
}

/** Writes over a file as a whole: who reads it meanwhile reads the old text or the new one. */
export function replaceFile(path: string, text: string): void {
  const draft = draftOf(path);
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeNew(name: string, text: string, folder: string): void {
  const path = placeOf(name, folder);
  mkdirSync(dirname(path), { recursive: true });
  const draft = draftOf(path);
  try {
    writeFileSync(draft, text);
    // A link is refused where there is a file, in one step.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw new pulumi.RunError(`${name} must be new, got a release that is there already: it never changes; create another one`);
    }
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A name that no reader of releases takes for one. */
const draftOf = (path: string): string => join(dirname(path), `.${basename(path)}.${process.pid}`);

import * as pulumi from "@pulumi/pulumi";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { readTarget } from "#stacks/inputs/release";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { modelsReleased, platformIds, readModelRelease, readPlatformRelease, versionsOf } from "#stacks/inputs/releases/read";
import { shown, suggestion } from "#stacks/wording";
import type { Candidate } from "./gates/gate.ts";
import type { Change } from "./ledger/record.ts";
import { find } from "./releases/references.ts";
import { modelOf, PLATFORM, subjectOf } from "./subjects.ts";

/** Environment from which releases come; nothing for the first. */
export const environmentBefore = (environment: EnvironmentName): EnvironmentName | undefined =>
  ENVIRONMENTS[ENVIRONMENTS.indexOf(environment) - 1];

/** What an environment runs, by subject. */
export type Runs = Readonly<Record<string, string>>;

/**
 * The subject that a person names: a model, the platform, or a release of either, as `fraud@4`.
 *
 * @param commands other words that are allowed in this place, to suggest for a misspelt one. @default - none
 * @returns its subject, and the version or id where one was named.
 * @throws {pulumi.RunError} when there is no such model.
 */
export function subjectNamed(
  word: string,
  folder: string,
  commands: readonly string[] = [],
): { subject: string; to: string | undefined } {
  const name = word.split("@")[0] ?? "";
  const known = [...new Set([...Object.keys(models), ...modelsReleased(folder), PLATFORM])];
  if (!known.includes(name)) {
    throw new pulumi.RunError(
      `'<what>' must be a model or the platform (${known.join(", ")}), got ${shown(word)}${suggestion(name, [...known, ...commands])}`,
    );
  }
  const subject = name === PLATFORM ? PLATFORM : subjectOf(name);
  if (!word.includes("@")) {
    return { subject, to: undefined };
  }
  const { release } = find(word, folder);
  return { subject, to: "id" in release ? release.id : release.version };
}

/**
 * The subject that a person names where all its releases are meant.
 *
 * @param remedy what to type in place of a release, from the name and the version or id that were typed.
 * @throws {pulumi.RunError} when there is no such model, or a release is named.
 */
export function wholeSubject(word: string, folder: string, remedy: (name: string, release: string) => string): string {
  const [name = "", ...release] = word.split("@");
  const { subject } = subjectNamed(name, folder);
  if (release.length > 0) {
    throw new pulumi.RunError(
      `'<what>' must be a model or the platform, without a release, got ${shown(word)}: ${remedy(name, release.join("@"))}`,
    );
  }
  return subject;
}

/**
 * The change that a person asks for: to the release that is named, else to the one that the environment before runs.
 *
 * @param runs what the environment runs now.
 * @throws {pulumi.RunError} when there is nothing to promote from, or the environment runs it already.
 */
export function changeFor(word: string, environment: EnvironmentName, runs: Runs, folder: string): Change {
  const { subject, to: named } = subjectNamed(word, folder);
  const before = environmentBefore(environment);
  if (named === undefined && before === undefined) {
    throw new pulumi.RunError(
      `'<what>' must name a release where the environment is ${environment}, before which there is none, got ${shown(word)}: such as ${word}@${newestOf(subject, folder) ?? "1"}`,
    );
  }
  const to = named ?? valueIn(before!, subject, folder);
  if (to === undefined) {
    throw new pulumi.RunError(
      `${FILES.pointer(before!)} must name ${word} for it to be promoted to ${environment}, got nothing: promote it to ${before} first, or name a release`,
    );
  }
  if (runs[subject] === to) {
    throw new pulumi.RunError(
      `'<what>' must be another release than ${environment} runs, got ${word.split("@")[0]} ${to}, which runs there already: npx millrace promote status`,
    );
  }
  return changeOf(subject, runs[subject] ?? null, to, folder);
}

/**
 * The changes from what an environment runs to what its pointer says: what a merged pull request asks for.
 *
 * @throws {pulumi.RunError} when a pointer or a release cannot be read.
 */
export function changesInPointer(environment: EnvironmentName, runs: Runs, folder: string): Change[] {
  return Object.entries(runsByPointer(environment, folder))
    .filter(([subject, to]) => runs[subject] !== to)
    .map(([subject, to]) => changeOf(subject, runs[subject] ?? null, to, folder));
}

/** What the pointer of an environment says, by subject. */
export function runsByPointer(environment: EnvironmentName, folder: string): Runs {
  const { platform, models: versions } = readTarget(environment, folder);
  return {
    [PLATFORM]: platform,
    ...Object.fromEntries(Object.entries(versions).map(([model, version]) => [subjectOf(model), version])),
  };
}

const valueIn = (environment: EnvironmentName, subject: string, folder: string): string | undefined =>
  runsByPointer(environment, folder)[subject];

const newestOf = (subject: string, folder: string): string | undefined =>
  (subject === PLATFORM ? platformIds(folder) : versionsOf(modelOf(subject)!, folder)).at(-1);

export function changeOf(subject: string, from: string | null, to: string, folder: string): Change {
  const model = modelOf(subject);
  const release = model === undefined ? readPlatformRelease(to, folder) : readModelRelease(model, to, folder);
  return { subject, from, to, digest: digestOfRelease(release) };
}

/** A change with the releases that it names. @throws {pulumi.RunError} when one cannot be read, or is not what the change names. */
export function candidateOf(change: Change, folder: string): Candidate {
  const { subject, from, to } = change;
  demandDigest(change, "as it was planned", folder);
  const model = modelOf(subject);
  const found =
    model === undefined
      ? { release: readPlatformRelease(to, folder) }
      : {
          release: readModelRelease(model, to, folder),
          champion: from === null ? undefined : readModelRelease(model, from, folder),
        };
  return { ...change, ...found };
}

/**
 * A release never changes: what has been looked at, approved or measured under a name is run under it, and nothing else.
 *
 * @param known where its digest comes from, as refusals say it.
 * @throws {pulumi.RunError} when the release that is checked out has another digest.
 */
export function demandDigest(
  { subject, to, digest }: Pick<Change, "subject" | "to" | "digest">,
  known: string,
  folder: string,
): void {
  const { digest: own } = changeOf(subject, null, to, folder);
  if (own !== digest) {
    const model = modelOf(subject);
    const file = model === undefined ? FILES.platformRelease(to) : FILES.modelRelease(model, to);
    throw new pulumi.RunError(
      `${file} must have digest '${digest}', ${known}, got '${own}': put the file back (git log -- ${file} shows who changed it), or release another version`,
    );
  }
}

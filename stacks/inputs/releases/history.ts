import * as pulumi from "@pulumi/pulumi";
import { suggestionOfNumber } from "../../wording.ts";
import { FILES } from "../files.ts";
import { bytesOf, contradiction, type NamedBytes } from "./bytes.ts";
import { digestOfRelease } from "./canonical.ts";
import { byNumber, folderOfReleases, platformIds, readModelRelease, readPlatformRelease, versionsOf } from "./read.ts";
import type { ModelRelease, PlatformRelease } from "./schema.ts";

/**
 * Every version of a model, oldest first. One that cannot be read may contradict any other, so that it is refused whoever runs it.
 *
 * @param known bytes that other files name.
 * @throws {pulumi.RunError} listing what is wrong with each file, and what two of them say differently.
 */
export function readHistory(model: string, folder = folderOfReleases(), known: readonly NamedBytes[] = []): ModelRelease[] {
  const releases = readAll(versionsOf(model, folder), (version) => readModelRelease(model, version, folder));
  demandNone(releases.flatMap((release) => problemsAmong(release, releases, known)));
  return releases;
}

/** Every platform release, oldest first. @throws {pulumi.RunError} listing what is wrong with each file. */
export function readPlatformHistory(folder = folderOfReleases()): PlatformRelease[] {
  const releases = readAll(platformIds(folder), (id) => readPlatformRelease(id, folder));
  demandNone(releases.flatMap((release) => platformProblemsAmong(release, releases)));
  return releases;
}

/** What the other versions of a model say against one; each begins with its file. */
export const problemsAmong = (
  release: ModelRelease,
  releases: readonly ModelRelease[],
  known: readonly NamedBytes[] = [],
): string[] => {
  const others = releases.filter(({ version }) => version !== release.version);
  // A version must be new to those before it: what is older is not to blame.
  const older = others.filter(({ version }) => byNumber(version, release.version) < 0);
  const problem = contradiction(bytesOf(release), [...older.map(bytesOf), ...known]);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...parentProblems(release.parent && { name: release.parent.version, digest: release.parent.digest }, {
      key: "version",
      kind: `an older version of ${release.model}`,
      older: new Map(older.map((each) => [each.version, each])),
    }),
  ].map((text) => `${FILES.modelRelease(release.model, release.version)}: ${text}`);
};

/** What the other platform releases say against one; each begins with its file. */
export const platformProblemsAmong = (release: PlatformRelease, releases: readonly PlatformRelease[]): string[] => {
  const older = releases.slice(
    0,
    releases.findIndex(({ id }) => id === release.id),
  );
  return parentProblems(release.parent && { name: release.parent.id, digest: release.parent.digest }, {
    key: "id",
    kind: "an older platform release",
    older: new Map(older.map((each) => [each.id, each])),
  }).map((text) => `${FILES.platformRelease(release.id)}: ${text}`);
};

/** A release names the one before it by its digest too: who changes an old one breaks every later one. */
function parentProblems(
  parent: { name: string; digest: string } | null,
  { key, kind, older }: { key: string; kind: string; older: ReadonlyMap<string, { signature?: unknown }> },
): string[] {
  const names = [...older.keys()];
  if (parent === null) {
    return names.length === 0
      ? []
      : [
          `parent must be ${kind} (${names.join(", ")}), got 'null', which only the first may have: name the one that it replaces`,
        ];
  }
  const release = older.get(parent.name);
  if (release === undefined) {
    const remedy =
      suggestionOfNumber(parent.name, names) || (names.length === 0 ? ": the first has the parent null" : ": name one of them");
    return [`parent.${key} must be ${kind}${names.length === 0 ? "" : ` (${names.join(", ")})`}, got '${parent.name}'${remedy}`];
  }
  const digest = digestOfRelease(release);
  return digest === parent.digest
    ? []
    : [
        `parent.digest must be that of ${parent.name}, '${digest}', got '${parent.digest}': one of the two was changed; git log shows which`,
      ];
}

/** Reads each, and lists all that is wrong at once. */
function readAll<T>(names: readonly string[], read: (name: string) => T): T[] {
  const problems: string[] = [];
  const found = names.flatMap((name) => {
    try {
      return [read(name)];
    } catch (error) {
      if (!pulumi.RunError.isInstance(error)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  demandNone(problems);
  return found;
}

function demandNone(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
}

import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { suggestion } from "../wording.ts";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES, MANIFESTS, RELEASES } from "./files.ts";
import { folderOfReleases, type Release, readJson, readManifests } from "./manifests.ts";
import { bytesOf, versionProblems } from "./same-version.ts";
import { bytesThatWereStable } from "./stable-versions.ts";

/**
 * Id of the release that an environment runs: `releases/<env>.json` names it.
 *
 * @throws {pulumi.RunError} when the file is missing or is not a pointer.
 */
export function releaseNamed(environment: EnvironmentName, folder = folderOfReleases()): string {
  return readJson(FILES.pointer(environment), z.strictObject({ release: z.string() }), folder).release;
}

/**
 * The release that an environment runs: a manifest in `releases/manifests/`, held against all others and against the versions that have
 * been stable.
 *
 * @throws {pulumi.RunError} when a file is missing, does not have the form of a pointer, a manifest or a record, or contradicts another.
 */
export function readRelease(environment: EnvironmentName, folder = folderOfReleases()): Release {
  const id = releaseNamed(environment, folder);
  const releases = readManifests(folder);
  const release = releases.get(id);
  if (release === undefined) {
    const hint = suggestion(id, [...releases.keys()]) || ": write that manifest first, or name another one";
    throw new pulumi.RunError(
      `${FILES.pointer(environment)}: release must be the name of a file in ${RELEASES}/${MANIFESTS}, got '${id}'${hint}`,
    );
  }
  const others = [...releases.values()].filter((other) => other !== release);
  const problems = [
    ...otherFolders(release),
    ...versionProblems(release, [...others.flatMap(bytesOf), ...bytesThatWereStable(folder)]),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILES.manifest(id)}: ${problem}`).join("\n"));
  }
  return release;
}

/** A version lies in a folder of its number: a path with another number would serve other bytes than the version says. */
const otherFolders = ({ models }: Release): string[] =>
  Object.entries(models).flatMap(([name, { version, path }]) =>
    path.split("/").at(-1) === version
      ? []
      : [
          `models.${name}.path must end with the version, '/${version}', got '${path}': name the folder of this version, or correct the version`,
        ],
  );

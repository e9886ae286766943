import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { PROJECT_FOLDER } from "#engine/project";
import { inWords, problemsOf, suggestion } from "../wording.ts";
import type { EnvironmentName } from "./environments/profile.ts";
import { FILES, MANIFESTS, RELEASES } from "./files.ts";
import { textOf } from "./read-file.ts";
import { parseJson } from "./read-json.ts";
import { versionProblems } from "./same-version.ts";

const modelRelease = z.strictObject({
  /** Version in the registry, immutable. */
  version: z.string().regex(/^[1-9]\d*$/, { error: "must be a registered version number in quotes" }),
  /** Folder of the version inside the environment's model store. */
  path: z.string().regex(/^[\w./-]+$/, { error: "must be a path inside the model store" }),
  /** sha256 over the version's files: what was checked when it was promoted. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" }),
  /** Model server image: repository in the environment's registry, and digest. */
  image: z.strictObject({
    repository: z.string(),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: "must be sha256: and 64 hexadecimal digits" }),
  }),
});

const manifest = z.strictObject({
  id: z.string(),
  created: z.iso.datetime({ error: "must be a time in UTC, such as 2026-11-21T09:00:00Z" }),
  models: z.record(z.string(), modelRelease),
});

export type ModelRelease = z.infer<typeof modelRelease>;

/** What an environment runs: the versions of its models, the same bytes wherever the release goes. */
export type Release = z.infer<typeof manifest>;

/** Folder of the releases; a rehearsal points it at a copy so that it can release without touching the repository. */
export const folderOfReleases = (): string => process.env["MILLRACE_RELEASES"] ?? join(PROJECT_FOLDER, RELEASES);

/**
 * Id of the release that an environment runs: `releases/<env>.json` names it.
 *
 * @throws {pulumi.RunError} when the file is missing or is not a pointer.
 */
export function releaseNamed(environment: EnvironmentName, folder = folderOfReleases()): string {
  return read(folder, FILES.pointer(environment), z.strictObject({ release: z.string() })).release;
}

/**
 * The release that an environment runs: a manifest in `releases/manifests/`.
 *
 * @throws {pulumi.RunError} when a file is missing, or does not have the form of a pointer or a manifest.
 */
export function readRelease(environment: EnvironmentName, folder = folderOfReleases()): Release {
  const id = releaseNamed(environment, folder);
  const known = manifests(folder);
  if (!known.includes(id)) {
    const hint = suggestion(id, known) || ": write that manifest first, or name another one";
    throw new pulumi.RunError(
      `${FILES.pointer(environment)}: release must be the name of a file in ${RELEASES}/${MANIFESTS}, got '${id}'${hint}`,
    );
  }
  const name = FILES.manifest(id);
  const release = read(folder, name, manifest);
  if (release.id !== id) {
    throw new pulumi.RunError(`${name}: id must be the name of the file, '${id}', got '${release.id}'`);
  }
  const problems = [
    ...otherFolders(release),
    ...versionProblems(
      release,
      known.flatMap((other) => (other === id ? [] : readable(folder, other))),
    ),
  ];
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${name}: ${problem}`).join("\n"));
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

/** Another release; none if it cannot be read, which only concerns the environments that run it. */
function readable(folder: string, id: string): Release[] {
  try {
    return [read(folder, FILES.manifest(id), manifest)];
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) {
      return [];
    }
    throw error;
  }
}

/** Ids of all releases. */
function manifests(folder: string): string[] {
  const path = join(folder, MANIFESTS);
  const files = existsSync(path) ? readdirSync(path) : [];
  return files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
}

/** @param name the file as refusals name it; `folder` stands for its first folder. */
function read<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const text = textOf(name, join(folder, relative(RELEASES, name)));
  if (text === undefined) {
    throw new pulumi.RunError(
      `${name} must be a file with the release of the environment, got nothing: write {"release": "<id>"}`,
    );
  }
  const content = parseJson(name, text);
  const parsed = schema.safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path, text }) => `${name}: ${path === "" ? "" : `${path} `}${text}`)
        .join("\n"),
    );
  }
  return parsed.data;
}
